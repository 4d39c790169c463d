/** Temporal Schedules and cron schedules: each run a training job of its own, and a name that is fixed is refused. */
import { ListTagsCommand } from '@aws-sdk/client-sagemaker';
import type { ScheduleHandle } from '@temporalio/client';
import type { FitInput, FitThenDeployInput, FitThenDeployResult, WorkflowType } from '../../src/contract';
import { RUN_TAG } from '../../src/contract';
import { failureOfRun } from '../support/failures';
import { DATA_BUCKET, DEPLOY, ESTIMATOR, startRig, uniqueName, type Rig } from '../support/rig';
import { until } from '../support/until';

let rig: Rig;
const schedules: ScheduleHandle[] = [];

beforeAll(async () => {
  rig = await startRig();
});
afterAll(async () => {
  for (const schedule of schedules) await schedule.delete();
  await rig.close();
});

const FIT: FitInput = { estimator: ESTIMATOR, fit: { inputs: `s3://${DATA_BUCKET}/iris` } };
const FIXED: FitInput = { ...FIT, fit: { ...FIT.fit, jobName: 'nightly' } };

/** A schedule that starts nothing but what is triggered. */
async function createSchedule(id: string, type: WorkflowType, input: FitInput | FitThenDeployInput) {
  const schedule = await rig.server.client.schedule.create({
    scheduleId: id,
    spec: { cronExpressions: ['0 3 1 1 *'] },
    action: { type: 'startWorkflow', workflowType: type, workflowId: id, taskQueue: rig.taskQueue, args: [input] },
  });
  schedules.push(schedule);
  return schedule;
}

/** Triggers a schedule and answers a handle of the run that it started. */
async function trigger<Result>(schedule: ScheduleHandle) {
  const started = async () => (await schedule.describe()).info.recentActions;
  const before = (await started()).length;
  await schedule.trigger('ALLOW_ALL');
  const action = await until(async () => (await started())[before], { what: 'the schedule to start a run' });
  const { workflowId, firstExecutionRunId } = action.action.workflow;
  const handle = rig.server.client.workflow.getHandle<() => Promise<Result>>(workflowId, firstExecutionRunId);
  return { result: () => handle.result(), runTag: `${workflowId}/${firstExecutionRunId}` };
}

const ownerOf = async (arn: string): Promise<string | undefined> =>
  (await rig.sagemaker.send(new ListTagsCommand({ ResourceArn: arn }))).Tags?.find(({ Key }) => Key === RUN_TAG)?.Value;

describe('a schedule', () => {
  it('gives each run a training job of its own, named after schedule and time, and updates the one endpoint', async () => {
    const id = uniqueName('nightly-training-of-the-iris-model');
    const endpointName = uniqueName();
    const schedule = await createSchedule(id, 'fitThenDeploy', { ...FIT, deploy: { ...DEPLOY, endpointName } });
    const first = await trigger<FitThenDeployResult>(schedule);
    const made = await first.result();
    const second = await trigger<FitThenDeployResult>(schedule);
    const updated = await second.result();

    expect(made.trainingJobName).not.toBe(updated.trainingJobName);
    for (const { trainingJobName } of [made, updated]) {
      expect(trainingJobName).toMatch(/^nightly-training-[a-z0-9-]*-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-[0-9a-f]{10}$/);
      expect(trainingJobName.length).toBeLessThanOrEqual(63);
    }
    expect(await ownerOf(made.trainingJobArn)).toBe(first.runTag);
    expect(await ownerOf(updated.trainingJobArn)).toBe(second.runTag);
    expect([made, updated]).toMatchObject([
      { endpointName, updated: false, warnings: [] },
      { endpointName, updated: true, warnings: [] },
    ]);
  });

  it('without endpointName gives each run an endpoint of its own, and warns of it', async () => {
    const id = uniqueName('nightly');
    const schedule = await createSchedule(id, 'fitThenDeploy', { ...FIT, deploy: DEPLOY });
    const { endpointName, trainingJobName, warnings } = await (await trigger<FitThenDeployResult>(schedule)).result();
    expect(endpointName).toBe(trainingJobName);
    expect(warnings).toEqual([expect.stringContaining(`each run of the schedule ${id} makes an endpoint of its own`)]);
  });

  it('with a fixed jobName is refused, with the reason, before AWS is asked for anything', async () => {
    const id = uniqueName('nightly');
    const schedule = await createSchedule(id, 'fit', FIXED);
    const before = await rig.control.calls();
    const { code, message, details } = await failureOfRun(await trigger(schedule));
    expect(code).toBe('InvalidInput');
    expect(details.problems).toEqual([
      expect.stringMatching(`^fit.jobName is fixed in the schedule ${id}, .*leave it`),
    ]);
    expect(message).toContain(details.problems?.[0]);
    expect(await rig.control.calls()).toEqual(before);
  });

  it('is told of a fixed jobName together with all else that is wrong', async () => {
    const { imageName: _left, ...estimator } = ESTIMATOR;
    const schedule = await createSchedule(uniqueName('nightly'), 'fit', { ...FIXED, estimator } as FitInput);
    const { details } = await failureOfRun(await trigger(schedule));
    expect(details.problems).toEqual([
      expect.stringMatching(/^estimator\.imageName/),
      expect.stringMatching(/^fit\.jobName/),
    ]);
  });
});

describe('a cron schedule', () => {
  const startCron = (input: FitInput) =>
    rig.start('fit', input, { workflowId: uniqueName('hourly'), cronSchedule: '@every 1s' });

  it('gives each run a training job of its own, named after the time', async () => {
    const chain = await startCron(FIT);
    const names = await until(
      async () => {
        const created = (await rig.calls('CreateTrainingJob')).map(({ resource }) => resource ?? '');
        const ours = created.filter((name) => name.startsWith(chain.workflowId));
        return ours.length >= 2 && ours;
      },
      { what: 'two runs' },
    );
    await chain.terminate();
    rig.exempt(chain.workflowId, {
      from: ['naming'],
      reason: 'the run that was under way was terminated',
      mayBeIdle: true,
    });
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) {
      expect(name).toMatch(/^hourly-[0-9a-f-]{13}-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-[0-9a-f]{10}$/);
    }
  });

  it('with a fixed jobName is refused', async () => {
    const chain = await startCron(FIXED);
    // The chain goes on after a run that failed, so what that run says is in its own history alone.
    const first = rig.server.client.workflow.getHandle(chain.workflowId, chain.firstExecutionRunId);
    await until(async () => (await first.describe()).status.name === 'FAILED', { what: 'the first run to fail' });
    const { events } = await first.fetchHistory();
    await chain.terminate();
    const failure = events?.at(-1)?.workflowExecutionFailedEventAttributes?.failure;
    expect(failure?.applicationFailureInfo?.type).toBe('InvalidInput');
    expect(failure?.message).toContain('fit.jobName is fixed in the cron schedule @every 1s');
  });
});
