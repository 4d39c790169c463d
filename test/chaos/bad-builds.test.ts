/**
 * A release whose workflow code cannot go on with a run that is under way: the run is stuck and not failed, and its job
 * trains on. When a mended build is there, it goes on as if nothing had been. There is no worker versioning here: one
 * build follows the other on the same task queue.
 */
import { PROGRESS_QUERY, type FitThenDeployResult, type Progress } from '../../src/contract';
import { createWorker } from '../../src/worker';
import { mainJob, startRig, uniqueName, type Handle, type Rig } from '../support/rig';
import { uniqueTaskQueue, workflowBundle } from '../support/temporal';
import { until } from '../support/until';

const LIMIT_MS = 60_000;
jest.setTimeout(120_000);

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.control.setClock({ phases: { Training: 600_000 } }));

/** Starts a worker of a build, beside the rig's own, and answers how to end it. */
async function startBuild(taskQueue: string, code: string): Promise<() => Promise<void>> {
  const worker = await createWorker({
    connection: rig.server.nativeConnection,
    taskQueue,
    pollMinIntervalMs: 40,
    pollMaxIntervalMs: 150,
    readsPerSecond: 200,
    shutdownGraceTimeMs: 500,
    worker: { workflowBundle: { code } },
  });
  const ended = worker.run();
  return async () => {
    worker.shutdown();
    await ended;
  };
}

const good = workflowBundle().code;

/** The good build with one place changed, as a release might have changed it. */
function changeBuild(from: RegExp, to: string): string {
  const code = good.replace(from, to);
  if (code === good) throw new Error(`the bundle has no ${String(from)} to change`);
  return code;
}

const BAD_BUILDS: [string, string][] = [
  // The steps in another order: the history says that a training job was created first.
  ['asks for other things than its history tells', changeBuild(/\.createTrainingJob\(/, '.createModel(')],
  [
    'has a bug that throws',
    changeBuild(
      /hasModelData\s*\(modelData\)\s*\{/,
      "hasModelData(modelData) { throw new TypeError('a bug of that release');",
    ),
  ],
];

async function failuresOf(handle: Handle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) => failed?.failure?.message ?? []);
}

it.each(BAD_BUILDS)('a build that %s leaves the run stuck, not failed; a mended one goes on', async (_how, bad) => {
  const taskQueue = uniqueTaskQueue('builds');
  const name = uniqueName();
  const stopFirst = await startBuild(taskQueue, good);
  const handle = await rig.start('fitThenDeploy', mainJob(name), { taskQueue });
  await until(async () => (await handle.query<Progress>(PROGRESS_QUERY)).trainingJob?.secondaryStatus === 'Training', {
    what: 'the training',
    limitMs: LIMIT_MS,
  });
  await stopFirst();

  const stopBad = await startBuild(taskQueue, bad);
  await rig.control.setClock({ phases: { Training: 20 } });
  await until(async () => (await failuresOf(handle)).length > 0, {
    what: 'a workflow task to fail',
    limitMs: LIMIT_MS,
  });
  expect((await handle.describe()).status.name).toBe('RUNNING');
  const stops = await rig.calls('StopTrainingJob');
  expect(stops.filter(({ resource }) => resource === name)).toEqual([]);
  await stopBad();

  const stopGood = await startBuild(taskQueue, good);
  expect((await handle.result()) as FitThenDeployResult).toMatchObject({ trainingJobName: name, endpointName: name });
  await stopGood();
  for (const operation of ['CreateTrainingJob', 'CreateEndpoint']) {
    const calls = (await rig.calls(operation)).filter(({ resource }) => resource === name);
    expect(calls).toEqual([{ status: 200, resource: name }]);
  }
});
