/**
 * A training job whose life a test has written: its statuses one after the other, and its end. No program runs. Called by
 * `training-life.ts`, which keeps the stop; the script comes from `control/outcomes.ts`.
 */
import type { SecondaryStatus, TrainingJobStatus } from '@aws-sdk/client-sagemaker';
import type { TrainingJobScript } from '../control/outcome-rules';
import type { Life } from './life';
import { openProgramLog, TRAINING_LOG_GROUP } from './program-log';
import type { Resources } from './resources';
import { writeSimulatedModel } from './simulated-model';
import { cutReason } from './training-record';
import type { StatusWords, TrainingJobRecord, TrainingRequest } from './training-record';
import { listHosts } from './training-rules';

export interface ScriptedTraining {
  name: string;
  request: TrainingRequest;
  script: TrainingJobScript;
  /** Writes a status down and answers when that was. */
  enter: (status: SecondaryStatus, words: StatusWords) => number;
  /** Aborted when somebody stops the job, and at the emulator's end. */
  interrupted: AbortSignal;
}

/** Settles once the script has come to its end, or as soon as it is interrupted. */
export async function followTrainingScript(
  { world, waits }: Life,
  jobs: Resources<TrainingJobRecord>,
  { name, request, script, enter, interrupted }: ScriptedTraining,
): Promise<'ended' | 'interrupted'> {
  const epochSeconds = String(Math.floor(world.clock.now() / 1_000));
  const writers = listHosts(request).map((host) =>
    openProgramLog(world, TRAINING_LOG_GROUP, `${name}/${host.name}-${epochSeconds}`),
  );
  const { steps = [], end } = script;
  for (const { status, secondaryStatus, statusMessage, durationMs, logLines } of steps) {
    const words = { status: status ?? (secondaryStatus === 'Stopping' ? 'Stopping' : 'InProgress') };
    const since = enter(...wordsOfAws(secondaryStatus, { ...words, message: statusMessage }));
    if (logLines !== undefined) for (const write of writers) write(logLines);
    if (!(await waits.until(() => since + durationMs, interrupted))) return 'interrupted';
  }
  if (end === undefined) {
    await waits.until(() => Infinity, interrupted);
    return 'interrupted';
  }
  if (end === 'deleted') {
    jobs.delete(name);
    return 'ended';
  }
  const { status, secondaryStatus = status, statusMessage, failureReason, artefact = status === 'Completed' } = end;
  if (artefact) await writeSimulatedModel(world, request);
  if (failureReason !== undefined) {
    jobs.change(name, (job) => ({ ...job, failureReason: cutReason(failureReason) }), { eventually: true });
  }
  enter(...wordsOfAws(secondaryStatus, { status, message: statusMessage }));
  return 'ended';
}

/** A test may script a word that AWS has not got yet. */
function wordsOfAws(
  secondaryStatus: string,
  { status, message }: { status: string; message: string | undefined },
): [SecondaryStatus, StatusWords] {
  return [
    secondaryStatus as SecondaryStatus,
    { status: status as TrainingJobStatus, ...(message !== undefined && { message }) },
  ];
}
