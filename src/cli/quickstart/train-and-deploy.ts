/**
 * The middle of the quickstart: an Estimator, one durable run that trains and deploys, and its progress: statuses, the
 * loss of each epoch out of the container's log, the endpoint.
 */
import type { Run, RunProgress, Session } from '../../client';
import type { FitThenDeployResult } from '../../contract';
import { followRun } from '../follow-run';
import type { RunView } from '../live-block';
import type { Output } from '../output';
import { runUrl, type ClientModule } from '../with-session';

const EPOCHS = 20;
/** Long enough for an epoch to be seen. */
const EPOCH_SECONDS = 0.15;
const INSTANCE_TYPE = 'ml.m5.large';

export const QUICKSTART_ESTIMATOR = {
  imageName: 'digits',
  role: 'SageMakerRole',
  trainInstanceCount: 1,
  trainInstanceType: INSTANCE_TYPE,
};
export const QUICKSTART_DEPLOY = { initialInstanceCount: 1, instanceType: INSTANCE_TYPE };

const LOG_INTERVAL_MS = 500;

/** `epoch=3 train:loss=0.41 train:accuracy=0.91` */
const EPOCH_LINE = /^epoch=(\d+) /;
const METRIC = /(\S+:\S+)=(\S+)/g;

export interface TrainingCall {
  client: ClientModule;
  session: Session;
  /** S3 URI of the training data. */
  trainingData: string;
  output: Output;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

export interface Deployed {
  run: Run<'fitThenDeploy'>;
  result: FitThenDeployResult;
  progress: RunProgress | undefined;
}

/** @throws SageMakerError with the run's failure */
export async function trainAndDeploy(call: TrainingCall): Promise<Deployed> {
  const { client, session, trainingData, output, env, signal } = call;
  const estimator = new client.Estimator({
    ...QUICKSTART_ESTIMATOR,
    trainMaxRun: 600,
    hyperparameters: { epochs: EPOCHS, learning_rate: 0.2, batch_size: 8, seed: 1, epoch_seconds: EPOCH_SECONDS },
    metricDefinitions: [
      { name: 'train:loss', regex: 'train:loss=([0-9.]+)' },
      { name: 'train:accuracy', regex: 'train:accuracy=([0-9.]+)' },
    ],
    session,
  });
  const run = await estimator.fitThenDeploy(trainingData, { deploy: QUICKSTART_DEPLOY, wait: false });
  const { workflowId, runId } = run;
  const temporalUiUrl = runUrl(env, session.client.options.namespace, run);
  output.announce('run', { workflowId, runId, temporalUiUrl });
  output.note(`run ${workflowId}\n    ${temporalUiUrl ?? ''}`);

  const curve: NonNullable<RunView['curve']> = { name: 'train:loss', values: [] };
  const followed = await followRun(run, {
    output,
    signal,
    logIntervalMs: LOG_INTERVAL_MS,
    curve,
    onLogLine(line) {
      const [, epoch] = EPOCH_LINE.exec(line) ?? [];
      if (epoch === undefined) return;
      for (const [, name = '', value] of line.matchAll(METRIC)) {
        if (name === curve.name) curve.values.push(Number(value));
        output.announce('metric', { name, step: Number(epoch), value: Number(value) });
      }
    },
  });
  return { run, ...followed };
}
