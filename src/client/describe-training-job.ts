/**
 * What AWS tells about a training job that was started elsewhere. Asked by this process's own credentials, which may know
 * nothing of SageMaker: then the trouble is the answer, and deploying is left to the worker. Loads the AWS SDK.
 */
import { toAwsError } from './aws-errors';
import type { SageMakerError } from './errors';
import { orAborted } from './or-aborted';

/** Looking for credentials counts too: where there are none, the chain asks addresses that do not answer. */
const LOOKUP_LIMIT_MS = 5_000;

export interface DescribedJob {
  /** Absent for an algorithm of the marketplace. */
  image?: string;
  hyperparameters: Record<string, string>;
  /** S3 URI; absent until the job has completed. */
  modelData?: string;
}

/** Never rejects, and takes 5 seconds at most. */
export async function describeTrainingJob(
  trainingJobName: string,
  region: string | undefined,
  limitMs = LOOKUP_LIMIT_MS,
): Promise<DescribedJob | SageMakerError> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    return await orAborted(limit, () => ask(trainingJobName, region, limit));
  } catch (error) {
    const at = { job: trainingJobName, ...(region !== undefined && { region }) };
    const trouble = limit.aborted ? new Error(`no answer within ${String(limitMs / 1_000)} s`) : error;
    return toAwsError(trouble, 'DescribeTrainingJob', at, 'TrainingJobNotFound', { trainingJobName });
  }
}

async function ask(TrainingJobName: string, region: string | undefined, signal: AbortSignal): Promise<DescribedJob> {
  const { DescribeTrainingJobCommand, SageMakerClient } = await import('@aws-sdk/client-sagemaker');
  const client = new SageMakerClient(region === undefined ? {} : { region });
  try {
    const job = await client.send(new DescribeTrainingJobCommand({ TrainingJobName }), { abortSignal: signal });
    const image = job.AlgorithmSpecification?.TrainingImage;
    // Predicted before the job has completed, and then there is nothing.
    const modelData = job.TrainingJobStatus === 'Completed' ? job.ModelArtifacts?.S3ModelArtifacts : undefined;
    return {
      ...(image !== undefined && { image }),
      hyperparameters: { ...job.HyperParameters },
      ...(modelData !== undefined && { modelData }),
    };
  } finally {
    client.destroy();
  }
}
