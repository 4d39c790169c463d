// The JSON Schema documents of the package's folder schema/, made from the built lib/. `node scripts/schemas.cjs` writes
// them and removes those that are no more; a test compares them with the sources.
const { mkdirSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const FOLDER = join(__dirname, '../schema');

/** File name to content. */
function renderSchemas(published) {
  return new Map(published.map(({ name, document }) => [`${name}.json`, `${JSON.stringify(document, null, 2)}\n`]));
}

module.exports = { renderSchemas, FOLDER };

if (require.main === module) {
  const { buildPublishedSchemas } = require('../lib/cli/published-schemas.js');
  const files = renderSchemas(buildPublishedSchemas());
  mkdirSync(FOLDER, { recursive: true });
  for (const file of readdirSync(FOLDER)) if (!files.has(file)) rmSync(join(FOLDER, file));
  for (const [file, text] of files) writeFileSync(join(FOLDER, file), text);
}
