/**
 * The workflows as other services have them: the programs of examples/ by Temporal's command line, by plain HTTP and by
 * its Python SDK, run as they are. They share no code with us, so what they can do any client of any language can.
 */
import { DescribeTrainingJobCommand, ListTagsCommand } from '@aws-sdk/client-sagemaker';
import { dirname, join } from 'node:path';
import { RUN_TAG, type FailureDetails, type FitThenDeployResult, type Progress } from '../../src/contract';
import { compilePublished, expectToFit } from '../support/json-schema';
import { endProcesses, runProcess } from '../support/processes';
import { findPython, PYTHON_ENVIRONMENT_LIMIT_MS } from '../support/python';
import { mainJob, startRig, uniqueName, type Rig } from '../support/rig';
import { makeScratchFolder, removeScratchFolders } from '../support/scratch';
import { temporalCliPath, testServerHttpUrl } from '../support/temporal';
import { until } from '../support/until';

const EXAMPLES = join(__dirname, '../../examples');
const RUN_LIMIT_MS = 120_000;
/** A training time that no test waits for. */
const LONG_MS = 10 * 60_000;

jest.setTimeout(RUN_LIMIT_MS);

let python: string;
let rig: Rig;
beforeAll(async () => {
  python = await findPython();
  rig = await startRig();
}, PYTHON_ENVIRONMENT_LIMIT_MS);
afterAll(async () => {
  await rig.close();
  removeScratchFolders();
}, RUN_LIMIT_MS);
afterAll(endProcesses);

type Command = 'start' | 'progress' | 'cancel' | 'result';

/** How a run ended, as each example tells it. */
interface Told {
  status: string;
  result?: FitThenDeployResult;
  code?: string;
  message?: string;
  details?: FailureDetails;
}

interface Service {
  (command: Command, ...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>;
}

const program = (file: string) => [join(EXAMPLES, file)];
const SERVICES: [string, () => string[]][] = [
  ["Temporal's command line", () => program('temporal-cli/run.sh')],
  ['plain HTTP', () => program('http/run.sh')],
  ['Python', () => [python, ...program('python/run.py')]],
];

/** An environment that leads to the server and the task queue, and to no account. */
const environment = (): NodeJS.ProcessEnv => ({
  PATH: `${dirname(temporalCliPath())}:${process.env.PATH ?? ''}`,
  HOME: process.env.HOME,
  TEMPORAL_ADDRESS: rig.server.address,
  TEMPORAL_HTTP_URL: testServerHttpUrl(),
  TEMPORAL_SAGEMAKER_TASK_QUEUE: rig.taskQueue,
});

describe.each(SERVICES)('by %s', (_name, commandLine) => {
  const service: Service = async (command, ...args) => {
    const [file = '', ...first] = [...commandLine(), command, ...args];
    const { code, stdout, stderr } = await runProcess(file, first, { env: environment() });
    return { code, stdout, stderr };
  };

  async function start(id: string, input: unknown, ...type: string[]): Promise<void> {
    const folder = makeScratchFolder({ 'spec.json': JSON.stringify(input) });
    const { code, stderr } = await service('start', id, join(folder, 'spec.json'), ...type);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }

  async function progressOf(id: string): Promise<Progress> {
    const { code, stdout, stderr } = await service('progress', id);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const progress = JSON.parse(stdout) as Progress;
    expectToFit('progress', progress);
    return progress;
  }

  async function resultOf(id: string): Promise<Told> {
    const { code, stdout } = await service('result', id);
    const told = JSON.parse(stdout) as Told;
    expect(code).toBe(told.status === 'COMPLETED' ? 0 : 1);
    return told;
  }

  it('the main job is started, watched, and its result read to the last field', async () => {
    const id = uniqueName();
    // Empty lists are what gets lost where payloads are not handed on as they are.
    const input = mainJob(id, { tags: [], hyperparameters: { layers: [], rate: 0.1 } });
    await start(id, input);
    const { status, result } = await resultOf(id);
    expect(status).toBe('COMPLETED');
    expectToFit('fitThenDeploy.result', result);
    expect(result).toMatchObject({ trainingJobName: id, endpointName: id, updated: false, warnings: [] });
    expect(await progressOf(id)).toMatchObject({
      stage: 'Done',
      trainingJob: { name: id, status: 'Completed' },
      endpoint: { status: 'InService' },
      warnings: [],
    });
    const { HyperParameters: sent } = await rig.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: id }));
    expect(sent).toEqual({ layers: '[]', rate: '0.1' });
  });

  it('a run is cancelled, which stops its training job first', async () => {
    await rig.control.setClock({ phases: { Training: LONG_MS } });
    const id = uniqueName();
    await start(id, mainJob(id));
    await until(async () => (await progressOf(id)).stage === 'Training', { what: 'training', limitMs: 30_000 });
    expect((await service('cancel', id)).code).toBe(0);
    expect(await resultOf(id)).toEqual({ status: 'CANCELED' });
    await rig.control.setClock({ phases: { Training: 20 } });
    expect(await progressOf(id)).toMatchObject({ stage: 'Cancelled', trainingJob: { status: 'Stopped' } });
    expect(await rig.calls('StopTrainingJob')).toContainEqual({ status: 200, resource: id });
    expect(await rig.calls('CreateEndpoint')).not.toContainEqual({ status: 200, resource: id });
  });

  it("a failure's code and details can be read", async () => {
    const id = uniqueName();
    const input = mainJob('not_a_name', { trainInstanceCount: 0 });
    expect(compilePublished('fitThenDeploy.input')(input)).toBe(false);
    await start(id, input);
    const { status, code, message, details } = await resultOf(id);
    expect({ status, code }).toEqual({ status: 'FAILED', code: 'InvalidInput' });
    expect(message).toContain('the input of fitThenDeploy has 2 problems');
    expectToFit('failure-details', details);
    expect(details?.problems).toEqual([
      expect.stringContaining('estimator.trainInstanceCount') as string,
      expect.stringContaining('fit.jobName') as string,
    ]);
    expect(details?.ledger).toEqual([]);
  });

  it('a second start under the same id makes no second run, though the first has ended', async () => {
    const id = uniqueName();
    const { estimator, fit } = mainJob(id);
    await start(id, { estimator, fit }, 'fit');
    await resultOf(id);
    const { runId } = await rig.server.client.workflow.getHandle(id).describe();
    const folder = makeScratchFolder({ 'spec.json': JSON.stringify({ estimator, fit }) });
    await service('start', id, join(folder, 'spec.json'), 'fit');
    const { client } = rig.server;
    expect((await client.workflow.getHandle(id).describe()).runId).toBe(runId);
  });

  it('a run that there is not is told as such, by exit code and words', async () => {
    for (const command of ['progress', 'result'] as const) {
      const { code, stdout, stderr } = await service(command, uniqueName('absent'));
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/workflow not found/);
    }
  });
});

it('a starter that leaves names out is given them', async () => {
  const { fit, ...rest } = mainJob('left-out');
  const id = uniqueName('unnamed');
  const handle = await rig.start('fitThenDeploy', { ...rest, fit: { inputs: fit.inputs } }, { workflowId: id });
  const { trainingJobName, endpointArn } = (await handle.result()) as FitThenDeployResult;
  expect(trainingJobName).toMatch(new RegExp(`^${id}-`));
  const { Tags: tags } = await rig.sagemaker.send(new ListTagsCommand({ ResourceArn: endpointArn }));
  expect(tags).toContainEqual({ Key: RUN_TAG, Value: expect.stringContaining(id) as string });
});
