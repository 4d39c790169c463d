/**
 * The worker's door: {@link createWorker} for a process that is nothing else. See `temporal-sagemaker/workflows` for
 * calling the same steps from a workflow of your own.
 */
export { createWorker, type CreateWorkerOptions, type SageMakerWorker } from './create-worker';
export { workerOptionsFromEnvironment, type SageMakerWorkerOptions } from './options';
