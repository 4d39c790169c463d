/**
 * A training job that no run of ours knows, asked of AWS alone: is it there, and has it ended? For `logs`, which takes
 * the name of any job. Loads the AWS SDK.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { readTrouble } from '../domain/aws-errors';
import { hasJobEnded } from '../domain/training-status';
import { CommandFailure } from './command-failure';

const POLL_INTERVAL_MS = 15_000;
const REQUEST_LIMIT_MS = 10_000;
/** As long as a training job may take at most: 28 days. */
const ASKED_MAX = (28 * 86_400_000) / POLL_INTERVAL_MS;

/** A job's status now, or undefined where AWS does not tell it to this process. @throws CommandFailure TrainingJobNotFound */
export async function readJobStatus(trainingJobName: string, signal: AbortSignal): Promise<string | undefined> {
  const { DescribeTrainingJobCommand, SageMakerClient } = await import('@aws-sdk/client-sagemaker');
  const client = new SageMakerClient({});
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_LIMIT_MS)]);
    const command = new DescribeTrainingJobCommand({ TrainingJobName: trainingJobName });
    return (await client.send(command, { abortSignal: limit })).TrainingJobStatus;
  } catch (error) {
    signal.throwIfAborted();
    const { meaning, status, message } = readTrouble(error);
    // What AWS does not even take for a name is none of a job.
    const isNone = meaning === 'absent' || (meaning === 'invalid' && status === 400);
    if (!isNone) return undefined;
    throw new CommandFailure(
      'TrainingJobNotFound',
      `there is neither a run nor a training job of this name [job=${trainingJobName}]`,
      { reason: message, trainingJobName },
    );
  } finally {
    client.destroy();
  }
}

/** Resolves when the job has ended, or has gone. What AWS does not tell is asked again. @throws the signal's reason */
export async function awaitJobEnd(trainingJobName: string, signal: AbortSignal): Promise<void> {
  for (let asked = 0; asked < ASKED_MAX; asked += 1) {
    try {
      if (hasJobEnded(await readJobStatus(trainingJobName, signal))) return;
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      return;
    }
    await pause(POLL_INTERVAL_MS, undefined, { signal });
  }
}
