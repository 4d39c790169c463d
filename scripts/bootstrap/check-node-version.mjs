// Says what is wrong with the running Node, if anything. First thing that bootstrap.mjs asks, so in syntax that any Node
// with modules can read; the oldest version that will do stands in package.json's "engines".
import fs from 'fs';

export function checkNodeVersion(version, path) {
  const { engines } = JSON.parse(fs.readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const oldest = engines.node.replace('>=', '').split('.').map(Number);
  const [major, minor] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= (oldest[1] || 0))) return undefined;
  return (
    `This project needs Node.js ${oldest.join('.')} or newer, and this is ${version} (${path}). ` +
    'Install a newer one, for example from https://nodejs.org, and start again.'
  );
}
