/**
 * A run that is reset walks part of its way again. It takes up what it had made, says so, and makes nothing twice; what
 * goes on at AWS meanwhile goes on. All runs of this file are under way at once, against one emulator, each with names of
 * its own; phases last until the test lets them end.
 */
import { DescribeEndpointCommand, DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { WorkflowHandle } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import {
  MEMO,
  PROGRESS_QUERY,
  type DeployInput,
  type DeployResult,
  type FitInput,
  type FitResult,
  type FitThenDeployResult,
  type LedgerEntry,
  type Progress,
  type RunMemo,
} from '../../src/contract';
import type { Phase } from '../../src/emulator';
import { failureOfRun } from '../support/failures';
import { holdToSchemas } from '../support/hold-to-schemas';
import {
  DATA_BUCKET,
  DEPLOY,
  ESTIMATOR,
  mainJob,
  ROLE,
  startRig,
  uniqueName,
  type Handle,
  type Rig,
} from '../support/rig';
import { until } from '../support/until';

const LIMIT_MS = 60_000;
const FOR_EVER_MS = 600_000;
const AT_ONCE_MS = 20;
jest.setTimeout(120_000);

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: 'given/model.tar.gz', Body: 'a model' }));
});
afterAll(() => rig.close());
beforeEach(() =>
  rig.control.setClock({ phases: { Training: AT_ONCE_MS, Creating: AT_ONCE_MS, Updating: AT_ONCE_MS } }),
);

const last = (phase: Phase, ms: number) => rig.control.setClock({ phases: { [phase]: ms } });

const FIT: FitInput = { estimator: ESTIMATOR, fit: { inputs: `s3://${DATA_BUCKET}/iris` } };

function deployInput(endpointName: string, version = '1'): DeployInput {
  return {
    modelData: `s3://${DATA_BUCKET}/given/model.tar.gz`,
    deploy: { ...DEPLOY, endpointName, image: 'iris', role: ROLE, env: { VERSION: version } },
  };
}

type AnyHandle = Pick<WorkflowHandle, 'workflowId' | 'query' | 'result' | 'fetchHistory' | 'describe' | 'cancel'>;

/** Resets a run to its first workflow task, or to its last, and answers the run that goes on. */
async function reset(handle: Handle | WorkflowHandle, to: 'first' | 'last' = 'first'): Promise<WorkflowHandle> {
  const { client, namespace } = rig.server;
  const { workflowId } = handle;
  const { runId, type } = await handle.describe();
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
  const { runId: newRunId } = await client.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: { workflowId, runId },
    reason: 'someone wants it again',
    workflowTaskFinishEventId: tasks.at(to === 'first' ? 0 : -1)!.eventId!,
    requestId: randomUUID(),
  });
  return holdToSchemas(client.workflow.getHandle(workflowId, newRunId), type);
}

const progressOf = (handle: AnyHandle) => handle.query<Progress>(PROGRESS_QUERY);

const untilProgress = (handle: AnyHandle, what: string, isSo: (progress: Progress) => boolean | undefined) =>
  until(
    async () => {
      const progress = await progressOf(handle);
      return isSo(progress) && progress;
    },
    { what, limitMs: LIMIT_MS },
  );

const untilTraining = (handle: AnyHandle) =>
  untilProgress(handle, 'the training', ({ trainingJob }) => trainingJob?.secondaryStatus === 'Training');

const untilEndpointIs = (handle: AnyHandle, status: string) =>
  untilProgress(handle, `the endpoint to be ${status}`, ({ endpoint }) => endpoint?.status === status);

/** Writes that took effect on what bears this name, as `operation` by `count`. */
async function writesOf(name: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { operation, resource, status } of await rig.control.calls()) {
    if (!/^(Create|Update|Stop|Delete)/.test(operation) || status !== 200 || !resource?.startsWith(name)) continue;
    counts[operation] = (counts[operation] ?? 0) + 1;
  }
  return counts;
}

/** What stands under this name, as `kind` or `kind: status`. */
async function standing(name: string): Promise<string[]> {
  const all = (await rig.control.resources()).filter((resource) => resource.name.startsWith(name));
  return all.map(({ kind, description }) => {
    const status = description.TrainingJobStatus ?? description.EndpointStatus;
    return typeof status === 'string' ? `${kind}: ${status}` : kind;
  });
}

const told = (ledger: LedgerEntry[]) =>
  ledger.map(({ kind, state, reason }) => [kind, state, reason].filter(Boolean).join(', '));

const BEFORE = 'adopted: this run made it before it was reset';
const warningOf = (kind: string, name: string) =>
  `this run was reset: it goes on with the ${kind} ${name}, which was there from before`;

describe('fit, reset to its first workflow task', () => {
  it('while its job trains goes on with that job, and says so', async () => {
    await last('Training', FOR_EVER_MS);
    const handle = await rig.start('fit', FIT);
    const { trainingJob } = await untilTraining(handle);
    const name = trainingJob?.name ?? '';
    const again = await reset(handle);
    const { ledger, warnings } = await untilTraining(again);
    expect(told(ledger)).toEqual([`training job, made, ${BEFORE}`]);
    expect(warnings).toEqual([warningOf('training job', name)]);
    await last('Training', AT_ONCE_MS);
    expect((await again.result()) as FitResult).toMatchObject({ trainingJobName: name });
    expect(await writesOf(name)).toEqual({ CreateTrainingJob: 1 });
  });

  it('after its end ends the same again', async () => {
    const handle = await rig.start('fit', FIT);
    const { ledger: _first, ...first } = (await handle.result()) as FitResult;
    const { ledger, ...second } = (await (await reset(handle)).result()) as FitResult;
    expect(second).toEqual({ ...first, warnings: [warningOf('training job', first.trainingJobName)] });
    expect(told(ledger)).toEqual([`training job, made, ${BEFORE}`]);
    expect(await writesOf(first.trainingJobName)).toEqual({ CreateTrainingJob: 1 });
  });

  it('and cancelled then stops the job: it is its own', async () => {
    await last('Training', FOR_EVER_MS);
    const handle = await rig.start('fit', FIT);
    await untilTraining(handle);
    const again = await reset(handle);
    const { trainingJob } = await untilTraining(again);
    const name = trainingJob?.name ?? '';
    await again.cancel();
    expect((await failureOfRun(again)).code).toBe('Cancelled');
    expect(await standing(name)).toEqual(['training-job: Stopped']);
  });

  it('in a chain of cron runs keeps the name, which the time of each run is part of', async () => {
    await last('Training', FOR_EVER_MS);
    const first = await rig.start('fit', FIT, { cronSchedule: '@every 1s' });
    const { trainingJob } = await untilTraining(first);
    const again = await reset(first);
    const { trainingJob: adopted, ledger } = await untilTraining(again);
    expect(adopted?.name).toBe(trainingJob?.name);
    expect(told(ledger)).toEqual([`training job, made, ${BEFORE}`]);
    await again.cancel();
    expect((await failureOfRun(again)).code).toBe('Cancelled');
    expect(await writesOf(first.workflowId)).toEqual({ CreateTrainingJob: 1, StopTrainingJob: 1 });
  });
});

it('fit, reset to its last workflow task while its job trains, waits on and has nothing to adopt', async () => {
  await last('Training', FOR_EVER_MS);
  const handle = await rig.start('fit', FIT);
  const { trainingJob } = await untilTraining(handle);
  const again = await reset(handle, 'last');
  await untilTraining(again);
  await last('Training', AT_ONCE_MS);
  expect(await again.result()).toMatchObject({ ledger: [{ state: 'made' }], warnings: [] });
  expect(await writesOf(trainingJob?.name ?? '')).toEqual({ CreateTrainingJob: 1 });
});

describe('deploy, reset to its first workflow task', () => {
  const MADE = ['model', 'endpoint config', 'endpoint'].map((kind) => `${kind}, made, ${BEFORE}`);

  it('while its endpoint is being created goes on with that, and says so', async () => {
    await last('Creating', FOR_EVER_MS);
    const name = uniqueName();
    const handle = await rig.start('deploy', deployInput(name));
    await untilEndpointIs(handle, 'Creating');
    const again = await reset(handle);
    const { ledger, warnings } = await untilEndpointIs(again, 'Creating');
    expect(told(ledger)).toEqual(MADE);
    expect(warnings).toContain(warningOf('endpoint', name));
    await last('Creating', AT_ONCE_MS);
    expect((await again.result()) as DeployResult).toMatchObject({ endpointName: name, updated: false });
    expect(await writesOf(name)).toEqual({ CreateModel: 1, CreateEndpointConfig: 1, CreateEndpoint: 1 });
  });

  it('and cancelled then takes away all that it had made', async () => {
    await last('Creating', FOR_EVER_MS);
    const name = uniqueName();
    const handle = await rig.start('deploy', deployInput(name));
    await untilEndpointIs(handle, 'Creating');
    const again = await reset(handle);
    await untilEndpointIs(again, 'Creating');
    await again.cancel();
    await last('Creating', AT_ONCE_MS);
    expect((await failureOfRun(again)).code).toBe('Cancelled');
    expect(await standing(name)).toEqual([]);
    const { memo } = await again.describe();
    expect((memo?.[MEMO.run] as RunMemo).ledger.map(({ state }) => state)).toEqual(['deleted', 'deleted', 'deleted']);
  });

  it('after its end changes nothing of what serves', async () => {
    const name = uniqueName();
    const handle = await rig.start('deploy', deployInput(name));
    const first = (await handle.result()) as DeployResult;
    const second = (await (await reset(handle)).result()) as DeployResult;
    expect(second).toEqual({ ...first, ledger: second.ledger, warnings: second.warnings });
    expect(told(second.ledger)).toEqual(MADE);
    expect(await writesOf(name)).toEqual({ CreateModel: 1, CreateEndpointConfig: 1, CreateEndpoint: 1 });
  });

  const updating = async (name: string): Promise<{ first: DeployResult; handle: Handle }> => {
    const first = (await (await rig.start('deploy', deployInput(name))).result()) as DeployResult;
    await last('Updating', FOR_EVER_MS);
    const handle = await rig.start('deploy', deployInput(name, '2'));
    await untilEndpointIs(handle, 'Updating');
    return { first, handle };
  };
  const UPDATED = ['model', 'endpoint config'].map((kind) => `${kind}, made, ${BEFORE}`);

  it('in the middle of an update sends no second one, and retires what it replaced', async () => {
    const name = uniqueName();
    const { first, handle } = await updating(name);
    const again = await reset(handle);
    const { ledger } = await untilEndpointIs(again, 'Updating');
    expect(told(ledger)).toEqual([...UPDATED, 'endpoint, adopted, it was there and this run updated it']);
    await last('Updating', AT_ONCE_MS);
    const second = (await again.result()) as DeployResult;
    expect(second.updated).toBe(true);
    expect(await standing(name)).toEqual(['model', 'endpoint-config', 'endpoint: InService']);
    const live = await rig.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
    expect(live.EndpointConfigName).toBe(second.endpointConfigName);
    expect(second.endpointConfigName).not.toBe(first.endpointConfigName);
    expect(await writesOf(name)).toMatchObject({ CreateModel: 2, CreateEndpointConfig: 2, UpdateEndpoint: 1 });
  });

  it('in the middle of an update, and cancelled then, lets it come to its end', async () => {
    const name = uniqueName();
    const { handle } = await updating(name);
    const again = await reset(handle);
    await untilEndpointIs(again, 'Updating');
    await again.cancel();
    await last('Updating', AT_ONCE_MS);
    expect((await failureOfRun(again)).code).toBe('Cancelled');
    expect(await standing(name)).toEqual(['model', 'endpoint-config', 'endpoint: InService']);
    const { memo } = await again.describe();
    const live = await rig.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
    expect(told((memo?.[MEMO.run] as RunMemo).ledger)).toContain(
      `endpoint, adopted, it was there and this run updated it; it serves ${live.EndpointConfigName ?? ''}`,
    );
  });

  it('after its update ended tells that it updated', async () => {
    const name = uniqueName();
    await (await rig.start('deploy', deployInput(name))).result();
    const handle = await rig.start('deploy', deployInput(name, '2'));
    await handle.result();
    const again = (await (await reset(handle)).result()) as DeployResult;
    expect(again.updated).toBe(true);
    expect(told(again.ledger)).toEqual([...UPDATED, 'endpoint, adopted, it was there and this run updated it']);
    expect((await writesOf(name)).UpdateEndpoint).toBe(1);
  });
});

describe('fitThenDeploy, reset', () => {
  const ONCE = { CreateTrainingJob: 1, CreateModel: 1, CreateEndpointConfig: 1, CreateEndpoint: 1 };

  it.each(['first', 'last'] as const)(
    'to its %s workflow task while its job trains delivers one of each',
    async (to) => {
      await last('Training', FOR_EVER_MS);
      const name = uniqueName();
      const handle = await rig.start('fitThenDeploy', mainJob(name));
      await untilTraining(handle);
      const again = await reset(handle, to);
      await untilTraining(again);
      await last('Training', AT_ONCE_MS);
      expect((await again.result()) as FitThenDeployResult).toMatchObject({
        trainingJobName: name,
        endpointName: name,
      });
      expect(await writesOf(name)).toEqual(ONCE);
    },
  );

  it.each(['first', 'last'] as const)(
    'to its %s workflow task while its endpoint is being created delivers one of each',
    async (to) => {
      await last('Creating', FOR_EVER_MS);
      const name = uniqueName();
      const handle = await rig.start('fitThenDeploy', mainJob(name));
      await untilEndpointIs(handle, 'Creating');
      const again = await reset(handle, to);
      await untilEndpointIs(again, 'Creating');
      await last('Creating', AT_ONCE_MS);
      expect((await again.result()) as FitThenDeployResult).toMatchObject({ endpointName: name });
      expect(await writesOf(name)).toEqual(ONCE);
      expect(await standing(name)).toEqual([
        'training-job: Completed',
        'model',
        'endpoint-config',
        'endpoint: InService',
      ]);
    },
  );

  it('to its first workflow task after its end delivers the same', async () => {
    const name = uniqueName();
    const handle = await rig.start('fitThenDeploy', mainJob(name));
    const first = (await handle.result()) as FitThenDeployResult;
    const second = (await (await reset(handle)).result()) as FitThenDeployResult;
    expect(second).toEqual({ ...first, ledger: second.ledger, warnings: second.warnings });
    expect(second.warnings).toHaveLength(4);
    expect(await writesOf(name)).toEqual(ONCE);
    const job = await rig.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    expect(job.TrainingJobStatus).toBe('Completed');
  });
});
