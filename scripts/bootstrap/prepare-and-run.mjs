// The order of a start: install, build and type check (side by side), then the command. Called by bootstrap.mjs.
import { join } from 'node:path';
import { buildWhenStale } from './build-when-stale.mjs';
import { checkTypesWhenStale } from './check-types-when-stale.mjs';
import { installWhenStale } from './install-when-stale.mjs';
import { runCommand } from './run-command.mjs';
import { StepFailed } from './steps.mjs';

const ROOT = join(import.meta.dirname, '../..');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const USAGE = 'usage: node scripts/bootstrap.mjs [--check-types] -- command args...';

export async function prepareAndRun(args) {
  const separator = args.indexOf('--');
  const options = args.slice(0, separator);
  const [command, ...commandArgs] = args.slice(separator + 1);
  if (separator < 0 || command === undefined || options.some((option) => option !== '--check-types')) {
    process.stderr.write(`${USAGE}\n`);
    process.exitCode = 2;
    return;
  }

  const interruption = new AbortController();
  let interruptedBy;
  const interrupt = (signal) => {
    interruptedBy ??= signal;
    interruption.abort();
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);

  try {
    await prepare({ root: ROOT, signal: interruption.signal, checkTypes: options.includes('--check-types') });
  } catch (error) {
    if (interruptedBy === undefined && !(error instanceof StepFailed)) throw error;
    if (error instanceof StepFailed && interruptedBy === undefined) process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
  for (const signal of SIGNALS) process.off(signal, interrupt);
  if (interruptedBy !== undefined) process.kill(process.pid, interruptedBy);
  else if (process.exitCode === undefined) await runCommand(command, commandArgs, ROOT);
}

async function prepare({ root, signal, checkTypes }) {
  await installWhenStale({ root, signal });
  const steps = [buildWhenStale({ root, signal }), checkTypes ? checkTypesWhenStale({ root, signal }) : undefined];
  // Both are awaited, whatever becomes of either: nothing may go on behind the command's back.
  const outcomes = await Promise.allSettled(steps);
  const failures = outcomes.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
  const [unexpected = failures[0]] = failures.filter((failure) => !(failure instanceof StepFailed));
  if (unexpected instanceof StepFailed) throw new StepFailed(failures.map(({ message }) => message).join('\n'));
  if (unexpected !== undefined) throw unexpected;
}
