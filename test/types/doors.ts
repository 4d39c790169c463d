/**
 * What the compiler knows of the other doors: workers, steps in workflows, the emulator. Nothing here runs: `npm run types`
 * checks it, and each `@ts-expect-error` is a mistake that must not compile.
 */
import { Worker } from '@temporalio/worker';
import type { DeployArguments, EstimatorArguments } from 'temporal-sagemaker/client';
import { emulatorControl, startEmulator, type JournalEntry } from 'temporal-sagemaker/emulator';
import { createWorker, SageMakerPlugin, WorkerError, workerOptionsFromEnvironment } from 'temporal-sagemaker/worker';
import { deleteEndpoint, deploy, fit, fitThenDeploy, type DeployResult } from 'temporal-sagemaker/workflows';

declare const estimator: EstimatorArguments;
declare const hosting: DeployArguments;

export async function workersHaveUnitsInTheirOptions(): Promise<void> {
  const worker = await createWorker({ ...workerOptionsFromEnvironment(), pollMaxIntervalMs: 10_000 });
  worker.shutdown();
  await worker.run();
  await Worker.create({ taskQueue: 'nightly', plugins: [new SageMakerPlugin({ region: 'eu-central-1' })] });
  // @ts-expect-error -- milliseconds, not a text with a unit
  await createWorker({ requestTimeoutMs: '10 s' });
  // @ts-expect-error -- no such option
  await createWorker({ pollIntervalMs: 10_000 });
  // @ts-expect-error -- the task queue is the worker's own
  new SageMakerPlugin({ taskQueue: 'nightly' });
}

export function aWorkersErrorHasACode(error: unknown): string {
  if (!(error instanceof WorkerError)) throw error;
  // @ts-expect-error -- no such code
  return error.code === 'Oops' ? 'never' : error.problems.join();
}

export async function stepsTakeWhatWorkflowsTake(): Promise<DeployResult> {
  const { trainingJobName, modelData } = await fit({ estimator, fit: { inputs: 's3://my-bucket/a' } });
  // @ts-expect-error -- a fit has no deploy
  await fit({ estimator, fit: { inputs: 's3://my-bucket/a' }, deploy: hosting });
  // @ts-expect-error -- a fitThenDeploy has one
  await fitThenDeploy({ estimator, fit: { inputs: 's3://my-bucket/a' } });
  // @ts-expect-error -- model data alone does not tell name, image and role
  await deploy({ modelData, deploy: hosting });
  // @ts-expect-error -- a name is not enough: a region may come with it
  await deleteEndpoint('digits');
  return deploy({ trainingJobName, deploy: hosting });
}

export async function theEmulatorListensOnLoopback(): Promise<JournalEntry[]> {
  const emulator = await startEmulator({ host: '::1', phases: { Training: 1_000 } });
  // @ts-expect-error -- an address that others can reach
  await startEmulator({ host: '0.0.0.0' });
  // @ts-expect-error -- no such phase
  await startEmulator({ phases: { Learning: 1_000 } });
  const control = emulatorControl(emulator.url);
  // @ts-expect-error -- no such action
  await control.addFaults([{ operation: '*', action: 'explode' }]);
  return control.calls();
}
