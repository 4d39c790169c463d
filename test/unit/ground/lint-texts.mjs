// Lints texts as if they stood in files of this repository, for boundaries.test.ts (Jest cannot load ESLint's own
// configuration file). Takes [[path, code], ...] as JSON, prints the rules that each breaks. Without types, which would
// need the files to exist and cost half a minute; the rules about boundaries need none.
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const eslint = new ESLint({ overrideConfig: { files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked } });
const found = [];
for (const [filePath, code] of JSON.parse(process.argv[2])) {
  const [result] = await eslint.lintText(code, { filePath });
  found.push(result.messages.map(({ ruleId, message }) => ruleId ?? message));
}
process.stdout.write(JSON.stringify(found));
