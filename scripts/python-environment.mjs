// Makes the virtual environment in which foreign clients run (test/conformance/requirements.txt, or the file that is named)
// and prints the path of its python; says on stderr what it does. A folder below .cache/ is named after all that goes into it and marked when
// it is complete, so an environment is made once, and one whose making was broken off is made anew. Called by
// test/support/python.ts; `node scripts/python-environment.mjs` makes it beforehand.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { showStep, StepFailed, tell } from './bootstrap/steps.mjs';
import lockModule from '../src/temporal-server/hold-lock.js';

const ROOT = join(import.meta.dirname, '..');
const CACHE = join(ROOT, '.cache');
const [, , given] = process.argv;
const REQUIREMENTS = given === undefined ? join(ROOT, 'test/conformance/requirements.txt') : resolve(given);
const FOLDER_PREFIX = given === undefined ? 'python-' : `python-${basename(dirname(REQUIREMENTS))}-`;

/** The pinned packages have wheels for it and for newer ones. */
const OLDEST_PYTHON = [3, 11];
const PIP_OPTIONS = [
  '--quiet',
  '--no-compile',
  '--no-deps',
  '--only-binary',
  ':all:',
  '--no-input',
  '--disable-pip-version-check',
];
const OUTPUT_LIMIT_CHARACTERS = 20_000;

const DESCRIBE_PYTHON = `
import importlib.util, json, platform, sys, sysconfig
print(json.dumps({
    "executable": sys.executable,
    "version": list(sys.version_info[:3]),
    "build": [sys.implementation.cache_tag, sysconfig.get_platform(), *platform.libc_ver()],
    "hasVenv": all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip")),
}))
`;

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => interruption.abort());

async function findOrMakeEnvironment() {
  const base = await describePython();
  const key = createHash('sha256')
    .update(JSON.stringify([base, PIP_OPTIONS]))
    .update(readFileSync(REQUIREMENTS))
    .digest('hex')
    .slice(0, 16);
  const folder = join(CACHE, `${FOLDER_PREFIX}${key}`);
  const complete = join(folder, 'complete');
  const python = join(folder, 'bin', 'python');
  if (existsSync(complete)) return python;

  const lock = await lockModule.holdLock(join(CACHE, 'python.lock'), {
    signal: interruption.signal,
    onWait: (pid) => tell(`waiting for another process that makes the Python environment [pid=${pid ?? 'unknown'}]`),
  });
  try {
    if (existsSync(complete)) return python;
    await removeEnvironments();
    await showStep(
      `making a Python environment of ${relative(ROOT, REQUIREMENTS)} (a minute or two, once)`,
      async () => {
        await runPython(base.executable, ['-m', 'venv', folder], lock);
        await runPython(python, ['-m', 'pip', 'install', ...PIP_OPTIONS, '--requirement', REQUIREMENTS], lock);
      },
    );
    await writeFile(`${complete}.tmp`, '');
    await rename(`${complete}.tmp`, complete);
    return python;
  } finally {
    await lock.release();
  }
}

/** Those that were broken off, and those of older requirements, 300 MB each. */
async function removeEnvironments() {
  const isOfThese = (name) => name.startsWith(FOLDER_PREFIX) && /^[0-9a-f]{16}$/.test(name.slice(FOLDER_PREFIX.length));
  const folders = readdirSync(CACHE).filter(isOfThese);
  for (const name of folders) await rm(join(CACHE, name), { recursive: true, force: true, maxRetries: 3 });
}

/** The python3 on PATH, or a StepFailed that says what to install. */
async function describePython() {
  const wanted = `Python ${OLDEST_PYTHON.join('.')} or newer with its venv module`;
  const fix = `install ${wanted} (Debian, Ubuntu: apt-get install python3 python3-venv) and have it as python3 on PATH`;
  let found;
  try {
    found = JSON.parse(await runPython('python3', ['-c', DESCRIBE_PYTHON]));
  } catch (error) {
    throw new StepFailed(`bootstrap: python3 does not run (${error.message}); ${fix}`, { cause: error });
  }
  const [major, minor] = found.version;
  const isOld = major < OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor < OLDEST_PYTHON[1]);
  if (isOld || !found.hasVenv) {
    const what = `Python ${found.version.join('.')}${found.hasVenv ? '' : ' without venv'}`;
    throw new StepFailed(`bootstrap: ${found.executable} is ${what}; ${fix}`);
  }
  return found;
}

/** Runs a Python to its end and answers what it printed; where it fails, the error's message is all of that. */
async function runPython(command, args, lock) {
  interruption.signal.throwIfAborted();
  // A process group of its own, since venv and pip start further processes: an interruption ends all of them.
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const stop = () => {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (child.pid !== undefined && !hasEnded) process.kill(-child.pid, 'SIGKILL');
  };
  interruption.signal.addEventListener('abort', stop, { once: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      output = (output + chunk).slice(-OUTPUT_LIMIT_CHARACTERS);
    });
  }
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, killer) => resolve(killer ?? code));
  });
  // pip outlives us where we are killed; the next one must wait for it.
  if (child.pid !== undefined) await lock?.alsoHeldBy(child.pid);
  const end = await ended.finally(() => interruption.signal.removeEventListener('abort', stop));
  interruption.signal.throwIfAborted();
  if (end !== 0) throw new StepFailed(`${output.trim()}\n${[command, ...args.slice(0, 3)].join(' ')} failed (${end})`);
  return output;
}

try {
  process.stdout.write(`${await findOrMakeEnvironment()}\n`);
} catch (error) {
  if (interruption.signal.aborted) process.exitCode = 130;
  else if (error instanceof StepFailed) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } else throw error;
}
