/**
 * What loading the client loads. Asked of a process of its own, since Jest keeps its modules to itself.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

/** Lets Node load TypeScript, then loads the client and prints each file that came with it. */
const LOAD_CLIENT = `
  const { transformFileSync } = require('@swc/core');
  const options = { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs', ignoreDynamic: true } };
  require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file);
  const before = new Set(Object.keys(require.cache));
  require('./src/client/index.ts');
  console.log(Object.keys(require.cache).filter((file) => !before.has(file)).join('\\n'));
`;

test('loading the client loads neither the native worker nor an AWS SDK', () => {
  const loaded = execFileSync(process.execPath, ['-e', LOAD_CLIENT], { cwd: ROOT, encoding: 'utf8' }).split('\n');
  expect(loaded.some((file) => file.endsWith('src/client/estimator.ts'))).toBe(true);
  expect(loaded.some((file) => file.includes('node_modules/@temporalio/client/'))).toBe(true);
  const heavy = loaded.filter((file) =>
    /@aws-sdk|@smithy|@temporalio\/(worker|core-bridge|workflow|activity|testing)\/|src\/(emulator|activities|worker|workflows)\//.test(
      file,
    ),
  );
  expect(heavy).toEqual([]);
});
