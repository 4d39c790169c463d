/**
 * Runs `train` on all hosts of a job: one failing host ends them all, a stop asks first and then insists.
 */
import type { Host, TrainingFolder } from '../processes/training-folder';
import { askToEnd } from '../processes/ask-to-end';
import { readTextInside } from '../processes/inside-folder';
import type { ProgramEnd, RunningProgram } from '../processes/launcher';
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

  const killAll = (): void => {
    for (const program of programs) program.signal('SIGKILL');
  };
  const fail = (cause: AlgorithmFailure): void => {
    failure ??= cause;
    killAll();
  };
  const runHost = async (host: Host, folder: TrainingFolder): Promise<void> => {
    let end: ProgramEnd;
    try {
      const program = start(folder);
      programs.push(program);
      end = await followToEnd(program, readLinesOf(host));
    } catch (error) {
      end = { error: String(error) };
    }
    const exitCode = exitCodeOf(end);
    if (exitCode === 0) return;
    fail({ exitCode, message: 'error' in end ? end.error : await readFailure(folder) });
  };
  const stop = async (): Promise<void> => {
    for (const program of programs) void askToEnd(program, over.signal);
    const since = clock.now();
    const graceMs = (): number => clock.durationMs('Stopping') || life.limits.trainingStopMs;
    if (await life.waits.until(() => since + graceMs(), over.signal)) killAll();
  };

  const running = Promise.all([...hosts].map(([host, folder]) => runHost(host, folder)));
  onAbort(stopping, over.signal, () => void stop());
  onAbort(life.closing, over.signal, killAll);
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
