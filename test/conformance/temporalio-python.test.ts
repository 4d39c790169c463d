/**
 * The workflows as Temporal's Python SDK sees them: types, query and answers by name, and plain dictionaries. It shares
 * no code with us, so what it can do any client of any language can.
 */
import { ListTagsCommand } from '@aws-sdk/client-sagemaker';
import { join } from 'node:path';
import { MEMO, RUN_TAG, type FitThenDeployInput } from '../../src/contract';
import { endProcesses, startProcess } from '../support/processes';
import { findPython, PYTHON_ENVIRONMENT_LIMIT_MS } from '../support/python';
import { mainJob, startRig, uniqueName, type Rig } from '../support/rig';

const RUN_LIMIT_MS = 120_000;

/** A training time that no test waits for. */
const LONG_MS = 10 * 60_000;

let python: string;
let rig: Rig;
beforeAll(async () => {
  python = await findPython();
  rig = await startRig();
}, PYTHON_ENVIRONMENT_LIMIT_MS);
afterAll(async () => {
  await rig.close();
}, RUN_LIMIT_MS);
afterAll(endProcesses);

async function runInPython(input: unknown, workflowId: string, cancelAt?: string) {
  const script = startProcess(python, [join(__dirname, 'temporalio_run.py')], { stdin: true });
  const { address } = rig.server;
  script.write(JSON.stringify({ address, taskQueue: rig.taskQueue, workflowId, input, cancelAt }));
  script.closeInput();
  const { code, stdout, stderr } = await script.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

it(
  'starts the main job with a dictionary, asks for its progress and gets its result',
  async () => {
    const name = uniqueName();
    const told = await runInPython(mainJob(name), name);
    const names = { trainingJobName: name, endpointName: name };
    expect(told).toMatchObject({
      status: 'COMPLETED',
      result: { ...names, region: 'us-east-1', updated: false, warnings: [] },
      progress: { stage: 'Done', trainingJob: { name, status: 'Completed' }, endpoint: { status: 'InService' } },
      memo: { [MEMO.run]: { stage: 'Done', ...names } },
    });
  },
  RUN_LIMIT_MS,
);

it(
  'is given the names that a starter leaves out',
  async () => {
    const { fit, ...rest } = mainJob('left-out');
    const workflowId = uniqueName('unnamed');
    const { result } = await runInPython({ ...rest, fit: { inputs: fit.inputs } }, workflowId);
    expect(result).toMatchObject({
      trainingJobName: expect.stringMatching(new RegExp(`^${workflowId}-`)) as string,
    });
    const { Tags: tags } = await rig.sagemaker.send(
      new ListTagsCommand({ ResourceArn: (result as { endpointArn: string }).endpointArn }),
    );
    expect(tags).toContainEqual({ Key: RUN_TAG, Value: expect.stringContaining(workflowId) as string });
  },
  RUN_LIMIT_MS,
);

it(
  'cancels a run, which stops its training job first',
  async () => {
    await rig.control.setClock({ phases: { Training: LONG_MS } });
    const name = uniqueName();
    const told = await runInPython(mainJob(name), name, 'Training');
    await rig.control.setClock({ phases: { Training: 0 } });
    expect(told).toMatchObject({
      status: 'CANCELED',
      failure: { class: 'CancelledError' },
      progress: { stage: 'Cancelled', trainingJob: { status: 'Stopped' } },
      memo: { [MEMO.run]: { stage: 'Cancelled' } },
    });
    expect(await rig.calls('StopTrainingJob')).toContainEqual({ status: 200, resource: name });
    expect(await rig.calls('CreateEndpoint')).not.toContainEqual({ status: 200, resource: name });
  },
  RUN_LIMIT_MS,
);

it(
  'is told every mistake of an input by the type and details of the failure',
  async () => {
    const input: FitThenDeployInput = mainJob('not_a_name');
    input.estimator.trainInstanceCount = 0;
    const told = await runInPython(input, uniqueName());
    expect(told).toMatchObject({
      status: 'FAILED',
      failure: {
        class: 'ApplicationError',
        type: 'InvalidInput',
        details: [
          {
            problems: [
              expect.stringContaining('estimator.trainInstanceCount') as string,
              expect.stringContaining('fit.jobName') as string,
            ],
          },
        ],
      },
    });
  },
  RUN_LIMIT_MS,
);
