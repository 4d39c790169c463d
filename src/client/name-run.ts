/**
 * Names a run before it is started: the training job's name, which is the Workflow Id too, or the endpoint's. Time and
 * randomness enter here and nowhere else; the names stand in the input from then on.
 */
import { randomInt } from 'node:crypto';
import { TASK_QUEUE, type EstimatorArguments, type WorkflowType } from '../contract';
import { baseNameFromImage, nameFromBase } from '../domain/names';
import type { InputOf } from '../schemas';

const RANDOM_LENGTH = 8;
const BASE_36 = 36;

/**
 * A new training job name, `base-time-random`, that SageMaker takes whatever the image is called; unique though many are
 * made in one millisecond. `fit` makes one where it is given none.
 *
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/utility/session.html `sagemaker.utils.name_from_base`
 *
 * @example
 * ```ts
 * import { nameTrainingJob } from 'temporal-sagemaker/client';
 *
 * const jobName = nameTrainingJob({
 *   imageName: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/digits:1',
 *   role: 'SageMakerRole',
 *   trainInstanceCount: 1,
 *   trainInstanceType: 'ml.m5.large',
 * });
 * console.log(jobName.slice(0, 'digits-2026'.length));
 * ```
 */
export function nameTrainingJob({ baseJobName, imageName }: EstimatorArguments): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => randomInt(BASE_36).toString(BASE_36)).join('');
  return nameFromBase(baseJobName ?? baseNameFromImage(imageName), new Date(), random);
}

/** Where a run is to be worked on: a sweep is named after it, since it is about nothing in particular. */
export interface RunPlace {
  taskQueue: string;
  region?: string;
}

/** A checked input with its training job named, and the Workflow Id that belongs to it. */
export interface NamedRun<T extends WorkflowType> {
  workflowId: string;
  input: InputOf[T];
}

export function nameRun<T extends WorkflowType>(
  type: T,
  given: InputOf[T],
  place: RunPlace = { taskQueue: TASK_QUEUE },
): NamedRun<T> {
  const run = { type, input: given } as { [K in WorkflowType]: { type: K; input: InputOf[K] } }[WorkflowType];
  switch (run.type) {
    case 'fit':
    case 'fitThenDeploy': {
      const jobName = run.input.fit.jobName ?? nameTrainingJob(run.input.estimator);
      return { workflowId: jobName, input: { ...run.input, fit: { ...run.input.fit, jobName } } as InputOf[T] };
    }
    case 'deploy': {
      // One of the two is there: the schema asks for an endpoint's name where no training job is named.
      const endpointName = run.input.deploy.endpointName ?? run.input.trainingJobName ?? '';
      return { workflowId: `deploy-${endpointName}`, input: given };
    }
    case 'deleteEndpoint':
      return { workflowId: `delete-${run.input.endpointName}`, input: given };
    case 'sweep':
      // Workers of one task queue serve one region.
      return { workflowId: `sweep-${run.input.region ?? place.region ?? place.taskQueue}`, input: given };
  }
}
