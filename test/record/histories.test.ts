/**
 * Records a history of each path a run can take, for the replay room. Not part of any test run: `npm run record-histories`
 * writes those that are missing under test/replay/histories. A recorded history is never recorded anew once released,
 * since replaying it is what shows that runs in flight survive an upgrade.
 */
import { StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import {
  PROGRESS_QUERY,
  type DeployOnInstances,
  type DeployInput,
  type DeployResult,
  type FitArguments,
  type Progress,
  type WorkflowType,
} from '../../src/contract';
import type { EndpointScript, StandingResource, TrainingJobScript } from '../../src/emulator';
import {
  DATA_BUCKET,
  DEPLOY,
  ESTIMATOR,
  fitInput,
  mainJob,
  ROLE,
  startRig,
  uniqueName,
  type Handle,
  type Rig,
} from '../support/rig';
import { crossDeploy, crossFit } from '../support/crossing';
import { until } from '../support/until';

const FOLDER = join(__dirname, '../replay/histories');
const ALGORITHMS = join(__dirname, '../support/algorithms');

let rig: Rig;
beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  rig = await startRig({
    emulator: {
      images: { 'broken-server': join(ALGORITHMS, 'broken-server'), scripted: join(ALGORITHMS, 'scripted') },
    },
  });
  const archive = create({ gzip: true, cwd: ALGORITHMS, sync: true }, ['scripted']).read() as Buffer;
  await rig.s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: 'given/model.tar.gz', Body: archive }));
});
afterAll(() => rig.close());
beforeEach(async () => {
  await rig.control.clearFaults();
  await rig.control.clearOutcomes();
  await rig.control.setClock({ simulated: true, phases: { Starting: 50, Training: 50, Creating: 50, Updating: 50 } });
});

/** A run whose history can be had. */
type RecordedRun = Pick<Handle, 'result' | 'fetchHistory'>;

/** Each path: how to walk it, up to a handle of the run that did. */
const PATHS: Record<string, (name: string) => Promise<RecordedRun>> = {
  'fit-completed': (name) => rig.start('fit', fitInput(name)),
  'fit-default-bucket': (name) => {
    const { outputPath: _given, ...estimator } = ESTIMATOR;
    return rig.start('fit', { ...fitInput(name), estimator });
  },
  'fit-create-answer-lost': async (name) => {
    await rig.control.addFaults([{ operation: 'CreateTrainingJob', resource: name, action: 'lose', times: 1 }]);
    return rig.start('fit', fitInput(name));
  },
  'fit-create-throttled': async (name) => {
    await rig.control.addFaults([{ operation: 'CreateTrainingJob', resource: name, action: 'throttle', times: 2 }]);
    return rig.start('fit', fitInput(name));
  },
  'fit-tagging-denied': async (name) => {
    const message = 'User is not authorized to perform: sagemaker:AddTags';
    await rig.control.addFaults([
      {
        operation: 'CreateTrainingJob',
        resource: name,
        action: 'error',
        status: 400,
        code: 'AccessDeniedException',
        message,
        times: 1,
      },
    ]);
    return rig.start('fit', fitInput(name));
  },
  'fit-name-taken': async (name) => {
    await (await rig.start('fit', fitInput(name))).result();
    return rig.start('fit', fitInput(name));
  },
  'fit-scheduled': () => startBySchedule('fit', scheduledFit()),
  'fit-scheduled-with-a-fixed-name': (name) => startBySchedule('fit', fitInput(name)),
  'fit-by-cron': async () => {
    const first = await rig.start('fit', scheduledFit(), { cronSchedule: '@every 1s' });
    return untilCronRunEnds(first, 'COMPLETED');
  },
  'fit-by-cron-with-a-fixed-name': async (name) => {
    const first = await rig.start('fit', fitInput(name), { cronSchedule: '@every 1s' });
    return untilCronRunEnds(first, 'FAILED');
  },
  'fit-invalid-input': () => rig.start('fit', { estimator: {} }),
  'fit-failed': async (name) => {
    await rig.control.setClock({ simulated: false });
    return rig.start('fit', { ...fitInput(name), estimator: { ...ESTIMATOR, imageName: 'no-such-image' } });
  },
  'fit-stopped': async (name) => {
    const handle = await startLongTraining(name);
    await rig.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name }));
    return handle;
  },
  'fit-timed-out': async (name) => {
    await rig.control.setClock({ phases: { Training: 60_000 } });
    return rig.start('fit', { ...fitInput(name), estimator: { ...ESTIMATOR, trainMaxRun: 1 } });
  },
  'fit-own-deadline': async (name) => {
    await rig.control.setClock({ phases: { Starting: 60_000 } });
    const input = fitInput(name);
    return rig.start('fit', { ...input, fit: { ...input.fit, pendingTimeoutSeconds: 1 } });
  },
  'fit-cancelled-while-training': async (name) => {
    const handle = await startLongTraining(name);
    await handle.cancel();
    return handle;
  },
  'fit-cancelled-while-creating': async (name) => {
    await rig.control.setClock({ phases: { Training: 60_000 } });
    const handle = await held('CreateTrainingJob', name, () => rig.start('fit', fitInput(name)));
    return handle;
  },
  'fit-interrupted': (name) =>
    live(name, {
      steps: ['Training', 'Interrupted', 'Restarting', 'Training'].map(stepOf),
      end: { status: 'Completed' },
    }),
  'fit-no-capacity': (name) =>
    live(name, { end: { status: 'Failed', failureReason: 'CapacityError: Unable to provision ML compute capacity.' } }),
  'fit-failed-after-upload': (name) =>
    live(name, {
      steps: ['Training', 'Uploading'].map(stepOf),
      end: { status: 'Failed', failureReason: 'InternalServerError: We encountered an error.', artefact: true },
    }),
  'fit-over-quota': async (name) => {
    const message = "The account-level service limit 'ml.m5.large for training job usage' is 0 Instances";
    const refusal = { action: 'error', status: 400, code: 'ResourceLimitExceeded', message } as const;
    await rig.control.addFaults([{ operation: 'CreateTrainingJob', resource: name, ...refusal }]);
    return rig.start('fit', fitInput(name));
  },
  'fit-stopped-leaving-a-model': (name) => live(name, stoppedAtMaxRun(true)),
  'fit-stopped-and-accepted': (name) => live(name, stoppedAtMaxRun(true), ACCEPTED),
  'fit-stopped-and-accepted-without-a-model': (name) => live(name, stoppedAtMaxRun(false), ACCEPTED),
  'fit-own-end-before-our-stop': async (name) => {
    const [rule] = await rig.control.addFaults([{ operation: 'StopTrainingJob', resource: name, action: 'hold' }]);
    const handle = await live(name, { steps: [stepOf('Starting')] }, { pendingTimeoutSeconds: 1 });
    await until(() => rig.control.untilHeld(rule!.id), { what: 'the stop', limitMs: 60_000 });
    const [moved] = await rig.control.addOutcomes([
      { kind: 'training job', when: 'now', resource: name, end: { status: 'Completed' } },
    ]);
    await until(async () => (await rig.control.resources()).some(isCompleted(name)), {
      what: `the end of ${String(moved?.lives)} job`,
    });
    await rig.control.release(rule!.id);
    return handle;
  },
  'deploy-created': (name) => rig.start('deploy', deployInput(name)),
  'deploy-updated': async (name) => {
    await (await rig.start('deploy', deployInput(name))).result();
    return rig.start('deploy', deployInput(name, { env: { VERSION: '2' } }));
  },
  'deploy-served-already': async (name) => {
    await (await rig.start('deploy', deployInput(name))).result();
    return rig.start('deploy', deployInput(name));
  },
  'deploy-waited-for-its-turn': async (name) => {
    await rig.control.setClock({ phases: { Creating: 800 } });
    await rig.start('deploy', deployInput(name));
    await until(async () => (await rig.calls('CreateEndpoint')).some(({ resource }) => resource === name), {
      what: 'the first',
    });
    return rig.start('deploy', deployInput(name, { env: { VERSION: '2' } }));
  },
  'deploy-from-running-job': async (name) => {
    await startLongTraining(name, 1_500);
    return rig.start('deploy', { trainingJobName: name, deploy: DEPLOY });
  },
  'deploy-to-default-bucket': (name) => rig.start('deploy', deployInput(name, { asyncInferenceConfig: {} })),
  'deploy-serverless-updated': async (name) => {
    const { instanceType: _type, initialInstanceCount: _count, ...serving } = deployInput(name).deploy;
    const serverless = { ...deployInput(name), deploy: { ...serving, serverlessInferenceConfig: {} } };
    await (await rig.start('deploy', serverless)).result();
    return rig.start('deploy', deployInput(name));
  },
  'deploy-keeps-data-capture': async (name) => {
    const dataCaptureConfig = { enableCapture: true, destinationS3Uri: `s3://${DATA_BUCKET}/kept` };
    await (await rig.start('deploy', deployInput(name, { dataCaptureConfig }))).result();
    return rig.start('deploy', deployInput(name, { env: { VERSION: '2' } }));
  },
  'deploy-leaves-a-chosen-model': async (name) => {
    await (await rig.start('deploy', deployInput(name, { modelName: `chosen-${name}` }))).result();
    return rig.start('deploy', deployInput(name));
  },
  'deploy-pools-serve-the-earlier-model': async (name) => {
    const { modelName } = (await (await rig.start('deploy', deployInput(name))).result()) as DeployResult;
    const { instanceType, ...serving } = deployInput(name, { env: { VERSION: '2' } }).deploy as DeployOnInstances;
    const instancePools = [{ instanceType }, { instanceType: 'ml.g5.xlarge', modelNameOverride: modelName }];
    return rig.start('deploy', { ...deployInput(name), deploy: { ...serving, instancePools } });
  },
  'deploy-nothing-to-update': (name) => rig.start('deploy', deployInput(name, { updateEndpoint: true })),
  'deploy-must-be-new': async (name) => {
    await (await rig.start('deploy', deployInput(name))).result();
    return rig.start('deploy', deployInput(name, { updateEndpoint: false, env: { VERSION: '2' } }));
  },
  'fit-then-deploy-uncompressed': (name) => {
    const input = { estimator: { ...ESTIMATOR, disableOutputCompression: true }, deploy: DEPLOY };
    return rig.start('fitThenDeploy', { ...input, fit: fitInput(name).fit });
  },
  'deploy-artefact-missing': (name) =>
    rig.start('deploy', { ...deployInput(name), modelData: `s3://${DATA_BUCKET}/nothing.tar.gz` }),
  'deploy-failed': async (name) => {
    await rig.control.setClock({ simulated: false });
    return rig.start('deploy', deployInput(name, { image: 'broken-server' }));
  },
  'deploy-rolled-back': async (name) => {
    await (await rig.start('deploy', deployInput(name))).result();
    await rig.control.setClock({ simulated: false });
    return rig.start('deploy', deployInput(name, { image: 'broken-server' }));
  },
  'deploy-after-failed-one': async (name) => {
    await rig.control.addFaults([
      {
        operation: 'DeleteEndpoint',
        resource: name,
        action: 'error',
        status: 400,
        code: 'AccessDeniedException',
        message: 'no',
      },
    ]);
    await rig.control.setClock({ simulated: false });
    await (await rig.start('deploy', deployInput(name, { image: 'broken-server' }))).result().catch(() => undefined);
    await rig.control.clearFaults();
    await rig.control.setClock({ simulated: true });
    return rig.start('deploy', deployInput(name));
  },
  'deploy-cancelled-as-it-came-into-service': () => ended((see) => crossDeploy('InService', [], see)),
  'fit-cancelled-as-it-completed': () => ended((see) => crossFit('Completed', see)),
  'deploy-cancelled-while-creating': async (name) => {
    await rig.control.setClock({ phases: { Creating: 1_000 } });
    const handle = await rig.start('deploy', deployInput(name));
    await until(async () => (await rig.calls('CreateEndpoint')).some(({ resource }) => resource === name), {
      what: 'the endpoint',
    });
    await handle.cancel();
    return handle;
  },
  'deploy-cancelled-while-updating': async (name) => {
    await (await rig.start('deploy', deployInput(name))).result();
    await rig.control.setClock({ phases: { Updating: 1_000 } });
    const handle = await rig.start('deploy', deployInput(name, { env: { VERSION: '2' } }));
    await until(async () => (await rig.calls('UpdateEndpoint')).some(({ resource }) => resource === name), {
      what: 'the update',
    });
    await handle.cancel();
    return handle;
  },
  'deploy-taken-name-not-read-yet': async (name) => {
    await (await rig.start('deploy', deployInput(name))).result();
    // The first and the third look find nothing; the one between, after the create was refused, does.
    await rig.control.addFaults([
      {
        operation: 'DescribeEndpoint',
        resource: name,
        action: 'error',
        status: 400,
        code: 'ValidationException',
        message: `Could not find endpoint "${name}".`,
        times: 2,
        probability: 0.5,
        seed: 8,
      },
    ]);
    return rig.start('deploy', deployInput(name, { env: { VERSION: '2' } }));
  },
  'deploy-from-a-stopped-job': async (name) => {
    await (await live(name, stoppedAtMaxRun(true), ACCEPTED)).result();
    return rig.start('deploy', { trainingJobName: name, ...ACCEPTED, deploy: DEPLOY });
  },
  'deploy-through-maintenance': (name) =>
    hosted(name, { steps: [{ status: 'SystemUpdating', durationMs: 500 }], end: { status: 'InService' } }),
  'deploy-out-of-service-for-a-while': (name) =>
    hosted(name, { steps: [{ status: 'OutOfService', durationMs: 1_000 }], end: { status: 'InService' } }),
  'deploy-without-instances': (name) =>
    hosted(name, { end: { status: 'Failed', failureReason: 'InsufficientInstanceCapacity error' } }),
  'deploy-timed-out': async (name) => {
    const handle = await hosted(name, {}, { endpointTimeoutSeconds: 1 });
    const log = `/aws/sagemaker/Endpoints/${name}`;
    await until(async () => (await rig.calls('DescribeLogStreams')).some(({ resource }) => resource === log), {
      what: 'the endpoint to be given up',
      limitMs: 60_000,
    });
    await rig.control.addOutcomes([
      { kind: 'endpoint', when: 'now', resource: name, end: { status: 'Failed', failureReason: 'AWS gave up' } },
    ]);
    return handle;
  },
  'deploy-rollback-failed': async (name) => {
    await (await rig.start('deploy', deployInput(name))).result();
    await rig.control.addOutcomes([
      {
        kind: 'endpoint',
        when: 'update',
        resource: name,
        steps: [{ status: 'RollingBack', durationMs: 200 }],
        end: { status: 'UpdateRollbackFailed', failureReason: 'both failed' },
      },
    ]);
    return rig.start('deploy', deployInput(name, { env: { VERSION: '2' } }));
  },
  'fit-then-deploy-stopped-and-accepted': async (name) => {
    await rig.control.addOutcomes([{ kind: 'training job', resource: name, ...stoppedAtMaxRun(true) }]);
    const input = mainJob(name);
    return rig.start('fitThenDeploy', { ...input, fit: { ...input.fit, ...ACCEPTED } });
  },
  'fit-then-deploy-artefact-missing': async (name) => {
    const end = { status: 'Completed', artefact: false } as const;
    await rig.control.addOutcomes([{ kind: 'training job', resource: name, end }]);
    return rig.start('fitThenDeploy', mainJob(name));
  },
  'fit-then-deploy-completed': (name) => rig.start('fitThenDeploy', mainJob(name)),
  'fit-then-deploy-scheduled': () => startBySchedule('fitThenDeploy', { ...scheduledFit(), deploy: DEPLOY }),
  'fit-then-deploy-cancelled-while-training': async (name) => {
    await rig.control.setClock({ phases: { Training: 60_000 } });
    const handle = await rig.start('fitThenDeploy', mainJob(name));
    await untilTraining(handle);
    await handle.cancel();
    return handle;
  },
  'fit-then-deploy-cancelled-while-creating-endpoint': async (name) => {
    const handle = await held('CreateEndpoint', name, () => rig.start('fitThenDeploy', mainJob(name)));
    return handle;
  },
  'deploy-update-refused-for-a-while': async (name) => {
    await (await rig.start('deploy', deployInput(name))).result();
    const message = `Cannot update in-progress endpoint "${name}".`;
    const refusal = { action: 'error', status: 400, code: 'ValidationException', message } as const;
    await rig.control.addFaults([{ operation: 'UpdateEndpoint', resource: name, ...refusal, times: 2 }]);
    return rig.start('deploy', deployInput(name, { env: { VERSION: '2' } }));
  },
  'deploy-finds-out-of-service': async (name) => {
    await (await rig.start('deploy', deployInput(name))).result();
    const patch = { EndpointStatus: 'OutOfService' };
    await rig.control.addFaults([{ operation: 'DescribeEndpoint', resource: name, action: 'rewrite', patch }]);
    return rig.start('deploy', deployInput(name, { env: { VERSION: '2' } }));
  },
  'fit-deleted-while-training': async (name) => {
    const handle = await startLongTraining(name);
    const message = 'Requested resource not found.';
    const gone = { action: 'error', status: 400, code: 'ValidationException', message } as const;
    rig.exempt(handle.workflowId, { from: ['truth'], reason: 'the job is hidden, not gone' });
    await rig.control.addFaults([{ operation: 'DescribeTrainingJob', resource: name, ...gone }]);
    return handle;
  },
  'delete-endpoint-given-up': async (name) => {
    await (await rig.start('deploy', deployInput(name))).result();
    await rig.control.setClock({ phases: { Deleting: 60_000 } });
    const handle = await rig.start('deleteEndpoint', { endpointName: name });
    await until(async () => (await handle.query<Progress>(PROGRESS_QUERY)).endpoint?.status === 'Deleting', {
      what: 'the delete to be seen',
      limitMs: 60_000,
    });
    const patch = { EndpointStatus: 'Failed', FailureReason: 'AWS gave up' };
    await rig.control.addFaults([{ operation: 'DescribeEndpoint', resource: name, action: 'rewrite', patch }]);
    return handle;
  },
  'delete-endpoint': async (name) => {
    await (await rig.start('deploy', deployInput(name))).result();
    return rig.start('deleteEndpoint', { endpointName: name });
  },
  sweep: async (name) => {
    await terminateWhile(name);
    return rig.start('sweep', {});
  },
  'sweep-applied': async (name) => {
    await terminateWhile(name);
    await terminateWhile(`${name}-too`);
    return rig.start('sweep', { apply: true });
  },
  'sweep-applied-in-vain': async (name) => {
    await terminateWhile(name);
    const denied = { action: 'error' as const, status: 400, code: 'AccessDeniedException', message: 'no' };
    await rig.control.addFaults([{ operation: 'DeleteEndpoint', resource: name, ...denied }]);
    return rig.start('sweep', { apply: true });
  },
  'sweep-applied-cancelled': async (name) => {
    await terminateWhile(name);
    await rig.control.setClock({ phases: { Deleting: 600_000 } });
    const handle = await rig.start('sweep', { apply: true });
    await until(async () => (await rig.calls('DeleteEndpoint')).some(({ resource }) => resource === name), {
      what: 'the delete to be sent',
      limitMs: 60_000,
    });
    await handle.cancel();
    return handle;
  },
  'delete-endpoint-not-found': (name) => rig.start('deleteEndpoint', { endpointName: name }),
};

/** A job that trains and an endpoint that comes up, of runs that were terminated. */
async function terminateWhile(name: string): Promise<void> {
  await rig.control.setClock({ phases: { Training: 60_000, Creating: 800 } });
  const fit = await rig.start('fit', fitInput(name));
  const deploy = await rig.start('deploy', deployInput(name));
  await untilTraining(fit);
  await until(async () => (await rig.calls('CreateEndpoint')).some(({ resource }) => resource === name), {
    what: 'the endpoint',
  });
  for (const handle of [fit, deploy]) {
    rig.exempt(handle.workflowId, { from: ['naming'], reason: 'it is terminated', mayBeIdle: true });
    await handle.terminate();
  }
}

const ACCEPTED = { acceptStopped: 'if-model-exists' } as const;

const stepOf = (secondaryStatus: string) => ({ secondaryStatus, durationMs: 100 });

const stoppedAtMaxRun = (artefact: boolean): TrainingJobScript => ({
  steps: ['Training', 'Stopping', 'Uploading'].map(stepOf),
  end: { status: 'Stopped', secondaryStatus: 'MaxRuntimeExceeded', artefact },
});

/** A fit whose job lives by a script. */
async function live(name: string, script: TrainingJobScript, further: Partial<FitArguments> = {}): Promise<Handle> {
  await rig.control.addOutcomes([{ kind: 'training job', resource: name, ...script }]);
  const input = fitInput(name);
  return rig.start('fit', { ...input, fit: { ...input.fit, ...further } });
}

/** A deploy whose endpoint comes into service, or not, by a script. */
async function hosted(name: string, script: EndpointScript, further: Partial<DeployOnInstances> = {}): Promise<Handle> {
  await rig.control.addOutcomes([{ kind: 'endpoint', resource: name, ...script }]);
  return rig.start('deploy', deployInput(name, further));
}

const isCompleted =
  (jobName: string) =>
  ({ name, description }: StandingResource): boolean =>
    name === jobName && description.TrainingJobStatus === 'Completed';

/** What a schedule may start again and again. */
function scheduledFit() {
  return { estimator: ESTIMATOR, fit: { inputs: `s3://${DATA_BUCKET}/iris` } };
}

/** A run whose history is taken while the server that it ran on is connected. */
async function ended(walk: (see: (handle: Handle) => Promise<void>) => Promise<void>): Promise<RecordedRun> {
  let history: Awaited<ReturnType<Handle['fetchHistory']>> = {};
  await walk(async (handle) => {
    await handle.result().catch(() => undefined);
    history = await handle.fetchHistory();
  });
  return { result: () => Promise.resolve(undefined as never), fetchHistory: () => Promise.resolve(history) };
}

/** Triggers a schedule of this input once, and answers the run that it started. */
async function startBySchedule(workflowType: WorkflowType, input: object): Promise<RecordedRun> {
  const { client } = rig.server;
  const scheduleId = uniqueName('nightly');
  const schedule = await client.schedule.create({
    scheduleId,
    spec: {},
    action: { type: 'startWorkflow', workflowType, workflowId: scheduleId, taskQueue: rig.taskQueue, args: [input] },
  });
  await schedule.trigger();
  const [action] = await until(
    async () => {
      const { recentActions } = (await schedule.describe()).info;
      return recentActions.length > 0 && recentActions;
    },
    { what: 'the schedule to start a run' },
  );
  await schedule.delete();
  const { workflowId, firstExecutionRunId } = action!.action.workflow;
  return client.workflow.getHandle(workflowId, firstExecutionRunId);
}

/** The first run of a cron chain, once it has ended; the chain is ended with it. */
async function untilCronRunEnds(chain: Handle, status: string): Promise<RecordedRun> {
  const first = rig.server.client.workflow.getHandle(chain.workflowId, chain.firstExecutionRunId);
  await until(async () => (await first.describe()).status.name === status, { what: 'the first run to end' });
  await chain.terminate();
  return first;
}

function deployInput(endpointName: string, further: Partial<DeployOnInstances> = {}): DeployInput {
  const deploy = { ...DEPLOY, endpointName, image: 'scripted', role: ROLE, ...further };
  return { modelData: `s3://${DATA_BUCKET}/given/model.tar.gz`, deploy };
}

async function startLongTraining(name: string, trainingMs = 60_000): Promise<Handle> {
  await rig.control.setClock({ phases: { Training: trainingMs } });
  const handle = await rig.start('fit', fitInput(name));
  await untilTraining(handle);
  return handle;
}

const untilTraining = (handle: Handle) =>
  until(async () => (await handle.query<Progress>(PROGRESS_QUERY)).trainingJob?.secondaryStatus === 'Training', {
    what: 'the training to begin',
  });

/** Cancels a run while a create of its is held after its effect. */
async function held(operation: string, name: string, start: () => Promise<Handle>): Promise<Handle> {
  const [rule] = await rig.control.addFaults([{ operation, resource: name, action: 'hold', when: 'after' }]);
  const handle = await start();
  await rig.control.untilHeld(rule!.id);
  await handle.cancel();
  await rig.control.release(rule!.id);
  return handle;
}

it.each(Object.keys(PATHS))(
  'records %s',
  async (path) => {
    const file = join(FOLDER, `${path}.json`);
    if (existsSync(file)) return;
    const handle = await PATHS[path]!(uniqueName());
    // However it ends: the histories of failed and cancelled runs are wanted too.
    await handle.result().catch(() => undefined);
    const history = historyToJSON(await handle.fetchHistory());
    writeFileSync(file, withoutMachine(history));
  },
  180_000,
);

/** The machine that recorded is nobody's business: its name is in identities and queues, its paths in stack traces. */
function withoutMachine(history: string): string {
  return history
    .replaceAll(/"identity": ?"[^"]*"/g, '"identity":"recorder"')
    .replaceAll(/"stackTrace": ?"(?:[^"\\]|\\.)*"/g, '"stackTrace":""')
    .replaceAll(`@${hostname()}`, '@recorder');
}
