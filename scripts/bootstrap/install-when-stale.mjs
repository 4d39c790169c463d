// Installs the packages that package-lock.json names, where node_modules/ does not have them. What is installed is read
// from node_modules/.package-lock.json, which npm writes last: after a broken-off install it is missing.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runNode, showStep, StepFailed, tell } from './steps.mjs';
import lockModule from '../../src/temporal-server/hold-lock.js';

export async function installWhenStale({ root, signal }) {
  if (isInstalled(root)) return;
  const lock = await lockModule.holdLock(join(root, '.cache/install.lock'), {
    signal,
    onWait: (pid) => tell(`waiting for another install in this clone to end [pid=${pid ?? 'unknown'}]`),
  });
  try {
    if (isInstalled(root)) return;
    // npm outlives us where we are killed; the next start must wait for it.
    await showStep('installing packages (npm ci)', () => install(root, signal, lock.alsoHeldBy));
    if (!isInstalled(root)) throw new StepFailed('bootstrap: npm ci ended well, but packages are missing');
  } finally {
    await lock.release();
  }
}

/** True when every package that is not optional is there in the locked version. */
export function isInstalled(root) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  if (wanted === undefined) throw new StepFailed('bootstrap: package-lock.json is missing or not readable');
  const installed = readPackages(join(root, 'node_modules/.package-lock.json'));
  if (installed === undefined) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const found = installed[path];
    if (found === undefined) return optional === true;
    return found.version === version && found.integrity === integrity;
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

async function install(root, signal, onStart) {
  // The npm that runs us, if one does: another on PATH may be of another version.
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress'];
  const name = `npm ${args.slice(0, 2).join(' ')}`;
  if (npm !== undefined && basename(npm) === 'npm-cli.js') {
    await runNode([npm, ...args], { name, cwd: root, signal, onStart });
  } else {
    await runNode(['-e', SPAWN_NPM, ...args], { name, cwd: root, signal, onStart });
  }
}

/** Started without npm: `npm` is then found on PATH, as a program that need not be Node's. */
const SPAWN_NPM = `
const child = require('node:child_process').spawn('npm', process.argv.slice(1), { stdio: 'inherit' });
child.on('error', (error) => { console.error('npm: ' + error.message); process.exitCode = 127; });
child.on('exit', (code) => { process.exitCode = code ?? 1; });
process.on('SIGTERM', () => child.kill('SIGTERM'));
`;
