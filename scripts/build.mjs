// Builds lib/ out of src/: JavaScript and declarations by tsc, data files as they are, and the workflow bundle. All of it
// is made in a folder beside lib/ that takes its place when it is whole, so a build that is broken off leaves the old one.
//   node scripts/build.mjs              build
//   node scripts/build.mjs --if-stale   build unless lib/ is built from these sources
//   node scripts/build.mjs --is-fresh   only answer, by exit code 0 or 1, whether it is
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { listFiles } from './bootstrap/hash-files.mjs';
import { computeLibKey, isLibFresh } from './bootstrap/lib-key.mjs';
import { runNode, StepFailed } from './bootstrap/steps.mjs';
import lockModule from '../src/temporal-server/hold-lock.js';

const ROOT = join(import.meta.dirname, '..');
const LIB = join(ROOT, 'lib');
const UNFINISHED = '.lib-';

const [option] = process.argv.slice(2);
if (option === '--is-fresh') {
  process.exitCode = isLibFresh(ROOT) ? 0 : 1;
} else {
  process.exitCode = await buildUnderLock({ ifStale: option === '--if-stale' });
}

/** Answers the exit code. */
async function buildUnderLock({ ifStale }) {
  const interruption = new AbortController();
  const { signal } = interruption;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(name, () => interruption.abort());

  const lock = await lockModule.holdLock(join(ROOT, '.cache/build.lock'), {
    signal,
    onWait: (pid) => process.stderr.write(`build: waiting for another build to end [pid=${pid ?? 'unknown'}]\n`),
  });
  // As deep as lib/ itself: the source maps' relative paths must hold after the move.
  const next = join(ROOT, `${UNFINISHED}${process.pid}`);
  try {
    if (ifStale && isLibFresh(ROOT)) return 0;
    removeUnfinished();
    await build(next, signal);
    return 0;
  } catch (error) {
    if (!(error instanceof StepFailed) && !signal.aborted) throw error;
    process.stderr.write(signal.aborted ? 'build: broken off\n' : `${error.message}\n`);
    return 1;
  } finally {
    removeUnfinished();
    await lock.release();
  }
}

/** What killed builds have left. */
function removeUnfinished() {
  for (const name of readdirSync(ROOT)) {
    if (name.startsWith(UNFINISHED)) rmSync(join(ROOT, name), { recursive: true, force: true });
  }
}

async function build(next, signal) {
  const key = computeLibKey(ROOT);
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const options = ['--noEmitOnError', '--pretty', 'false', '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', next];
  await runNode([tsc, ...options], { name: 'tsc', cwd: ROOT, signal });

  copyData(next);
  await bundleWorkflows(next);
  signal.throwIfAborted();
  const program = join(next, 'cli/main.js');
  if (existsSync(program)) chmodSync(program, 0o755);
  writeFileSync(join(next, '.key'), key);

  if (existsSync(LIB)) renameSync(LIB, `${next}-last`);
  renameSync(next, LIB);
}

/** Copies what is not code: the service model's JSON and the like. */
function copyData(next) {
  for (const file of listFiles(ROOT, 'src')) {
    if (/[.][jt]s$/.test(file)) continue;
    const target = join(next, file.slice('src/'.length));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(ROOT, file), target);
  }
}

/**
 * Makes workflow-bundle.js and, beside it, its hash; and workflow-bundle-encoding.js, for workers with a payload codec, which
 * is the same but for the failure converter. A worker with one of them needs no webpack at its start.
 */
async function bundleWorkflows(next) {
  const workflowsPath = join(next, 'workflows/index.js');
  if (!existsSync(workflowsPath)) return;
  const { bundleWorkflowCode, DefaultLogger } = createRequire(join(ROOT, 'package.json'))('@temporalio/worker');
  const logger = new DefaultLogger('WARN');
  const failureConverterPath = join(next, 'payload-codec/failure-converter.js');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger });
  const { code: encoding } = await bundleWorkflowCode({ workflowsPath, logger, failureConverterPath });
  writeFileSync(join(next, 'workflow-bundle.js'), code);
  writeFileSync(join(next, 'workflow-bundle.sha256'), `${createHash('sha256').update(code).digest('hex')}\n`);
  writeFileSync(join(next, 'workflow-bundle-encoding.js'), encoding);
}
