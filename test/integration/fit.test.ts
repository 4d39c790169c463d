/** `fit` against the emulator: what it makes, what it answers, and how it ends when things go otherwise. */
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { FitInput, FitResult, Progress, RunMemo, TrainOnInstances } from '../../src/contract';
import { MEMO, PROGRESS_QUERY } from '../../src/contract';
import { buildFitPlans } from '../../src/domain/build-plan';
import { failureOfRun } from '../support/failures';
import { DATA_BUCKET, ESTIMATOR, ROLE, searchAttributesOf, startRig, uniqueName, type Rig } from '../support/rig';
import { until } from '../support/until';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());
afterEach(async () => {
  await rig.control.clearFaults();
  await rig.control.setClock({ phases: { Starting: 20, Training: 20 } });
});

function fitInput(jobName: string | undefined, further: Partial<TrainOnInstances> = {}): FitInput {
  return {
    estimator: { ...ESTIMATOR, ...further },
    fit: { inputs: `s3://${DATA_BUCKET}/iris`, ...(jobName && { jobName }) },
  };
}

const ADOPTED = 'adopted: its create took effect without an answer';

const creationsOf = async (name: string) =>
  (await rig.calls('CreateTrainingJob')).filter(({ resource }) => resource === name);

describe('fit', () => {
  it('makes one training job and answers where its model data is', async () => {
    const name = uniqueName();
    const handle = await rig.start('fit', fitInput(name));
    const result = (await handle.result()) as FitResult;
    expect(result).toMatchObject({
      trainingJobName: name,
      trainingJobArn: `arn:aws:sagemaker:us-east-1:123456789012:training-job/${name}`,
      modelData: `s3://${DATA_BUCKET}/models/${name}/output/model.tar.gz`,
      region: 'us-east-1',
      ledger: [{ kind: 'training job', name, state: 'made' }],
      warnings: [],
    });
    expect(await creationsOf(name)).toEqual([{ status: 200, resource: name }]);
  });

  it('tells its progress, and keeps memo, search attributes and history small', async () => {
    const name = uniqueName();
    const handle = await rig.start('fit', fitInput(name));
    await handle.result();
    const progress = await handle.query<Progress>(PROGRESS_QUERY);
    expect(progress).toMatchObject({
      stage: 'Done',
      trainingJob: { name, status: 'Completed', secondaryStatus: 'Completed' },
    });
    const statuses = progress.trainingJob?.transitions.map(({ status }) => status);
    expect(statuses).toEqual(['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']);

    const { memo } = await handle.describe();
    expect(memo?.[MEMO.run]).toMatchObject({ stage: 'Done', trainingJobName: name } satisfies Partial<RunMemo>);
    expect(await searchAttributesOf(handle)).toEqual({ TrainingJobName: name, SageMakerStage: 'Done' });

    const { events } = await handle.fetchHistory();
    const waits =
      events?.filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name?.startsWith('await'))
        .length ?? 0;
    expect(waits).toBeGreaterThanOrEqual(1);
    expect(events?.length).toBeLessThanOrEqual(8 * waits + 30);
  });

  it('ensures the default bucket only where no outputPath is given, and looks before it makes', async () => {
    const bucket = 'sagemaker-us-east-1-123456789012';
    await (await rig.start('fit', fitInput(uniqueName()))).result();
    expect(await rig.calls('HeadBucket')).toEqual([]);

    const input = fitInput(uniqueName());
    delete input.estimator.outputPath;
    const first = (await (await rig.start('fit', input)).result()) as FitResult;
    expect(first.ledger).toContainEqual({ kind: 'bucket', name: bucket, state: 'made' });
    expect(first.modelData).toMatch(`s3://${bucket}/`);
    await rig.s3.send(new HeadBucketCommand({ Bucket: bucket }));

    input.fit.jobName = uniqueName();
    const second = (await (await rig.start('fit', input)).result()) as FitResult;
    expect(second.ledger.map(({ kind }) => kind)).toEqual(['training job']);
    const creations = (await rig.calls('CreateBucket')).filter(({ resource }) => resource === bucket);
    expect(creations).toEqual([{ status: 200, resource: bucket }]);
  });

  it('makes a name where the starter gives none, and finds a role by its name', async () => {
    const handle = await rig.start('fit', fitInput(undefined, { role: 'Trainer' }));
    const { trainingJobName } = (await handle.result()) as FitResult;
    expect(trainingJobName).toMatch(new RegExp(`^${handle.workflowId}-[0-9a-f]{10}$`));
    const job = await rig.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: trainingJobName }));
    expect(job.RoleArn).toBe(ROLE);
  });
});

describe('a bad input', () => {
  it.each([null, [], 7, 'text', {}, { estimator: {} }])(
    '%j ends as InvalidInput without a call to AWS',
    async (input) => {
      const before = (await rig.control.calls()).length;
      const failure = await failureOfRun(await rig.start('fit', input));
      expect(failure.code).toBe('InvalidInput');
      expect(failure.details.problems?.length).toBeGreaterThan(0);
      expect((await rig.control.calls()).length).toBe(before);
    },
  );

  it('that is missing ends as InvalidInput', async () => {
    const handle = await rig.server.client.workflow.start('fit', {
      taskQueue: rig.taskQueue,
      workflowId: uniqueName(),
      args: [],
    });
    expect((await failureOfRun(handle)).code).toBe('InvalidInput');
  });

  it('of 5 MB is refused at the start, and one that Temporal takes ends as InvalidInput', async () => {
    const workflowId = uniqueName();
    const { connection, client } = rig.server;
    // Temporal's client asks again for 20 s what the server has refused for its size.
    const start = connection.withDeadline(Date.now() + 2_000, () =>
      rig.start('fit', { estimator: { imageName: 'x'.repeat(5_000_000) } }, { workflowId }),
    );
    await expect(start).rejects.toThrow();
    await expect(client.workflow.getHandle(workflowId).describe()).rejects.toThrow(WorkflowNotFoundError);
    const failure = await failureOfRun(await rig.start('fit', { estimator: { imageName: 'x'.repeat(1_500_000) } }));
    expect(failure.code).toBe('InvalidInput');
  });

  it('of another region than the worker’s is refused', async () => {
    const failure = await failureOfRun(await rig.start('fit', { ...fitInput(uniqueName()), region: 'eu-central-1' }));
    expect(failure).toMatchObject({ code: 'InvalidInput', message: expect.stringContaining('us-east-1') as string });
  });

  it('with a workflow time-out that would end the run without clean-up is refused', async () => {
    const failure = await failureOfRun(
      await rig.start('fit', fitInput(uniqueName()), { workflowExecutionTimeout: '1 hour' }),
    );
    expect(failure).toMatchObject({
      code: 'InvalidInput',
      message: expect.stringContaining('time-out of 3600 s') as string,
    });
  });

  it('that only AWS can tell is bad ends as InvalidInput with AWS’s words, and nothing is made', async () => {
    const name = uniqueName();
    const input = fitInput(name);
    input.fit.inputs = `s3://${DATA_BUCKET}/nothing-here`;
    const failure = await failureOfRun(await rig.start('fit', input));
    expect(failure.code).toBe('InvalidInput');
    expect(failure.details.reason).toContain('No S3 objects found');
    expect(failure.details.ledger).toEqual([]);
  });
});

describe('a name that is taken', () => {
  const foreign = (name: string, further: object = {}) => {
    const surroundings = {
      region: 'us-east-1',
      account: '123456789012',
      identity: { workflowId: 'other', firstExecutionRunId: 'other', ordinal: 0 },
      roleArnOf: (role: string) => role,
      sha256: () => '',
    };
    const { training } = buildFitPlans(fitInput(name), surroundings);
    return rig.sagemaker.send(new CreateTrainingJobCommand({ ...training.request, ...further }));
  };

  it('by an equal job of another run is a conflict: whose it is counts', async () => {
    const name = uniqueName();
    await foreign(name);
    const failure = await failureOfRun(await rig.start('fit', fitInput(name)));
    expect(failure.code).toBe('NameTaken');
    expect(failure.details.differences).toEqual(['it belongs to the run other/other']);
    expect(await rig.calls('StopTrainingJob')).not.toContainEqual(expect.objectContaining({ resource: name }));
  });

  it('by a job that differs is a conflict that shows the fields', async () => {
    const name = uniqueName();
    await foreign(name, { Tags: undefined, StoppingCondition: { MaxRuntimeInSeconds: 60 } });
    const failure = await failureOfRun(await rig.start('fit', fitInput(name)));
    expect(failure.details.differences).toContain('StoppingCondition.MaxRuntimeInSeconds: asked for 86400, found 60');
  });
});

describe('a create whose answer is lost', () => {
  it.each([
    ['after its effect', { action: 'lose' }],
    ['for ever', { action: 'hang', when: 'after', times: 1 }],
    ['behind an error, with the effect done', { action: 'error', when: 'after', status: 500 }],
    ['behind HTML', { action: 'error', when: 'after', status: 502, body: '<html>', contentType: 'text/html' }],
  ] as const)('%s is adopted', async (_how, rule) => {
    const name = uniqueName();
    await rig.control.addFaults([{ operation: 'CreateTrainingJob', resource: name, times: 1, ...rule }]);
    const result = (await (await rig.start('fit', fitInput(name))).result()) as FitResult;
    expect(result.ledger).toMatchObject([{ kind: 'training job', name, state: 'made', reason: ADOPTED }]);
    const made = (await creationsOf(name)).filter(({ status }) => status === 200);
    expect(made.length).toBeLessThanOrEqual(1);
  });

  it('before its effect is asked again, until there is one job', async () => {
    const name = uniqueName();
    await rig.control.addFaults([{ operation: 'CreateTrainingJob', resource: name, action: 'throttle', times: 2 }]);
    const handle = await rig.start('fit', fitInput(name));
    const result = (await handle.result()) as FitResult;
    expect(result.ledger).toMatchObject([{ state: 'made' }]);
    expect((await creationsOf(name)).map(({ status }) => status)).toEqual([400, 400, 200]);
    const progress = await handle.query<Progress>(PROGRESS_QUERY);
    expect(progress.attempts['create training job']).toBe(3);
  });
});

describe('a training job that is stopped', () => {
  it('by someone is TrainingJobStopped, not success', async () => {
    await rig.control.setClock({ phases: { Training: 60_000 } });
    const name = uniqueName();
    const handle = await rig.start('fit', fitInput(name));
    await until(
      async () => (await handle.query<Progress>(PROGRESS_QUERY)).trainingJob?.secondaryStatus === 'Training',
      {
        what: 'the training to begin',
      },
    );
    await rig.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name }));
    const failure = await failureOfRun(handle);
    expect(failure).toMatchObject({ code: 'TrainingJobStopped', details: { trainingJobName: name } });
  });

  it('by AWS at max-run is TrainingJobTimedOut with AWS’s status', async () => {
    await rig.control.setClock({ phases: { Training: 60_000 } });
    const failure = await failureOfRun(await rig.start('fit', fitInput(uniqueName(), { trainMaxRun: 1 })));
    expect(failure).toMatchObject({
      code: 'TrainingJobTimedOut',
      message: expect.stringContaining('MaxRuntimeExceeded') as string,
    });
  });

  it('by our own deadline is TrainingJobTimedOut, and seen stopped before the run ends', async () => {
    await rig.control.setClock({ phases: { Starting: 60_000 } });
    const name = uniqueName();
    const input = fitInput(name);
    input.fit.pendingTimeoutSeconds = 1;
    const failure = await failureOfRun(await rig.start('fit', input));
    expect(failure).toMatchObject({
      code: 'TrainingJobTimedOut',
      message: expect.stringContaining('pendingTimeoutSeconds') as string,
      details: { ledger: [{ kind: 'training job', name, state: 'left' }] },
    });
    const job = await rig.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    expect(job.TrainingJobStatus).toBe('Stopped');
  });
});

describe('cancel', () => {
  it('while the job runs stops it, and the run ends only when that was seen', async () => {
    await rig.control.setClock({ phases: { Training: 60_000 } });
    const name = uniqueName();
    const handle = await rig.start('fit', fitInput(name));
    await until(
      async () => (await handle.query<Progress>(PROGRESS_QUERY)).trainingJob?.secondaryStatus === 'Training',
      {
        what: 'the training to begin',
      },
    );
    await handle.cancel();
    expect((await failureOfRun(handle)).code).toBe('Cancelled');
    const stops = (await rig.calls('StopTrainingJob')).filter(({ resource }) => resource === name);
    expect(stops.map(({ status }) => status)).toEqual([200]);
    const job = await rig.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    expect(job.TrainingJobStatus).toBe('Stopped');
    const { memo } = await handle.describe();
    expect(memo?.[MEMO.run]).toMatchObject({ stage: 'Cancelled', ledger: [{ name, state: 'left' }] });
  });

  it.each(['before', 'after'] as const)('while the create is held %s its effect stops what it makes', async (when) => {
    await rig.control.setClock({ phases: { Training: 60_000 } });
    const name = uniqueName();
    const [rule] = await rig.control.addFaults([
      { operation: 'CreateTrainingJob', resource: name, action: 'hold', when },
    ]);
    const handle = await rig.start('fit', fitInput(name));
    await rig.control.untilHeld(rule!.id);
    await handle.cancel();
    // Without its rule the held call goes on, and so does one that was sent again meanwhile.
    await rig.control.clearFaults(rule!.id);
    expect((await failureOfRun(handle)).code).toBe('Cancelled');
    const job = await rig.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    expect(job.TrainingJobStatus).toBe('Stopped');
    expect((await creationsOf(name)).filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('reads that fail', () => {
  it.each([
    ['throttled', { action: 'throttle' }],
    ['denied', { action: 'error', status: 400, code: 'AccessDeniedException', message: 'not authorized' }],
    ['answered with HTML', { action: 'error', status: 500, body: '<html>', contentType: 'text/html' }],
  ] as const)('%s keep the wait going', async (_how, rule) => {
    const name = uniqueName();
    await rig.control.addFaults([{ operation: 'DescribeTrainingJob', resource: name, times: 5, ...rule }]);
    const handle = await rig.start('fit', fitInput(name));
    expect(await handle.result()).toMatchObject({ trainingJobName: name });
  });
});

describe('tags that may not be set', () => {
  it('cost a warning, not the run', async () => {
    const name = uniqueName();
    const denied = {
      operation: 'CreateTrainingJob',
      resource: name,
      action: 'error' as const,
      status: 400,
      code: 'AccessDeniedException',
      message: 'User: arn:aws:iam::123456789012:user/x is not authorized to perform: sagemaker:AddTags on resource: x',
      times: 1,
    };
    await rig.control.addFaults([denied]);
    const result = (await (await rig.start('fit', fitInput(name))).result()) as FitResult;
    expect(result.ledger).toMatchObject([{ state: 'made' }]);
    expect(result.warnings).toEqual([expect.stringContaining('tagging is denied')]);
  });
});
