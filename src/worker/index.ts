/**
 * The worker's door: {@link createWorker} for a process that is nothing else, {@link SageMakerPlugin} for a worker that
 * one already has. See `temporal-sagemaker/workflows` for calling the steps from a workflow of your own.
 */
export type { FailureCode } from '../contract';
export {
  createDataConverter,
  createPayloadCodec,
  PayloadError,
  type PayloadErrorDetails,
  type PayloadKeys,
} from '../payload-codec';
export { createWorker, type CreateWorkerOptions, type SageMakerWorker } from './create-worker';
export { WorkerError, type WorkerErrorDetails } from './errors';
export { workerOptionsFromEnvironment, type SageMakerPluginOptions, type SageMakerWorkerOptions } from './options';
export { SageMakerPlugin } from './plugin';
