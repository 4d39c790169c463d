/** The command that is told to be typed is one that works where this program was started. */
import { spawnSync } from 'node:child_process';
import { realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, type Start } from '../../../src/cli/program-name';
import { makeScratchFolder, removeScratchFolders } from '../../support/scratch';

const MAIN = 'package/lib/cli/main.js';
const ECHO = `#!${process.execPath}\nconsole.log(JSON.stringify(process.argv.slice(2)));\n`;

let folder: string;
beforeEach(() => {
  folder = realpathSync(makeScratchFolder({ [MAIN]: ECHO, 'bin/other': ECHO, 'node_modules/.bin/other': ECHO }));
});
afterEach(removeScratchFolders);

const start = (further: Partial<Start> = {}): Start => ({
  env: { PATH: '/usr/bin:/bin' },
  cwd: folder,
  script: join(folder, MAIN),
  ...further,
});

/** Types it into a shell. */
function type(line: string, env: NodeJS.ProcessEnv = {}): unknown {
  const PATH = [env.PATH, join(process.execPath, '..'), '/usr/bin', '/bin'].filter(Boolean).join(':');
  const { stdout, stderr } = spawnSync('sh', ['-c', line], { cwd: folder, env: { PATH }, encoding: 'utf8' });
  return stdout === '' ? stderr : JSON.parse(stdout);
}

test('from a checkout: node and the path from here', () => {
  const line = commandLine(start(), 'attach', { name: 'digits-1' });
  expect(line).toBe(`node ${MAIN} attach digits-1`);
  expect(type(line)).toEqual(['attach', 'digits-1']);
});

test('from far away: node and the whole path', () => {
  expect(commandLine(start({ cwd: '/usr/share/doc/some/where' }), 'attach')).toBe(`node ${join(folder, MAIN)} attach`);
});

test('installed on the PATH: its name', () => {
  const PATH = join(folder, 'bin');
  symlinkSync(join(folder, MAIN), join(PATH, 'temporal-sagemaker'));
  const line = commandLine(start({ env: { PATH }, script: join(PATH, 'temporal-sagemaker') }), 'status');
  expect(line).toBe('temporal-sagemaker status');
  expect(type(line, { PATH })).toEqual(['status']);
});

test('where another one of the same name is on the PATH, not its name', () => {
  const PATH = join(folder, 'bin');
  symlinkSync(join(PATH, 'other'), join(PATH, 'temporal-sagemaker'));
  expect(commandLine(start({ env: { PATH } }), 'status')).toBe(`node ${MAIN} status`);
});

test('under npx: npx, though npx has put it on the PATH', () => {
  const PATH = join(folder, 'node_modules/.bin');
  const script = join(PATH, 'temporal-sagemaker');
  symlinkSync(join(folder, MAIN), script);
  const env = { PATH, npm_command: 'exec' };
  expect(commandLine(start({ env, script }), 'status')).toBe('npx temporal-sagemaker status');
});

test('under an npm script: what the shell has, not what npm has put on the PATH', () => {
  const PATH = join(folder, 'node_modules/.bin');
  symlinkSync(join(folder, MAIN), join(PATH, 'temporal-sagemaker'));
  const env = { PATH, npm_command: 'run-script', npm_lifecycle_event: 'quickstart' };
  expect(commandLine(start({ env }), 'status')).toBe(`node ${MAIN} status`);
});

test.each(["it's", 'two words', '$HOME `id` "x"', '-n', '--json', 'a;b', 'ä'])(
  'a name arrives as it is: %j',
  (name) => {
    const arrived = type(commandLine(start(), 'cancel', { name })) as string[];
    expect(arrived.filter((arg) => arg !== '--')).toEqual(['cancel', name]);
    // What would be an option stands behind the mark that ends them.
    if (name.startsWith('-')) expect(arrived[1]).toBe('--');
  },
);
