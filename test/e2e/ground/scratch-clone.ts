/**
 * A folder that looks to the bootstrap like a fresh clone, for `bootstrap.test.ts`: the real scripts, a tiny project, and
 * scripts in the place of npm and tsc that write down each start and can be made to hold.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess, startProcess, type ProcessEnd, type TestProcess } from '../../support/processes';
import { makeScratchFolder } from '../../support/scratch';
import { until } from '../../support/until';

const ROOT = join(__dirname, '../../..');

/** Shared by both stand-ins: appends to the log, then waits while `hold-<name>` exists. */
const BEGIN = `
const fs = require('node:fs');
const { join } = require('node:path');
const root = process.cwd();
const begin = (name) => {
  fs.appendFileSync(join(root, 'log'), name + ' ' + process.pid + '\\n');
  while (fs.existsSync(join(root, 'hold-' + name))) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
};
`;

const TSC = `${BEGIN}
const args = process.argv.slice(2);
const name = args.includes('--noEmit') ? 'types' : 'tsc';
const out = args[args.indexOf('--outDir') + 1];
if (name === 'tsc') {
  fs.mkdirSync(out, { recursive: true });
  fs.writeFileSync(join(out, 'half.js'), '');
}
begin(name);
const source = fs.readFileSync(join(root, 'src/index.ts'), 'utf8');
if (source.includes('mistake')) { console.log('src/index.ts(1,1): error'); process.exit(2); }
if (name === 'tsc') fs.writeFileSync(join(out, 'index.js'), source);
`;

const NPM = `${BEGIN}
fs.rmSync(join(root, 'node_modules'), { recursive: true, force: true });
begin('npm');
fs.appendFileSync(join(root, 'npm-arguments'), process.argv.slice(2).join(' ') + '\\n');
fs.mkdirSync(join(root, 'node_modules/typescript/bin'), { recursive: true });
fs.mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
fs.writeFileSync(join(root, 'node_modules/typescript/bin/tsc'), ${JSON.stringify(TSC)});
fs.writeFileSync(join(root, 'node_modules/.bin/greet'), '#!/bin/sh\\necho "hello $*"\\n', { mode: 0o755 });
fs.copyFileSync(join(root, 'package-lock.json'), join(root, 'node_modules/.package-lock.json'));
`;

export interface Clone {
  folder: string;
  /** Runs the bootstrap to its end. */
  run(...args: string[]): Promise<ProcessEnd>;
  start(...args: string[]): TestProcess;
  /** Names of the stand-ins in the order in which they ran; empties the log. */
  takeLog(): string[];
  /** Waits until a stand-in has begun; answers its process id. */
  begun(name: string): Promise<number>;
  /** Makes the next starts of a stand-in wait. */
  hold(name: string): void;
  release(name: string): void;
  write(path: string, content: string): void;
  has(path: string): boolean;
  read(path: string): string;
}

export function makeClone(env: NodeJS.ProcessEnv = {}): Clone {
  const folder = makeScratchFolder({
    'package.json': JSON.stringify({ engines: { node: '>=20.19' }, type: 'commonjs' }),
    'package-lock.json': lockWith('1.0.0'),
    'src/index.ts': 'first\n',
    'src/data/constraints.json': '{}\n',
    'tools/npm-cli.js': NPM,
  });
  for (const path of ['scripts/bootstrap', 'scripts/bootstrap.mjs', 'scripts/build.mjs']) {
    cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  }
  mkdirSync(join(folder, 'src/temporal-server'));
  cpSync(join(ROOT, 'src/temporal-server/hold-lock.js'), join(folder, 'src/temporal-server/hold-lock.js'));

  const at = (path: string): string => join(folder, path);
  const log = (): string[] => (existsSync(at('log')) ? readFileSync(at('log'), 'utf8').trim().split('\n') : []);
  const options = {
    cwd: folder,
    env: { PATH: process.env.PATH, npm_execpath: at('tools/npm-cli.js'), ...env },
  };
  return {
    folder,
    run: (...args) => runProcess(process.execPath, ['scripts/bootstrap.mjs', ...args], options),
    start: (...args) => startProcess(process.execPath, ['scripts/bootstrap.mjs', ...args], options),
    takeLog: () => {
      const names = log().map((line) => line.split(' ')[0] ?? '');
      rmSync(at('log'), { force: true });
      return names;
    },
    begun: async (name) => {
      const line = await until(() => log().find((entry) => entry.startsWith(`${name} `)), {
        what: `${name} to begin`,
        limitMs: 30_000,
      });
      return Number(line.split(' ')[1]);
    },
    hold: (name) => {
      writeFileSync(at(`hold-${name}`), '');
    },
    release: (name) => {
      rmSync(at(`hold-${name}`));
    },
    write: (path, content) => {
      writeFileSync(at(path), content);
    },
    has: (path) => existsSync(at(path)),
    read: (path) => readFileSync(at(path), 'utf8'),
  };
}

export function lockWith(version: string): string {
  return JSON.stringify({
    packages: {
      '': { name: 'clone' },
      'node_modules/typescript': { version, integrity: `sha512-${version}` },
      'node_modules/elsewhere': { version, integrity: 'sha512-x', optional: true },
    },
  });
}
