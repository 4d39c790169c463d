/**
 * Runs `train` on all hosts of a job: one failing host ends them all, a stop asks first and then insists.
 */
import type { Host, TrainingFolder } from '../processes/training-folder';
import { readTextInside } from '../processes/inside-folder';
import type { RunningProgram } from '../processes/launcher';
import { exitCodeOf, followToEnd } from '../processes/program-end';
import type { Life } from './life';

/** How `train` failed, in its own words if it left any. */
export interface AlgorithmFailure {
  message: string;
  exitCode: number;
}

export interface TrainingPrograms {
  /** Settles when `train` has ended on all hosts; never rejects. */
  ended: Promise<AlgorithmFailure | undefined>;
  /** Ends the job with a failure that is not the algorithm's own. */
  fail(message: string): void;
}

/** What `failure` may hold at most: SageMaker reads its first 1024 characters. */
const MAX_FAILURE_BYTES = 4_096;

export function runTrainingPrograms(
  life: Life,
  hosts: ReadonlyMap<Host, TrainingFolder>,
  start: (folder: TrainingFolder) => RunningProgram,
  readLinesOf: (host: Host) => (lines: string[]) => void,
  stopping: AbortSignal,
): TrainingPrograms {
  const { clock } = life.world;
  const programs: RunningProgram[] = [];
  const over = new AbortController();
  let failure: AlgorithmFailure | undefined;

  const signalAll = (signal: 'SIGTERM' | 'SIGKILL'): void => {
    for (const program of programs) program.signal(signal);
  };
  const fail = (cause: AlgorithmFailure): void => {
    failure ??= cause;
    signalAll('SIGKILL');
  };
  const runHost = async (host: Host, folder: TrainingFolder): Promise<void> => {
    const program = start(folder);
    programs.push(program);
    const end = await followToEnd(program, readLinesOf(host));
    const exitCode = exitCodeOf(end);
    if (exitCode === 0) return;
    fail({ exitCode, message: 'error' in end ? end.error : await readFailure(folder) });
  };
  const stop = async (): Promise<void> => {
    signalAll('SIGTERM');
    const since = clock.now();
    const graceMs = (): number => clock.durationMs('Stopping') || life.limits.trainingStopMs;
    if (await life.waits.until(() => since + graceMs(), over.signal)) signalAll('SIGKILL');
  };
  const kill = (): void => {
    signalAll('SIGKILL');
  };

  const running = Promise.all([...hosts].map(([host, folder]) => runHost(host, folder)));
  onAbort(stopping, over.signal, () => void stop());
  onAbort(life.closing, over.signal, kill);
  const ended = running.then(() => {
    over.abort();
    return failure;
  });
  return {
    ended,
    fail: (message) => {
      fail({ message, exitCode: 1 });
    },
  };
}

/** Calls back at once or when the signal aborts, but not after `until` has aborted. */
function onAbort(signal: AbortSignal, until: AbortSignal, callback: () => void): void {
  if (signal.aborted) callback();
  else signal.addEventListener('abort', callback, { once: true, signal: until });
}

async function readFailure({ baseFolder }: TrainingFolder): Promise<string> {
  return (await readTextInside(baseFolder, 'output/failure', MAX_FAILURE_BYTES))?.trim() ?? '';
}
