/** Looking at runs, waiting for them and cancelling them, with the real workflows against the emulator. */
import { connect, Run, SageMakerError, startRun, type RunProgress, type Session } from '../../../src/client';
import { DATA_BUCKET, fitInput, mainJob, startRig, uniqueName, type Rig } from '../../support/rig';
import { uniqueTaskQueue } from '../../support/temporal';
import { until } from '../../support/until';

let rig: Rig;
let session: Session;
/** A session on whose task queue nobody works. */
let idle: Session;
beforeAll(async () => {
  rig = await startRig();
  session = await connect({ client: rig.server.client, taskQueue: rig.taskQueue });
  idle = await connect({ client: rig.server.client, taskQueue: uniqueTaskQueue('idle') });
});
afterAll(() => rig.close());
afterEach(async () => {
  await rig.control.clearFaults();
  await rig.control.setClock({ phases: { Starting: 20, Training: 20 } });
});

async function failureOf(attempt: Promise<unknown>): Promise<SageMakerError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SageMakerError);
  return error as SageMakerError;
}

/** Event of the first completed workflow task, to which a run can be reset. */
const FIRST_TASK_COMPLETED = 4;

/** A training job that trains until it is stopped. */
async function startEndless(): Promise<Run<'fit'>> {
  await rig.control.setClock({ phases: { Training: 3_600_000 } });
  const run = await startRun(session, 'fit', fitInput(uniqueName()));
  await until(async () => (await run.progress()).trainingJob?.secondaryStatus === 'Training', {
    what: 'the job to train',
  });
  return run;
}

describe('the result', () => {
  it('comes typed, and is kept', async () => {
    const name = uniqueName();
    const run = await startRun(session, 'fitThenDeploy', mainJob(name));
    expect(run.settledResult).toBeUndefined();
    const result = await run.result();
    expect(result).toMatchObject({
      trainingJobName: name,
      endpointName: name,
      modelData: `s3://${DATA_BUCKET}/models/${name}/output/model.tar.gz`,
      updated: false,
    });
    expect(run.settledResult).toBe(result);
  });

  it('can be had by another process later on', async () => {
    const name = uniqueName();
    await (await startRun(session, 'fit', fitInput(name))).result();
    const attached = await Run.attach(session, name, 'fit');
    expect((await attached.result()).trainingJobName).toBe(name);
  });

  it('of a run that failed is an error with the code, the reason and the coordinates', async () => {
    const name = uniqueName();
    const input = fitInput(name, { outputPath: 's3://not-there-at-all/models' });
    await rig.control.addFaults([
      {
        operation: 'CreateTrainingJob',
        resource: name,
        action: 'error',
        status: 400,
        code: 'ResourceLimitExceeded',
        message: 'The account-level service limit is 0',
      },
    ]);
    const run = await startRun(session, 'fit', input);
    const error = await failureOf(run.result());
    expect(error).toMatchObject({
      code: 'LimitExceeded',
      exitCode: 9,
      workflowId: name,
      runId: run.runId,
      trainingJobName: name,
    });
    expect(error.message).toContain('The account-level service limit is 0');
  });

  it('refused by the worker tells its problems', async () => {
    const name = uniqueName();
    const handle = await rig.start('fit', { estimator: {} }, { workflowId: name });
    const run = await Run.attach(session, handle.workflowId);
    const error = await failureOf(run.result());
    expect(error.code).toBe('InvalidInput');
    expect(error.problems).toContain('estimator.imageName is missing');
    expect(error.message.match(/estimator\.imageName is missing/g)).toHaveLength(1);
  });

  it('follows a run through a reset, which makes no second job', async () => {
    const run = await startEndless();
    const waiting = run.result();
    const { client } = rig.server;
    await client.workflowService.resetWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId: run.workflowId },
      reason: 'by the test',
      workflowTaskFinishEventId: FIRST_TASK_COMPLETED as never,
      requestId: uniqueName(),
    });
    const status = await run.status();
    expect(status).toMatchObject({ firstRunId: run.runId, status: 'RUNNING' });
    expect(status.runId).not.toBe(run.runId);

    await rig.control.setClock({ phases: { Training: 20 } });
    expect((await waiting).trainingJobName).toBe(run.workflowId);
    const creations = await rig.calls('CreateTrainingJob');
    expect(creations.filter(({ resource, status: code }) => resource === run.workflowId && code === 200)).toHaveLength(
      1,
    );
  });

  it('is not awaited after the signal', async () => {
    const run = await startRun(idle, 'fit', fitInput(uniqueName()));
    const given = new AbortController();
    const waiting = expect(run.result({ signal: given.signal })).rejects.toThrow('no longer');
    await run.status();
    given.abort(new Error('no longer'));
    await waiting;
  });
});

describe('progress', () => {
  it('is told by the workflow while a worker is alive', async () => {
    const run = await startEndless();
    const progress = await run.progress();
    expect(progress).toMatchObject({
      live: true,
      stage: 'Training',
      region: 'us-east-1',
      trainingJob: { name: run.workflowId, status: 'InProgress', secondaryStatus: 'Training' },
    });
    expect(progress.notice).toBeUndefined();
    expect(await run.status()).toMatchObject({ stage: 'Training', trainingJobName: run.workflowId, closed: false });
    await run.cancel();
    await failureOf(run.result());
  });

  it('is told from what Temporal knows where no worker is alive, and says so', async () => {
    const run = await startRun(idle, 'fit', fitInput(uniqueName()));
    const progress = await run.progress();
    expect(progress).toMatchObject({ live: false, stage: 'Preparing', ledger: [], warnings: [] });
    expect(progress.notice).toContain(`no worker is alive on the task queue ${idle.taskQueue}`);
  });

  it('of a terminated run is that of a failed one', async () => {
    const run = await startRun(idle, 'fit', fitInput(uniqueName()));
    await rig.server.client.workflow.getHandle(run.workflowId).terminate();
    expect(await run.progress()).toMatchObject({ live: false, stage: 'Failed' });
  });
});

describe('status', () => {
  it('takes no worker and tells names and memo once the run has ended', async () => {
    const name = uniqueName();
    const run = await startRun(session, 'fit', fitInput(name));
    await run.result();
    const status = await run.status();
    expect(status).toMatchObject({
      workflowId: name,
      workflowType: 'fit',
      status: 'COMPLETED',
      closed: true,
      stage: 'Done',
      trainingJobName: name,
      memo: { stage: 'Done', ledger: [{ kind: 'training job', name, state: 'made' }] },
    });
    expect(new Date(status.closeTime ?? '').getTime()).toBeGreaterThanOrEqual(new Date(status.startTime).getTime());
  });
});

describe('cancel', () => {
  it('stops the job; the result is then Cancelled, with the ledger', async () => {
    const run = await startEndless();
    await run.cancel();
    const error = await failureOf(run.result());
    expect(error).toMatchObject({ code: 'Cancelled', trainingJobName: run.workflowId, workflowId: run.workflowId });
    expect(error.ledger.map(({ kind, name }) => ({ kind, name }))).toEqual([
      { kind: 'training job', name: run.workflowId },
    ]);
    expect((await rig.calls('StopTrainingJob')).filter(({ resource }) => resource === run.workflowId)).toHaveLength(1);
  });

  it('of a run that has ended does nothing', async () => {
    const run = await startRun(session, 'fit', fitInput(uniqueName()));
    await run.result();
    await run.cancel();
    expect((await run.status()).status).toBe('COMPLETED');
  });

  it('is taken by Temporal though no worker is alive', async () => {
    const run = await startRun(idle, 'fit', fitInput(uniqueName()));
    await run.cancel();
    expect((await run.status()).status).toBe('RUNNING');
  });
});

describe('watching', () => {
  it('gives each change once, from the first to the last, and ends', async () => {
    const run = await startRun(session, 'fitThenDeploy', mainJob(uniqueName()));
    const seen: RunProgress[] = [];
    for await (const progress of run.watch({ intervalMs: 10 })) seen.push(progress);
    const stages = seen.map(({ stage }) => stage).filter((stage, index, all) => stage !== all[index - 1]);
    expect(stages.at(-1)).toBe('Done');
    expect(stages.slice(0, -1).every((stage) => ['Preparing', 'Training', 'Deploying'].includes(stage))).toBe(true);
    const texts = seen.map((progress) => JSON.stringify(progress));
    expect(texts.some((text, index) => text === texts[index - 1])).toBe(false);
  });

  it('ends with a run that fails, too, and throws nothing', async () => {
    const run = await startEndless();
    const seen: string[] = [];
    for await (const { stage } of run.watch({ intervalMs: 10 })) {
      if (seen.length === 0) await run.cancel();
      seen.push(stage);
    }
    expect(seen.at(-1)).toBe('Cancelled');
  });

  it('of a run that has ended gives the one progress', async () => {
    const run = await startRun(session, 'fit', fitInput(uniqueName()));
    await run.result();
    const stages: string[] = [];
    for await (const { stage } of run.watch()) stages.push(stage);
    expect(stages).toEqual(['Done']);
  });

  it('can be left at any time, by leaving the loop or by the signal', async () => {
    const run = await startRun(idle, 'fit', fitInput(uniqueName()));
    for await (const { stage } of run.watch()) {
      expect(stage).toBe('Preparing');
      break;
    }
    const left = new AbortController();
    for await (const { stage } of run.watch({ signal: left.signal })) {
      expect(stage).toBe('Preparing');
      left.abort();
    }
    expect((await run.status()).status).toBe('RUNNING');
  });

  it('of a run that is not there tells so', async () => {
    const gone = Run.open(session, {
      workflowId: uniqueName('nobody'),
      runId: 'x',
      workflowType: 'fit',
      attached: true,
    });
    await expect(gone.watch().next()).rejects.toMatchObject({ code: 'RunNotFound' });
  });
});
