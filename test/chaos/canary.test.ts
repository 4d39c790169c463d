/**
 * Canaries in hyperparameters and environment, through runs that end in every way: in plain text they stand in the history's
 * input and plan and nowhere else, and with the payload codec on they stand nowhere at all, not in a byte of the server's
 * database. Two workers with two task queues, one of them with keys, on one server.
 */
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTrainingJobCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { connect, isSageMakerError, listRuns, Run, startRun, type Session } from '../../src/client';
import type { FitThenDeployInput } from '../../src/contract';
import { emulatorControl, type EmulatorControl } from '../../src/emulator';
import { startTemporalServer, type TemporalServer } from '../../src/temporal-server';
import { trainingJobRequest } from '../support/by-hand';
import { makeCanary, placesInHistory, type Canary } from '../support/canary';
import { startEmulatorProcess, type RunningPart } from '../support/command-line';
import { endProcesses, startProcess, type TestProcess } from '../support/processes';
import { openWorld, type OpenWorld } from '../support/promises/open-worlds';
import { DATA_BUCKET, DEPLOY, mainJob } from '../support/rig';
import { runProgramHere } from '../support/run-program';
import { makeScratchFolder, removeScratchFolders } from '../support/scratch';
import { temporalCliPath } from '../support/temporal';
import { until } from '../support/until';

const PROGRAM = join(__dirname, '../../lib/cli/main.js');
const KEYS_VARIABLE = 'TEMPORAL_SAGEMAKER_PAYLOAD_KEYS';
const ENVIRONMENT = { ...process.env };

/** All run at once, on a machine that may be busy. */
const RUN_LIMIT_MS = 120_000;

/** A task queue with its worker, its canaries and those who ask it. */
interface Side {
  name: 'plain' | 'encrypted';
  /** In hyperparameters, and in the environment of the serving container. */
  canary: Canary;
  variables: Record<string, string>;
  worker: TestProcess;
  session: Session;
}

/** What is there already, made by somebody else under a name that a run wants. */
const foreign = makeCanary();
const folder = makeScratchFolder();
let server: TemporalServer;
let emulator: RunningPart<{ awsEndpointUrl: string; region: string; accessKeyId: string; secretAccessKey: string }>;
let control: EmulatorControl;
let world: OpenWorld;
const sides: Partial<Record<Side['name'], Side>> = {};

const sideOf = (name: Side['name']): Side => {
  const side = sides[name];
  if (!side) throw new Error(`there is no side ${name}`);
  return side;
};
const nameOf = (side: Side, scenario: string): string => `${side.name}-${scenario}`;

function inputOf(side: Side, scenario: string): FitThenDeployInput {
  const input = mainJob(nameOf(side, scenario), { hyperparameters: { note: side.canary.text, epochs: 3 } });
  return { ...input, deploy: { ...DEPLOY, env: { NOTE: side.canary.text } } };
}

const startOf = (side: Side, scenario: string) =>
  startRun(side.session, 'fitThenDeploy', inputOf(side, scenario)).then((run) => run.result());

/** As a starter without our client would: nothing is checked before the run. */
async function startRaw(side: Side, scenario: string, change: (input: FitThenDeployInput) => unknown) {
  const workflowId = nameOf(side, scenario);
  const { client, taskQueue } = side.session;
  await client.workflow.start('fitThenDeploy', { workflowId, taskQueue, args: [change(inputOf(side, scenario))] });
  return (await Run.attach(side.session, workflowId, 'fitThenDeploy')).result();
}

/** Each ends as its code says; `done` is a success. */
const SCENARIOS: Record<string, { code: string; run: (side: Side) => Promise<unknown> }> = {
  'that succeeds': { code: 'done', run: (side) => startOf(side, 'succeeds') },
  'whose training fails': { code: 'TrainingJobFailed', run: (side) => startOf(side, 'training-fails') },
  'whose endpoint fails': { code: 'EndpointFailed', run: (side) => startOf(side, 'endpoint-fails') },
  'whose name is taken': { code: 'NameTaken', run: (side) => startOf(side, 'taken') },
  'that is cancelled': {
    code: 'Cancelled',
    async run(side) {
      const run = await startRun(side.session, 'fitThenDeploy', inputOf(side, 'cancelled'));
      await until(async () => (await run.progress()).trainingJob?.secondaryStatus === 'Training', {
        what: 'the training',
        limitMs: 60_000,
      });
      waits.set(side.name, await untilWaitIsTold(side, run.workflowId));
      await run.cancel();
      return run.result();
    },
  },
  'that AWS denies, repeating its request': { code: 'AccessDenied', run: (side) => startOf(side, 'denied') },
  'whose model AWS refuses, repeating its environment': {
    code: 'InvalidInput',
    run: (side) => startOf(side, 'refused'),
  },
  'that meets answers of half a text': { code: 'done', run: (side) => startOf(side, 'half') },
  'whose values are too long': {
    code: 'InvalidInput',
    run: (side) =>
      startRaw(side, 'long', (input) => ({
        ...input,
        estimator: { ...input.estimator, hyperparameters: { note: side.canary.text.repeat(200) } },
        deploy: { ...input.deploy, env: { NOTE: side.canary.text.repeat(50) } },
      })),
  },
  'whose values are of wrong types': {
    code: 'InvalidInput',
    run: (side) =>
      startRaw(side, 'wrong', (input) => ({
        ...input,
        unknown: side.canary.text,
        estimator: { ...input.estimator, hyperparameters: side.canary.text },
        deploy: { ...input.deploy, env: { NOTE: [side.canary.text], '2': side.canary.text } },
      })),
  },
};

/** What the client says of a run that it does not start. */
const REFUSALS: Record<string, { code: string; run: (side: Side) => Promise<unknown> }> = {
  'another input under a name that is taken': {
    code: 'RunConflict',
    run: (side) =>
      startRun(side.session, 'fitThenDeploy', {
        ...inputOf(side, 'succeeds'),
        deploy: { ...DEPLOY, env: { NOTE: `${side.canary.text}2` } },
      }),
  },
  'an input that is wrong': {
    code: 'InvalidInput',
    run: (side) =>
      startRun(side.session, 'fitThenDeploy', {
        ...inputOf(side, 'never'),
        deploy: { ...DEPLOY, env: { NOTE: { a: side.canary.text } as never } },
      }),
  },
  'an input that is too large': {
    code: 'InvalidInput',
    run: (side) =>
      startRun(side.session, 'fitThenDeploy', {
        ...mainJob('never', { hyperparameters: { note: side.canary.text.repeat(100_000) } }),
      }),
  },
};

const outcomes = new Map<string, unknown>();
/** By side, what the server told of the run that is cancelled while it waited. */
const waits = new Map<string, Description>();

type Description = Awaited<ReturnType<typeof describeRun>>;

function describeRun({ session: { client } }: Side, workflowId: string, runId?: string) {
  const { namespace } = client.options;
  return client.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId, runId } });
}

/** Once the wait's worker has told that it lives. */
async function untilWaitIsTold(side: Side, workflowId: string): Promise<Description> {
  let description: Description | undefined;
  await until(
    async () => {
      description = await describeRun(side, workflowId);
      return description.pendingActivities.some(({ lastHeartbeatTime }) => lastHeartbeatTime);
    },
    { what: 'the wait', limitMs: 60_000 },
  );
  return description!;
}

async function openSide(name: Side['name']): Promise<Side> {
  const { awsEndpointUrl, region, accessKeyId, secretAccessKey } = emulator.ready;
  const variables: Record<string, string> = {
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_SAGEMAKER_TASK_QUEUE: name,
    AWS_ENDPOINT_URL: awsEndpointUrl,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  if (name === 'encrypted') {
    variables[KEYS_VARIABLE] = join(folder, 'keys.json');
    const keys = { 'chaos-1': randomBytes(32).toString('base64') };
    writeFileSync(variables[KEYS_VARIABLE], JSON.stringify({ activeKeyId: 'chaos-1', keys }), { mode: 0o600 });
  }
  const worker = startProcess(process.execPath, [PROGRAM, 'worker', '--json'], {
    env: {
      PATH: ENVIRONMENT.PATH,
      ...variables,
      TEMPORAL_SAGEMAKER_LOG_LEVEL: 'DEBUG',
      TEMPORAL_SAGEMAKER_POLL_MIN_MS: '100',
      TEMPORAL_SAGEMAKER_POLL_MAX_MS: '250',
    },
  });
  Object.assign(process.env, variables);
  const session = await connect();
  Reflect.deleteProperty(process.env, KEYS_VARIABLE);
  await worker.waitForOutput(/"ready":true/, 90_000);
  return { name, canary: makeCanary(), variables, worker, session };
}

async function makeWorld(): Promise<void> {
  const s3 = new S3Client({});
  await s3.send(new CreateBucketCommand({ Bucket: DATA_BUCKET }));
  await s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: 'iris/data.csv', Body: '1,2,3\n' }));
  s3.destroy();
  await control.setClock({
    simulated: true,
    phases: { Starting: 50, Downloading: 50, Training: 50, Uploading: 50, Stopping: 50, Creating: 50, Deleting: 50 },
  });
  const sagemaker = new SageMakerClient({});
  for (const side of [sideOf('plain'), sideOf('encrypted')]) {
    const { text } = side.canary;
    const half = `{"TrainingJobName": "x", "HyperParameters": {"note": ${text}`;
    const HyperParameters = { note: foreign.text };
    const taken = trainingJobRequest(nameOf(side, 'taken'), { HyperParameters });
    await sagemaker.send(new CreateTrainingJobCommand(taken));
    await control.addOutcomes([
      {
        kind: 'training job',
        resource: nameOf(side, 'training-fails'),
        steps: [{ secondaryStatus: 'Training', durationMs: 50, logLines: ['epoch 1', 'no such column'] }],
        end: { status: 'Failed', failureReason: 'AlgorithmError: no such column' },
      },
      {
        kind: 'training job',
        resource: nameOf(side, 'cancelled'),
        steps: [{ secondaryStatus: 'Training', durationMs: 50 }],
      },
      {
        kind: 'endpoint',
        resource: nameOf(side, 'endpoint-fails'),
        steps: [{ status: 'Creating', durationMs: 50 }],
        end: { status: 'Failed', failureReason: 'did not pass the ping health check' },
      },
    ]);
    await control.addFaults([
      {
        operation: 'CreateTrainingJob',
        resource: nameOf(side, 'denied'),
        action: 'error',
        status: 400,
        code: 'AccessDeniedException',
        message: `not authorized to perform sagemaker:CreateTrainingJob with {"HyperParameters":{"note":"${text}"}}`,
      },
      {
        operation: 'CreateModel',
        resource: `${nameOf(side, 'refused')}-.*`,
        action: 'error',
        status: 400,
        code: 'ValidationException',
        message: `1 validation error detected: Value '{NOTE=${text}}' at 'primaryContainer.environment' failed; got ${text}`,
      },
      ...(['CreateTrainingJob', 'DescribeTrainingJob'] as const).map((operation) => ({
        operation,
        resource: nameOf(side, 'half'),
        action: 'error' as const,
        when: 'after' as const,
        status: 200,
        body: half,
        contentType: 'application/x-amz-json-1.1',
        times: 2,
      })),
    ]);
  }
  sagemaker.destroy();
}

async function conclude(side: Side, [what, { run }]: [string, { run: (side: Side) => Promise<unknown> }]) {
  const limit = new AbortController();
  const settled = await Promise.race([
    run(side).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    ),
    pause(RUN_LIMIT_MS, { error: 'it has not ended' }, { signal: limit.signal }),
  ]);
  limit.abort();
  outcomes.set(`${side.name} ${what}`, settled);
}

beforeAll(async () => {
  [server, emulator] = await Promise.all([
    startTemporalServer({
      cliPath: temporalCliPath(),
      ui: false,
      dbFilename: join(folder, 'temporal.db'),
      logFile: join(folder, 'server.log'),
    }),
    startEmulatorProcess(),
  ]);
  control = emulatorControl(emulator.ready.awsEndpointUrl);
  for (const name of ['plain', 'encrypted'] as const) sides[name] = await openSide(name);
  await makeWorld();
  const both = [sideOf('plain'), sideOf('encrypted')];
  // With the keys all of it can be read, what is not encrypted too.
  const { client } = sideOf('encrypted').session;
  world = await openWorld({ control, client, taskQueues: both.map(({ session }) => session.taskQueue) });
  await Promise.all(both.flatMap((side) => Object.entries(SCENARIOS).map((scenario) => conclude(side, scenario))));
  await Promise.all(both.flatMap((side) => Object.entries(REFUSALS).map((refusal) => conclude(side, refusal))));
}, 240_000);

afterAll(() => world.close());
afterAll(async () => {
  await Promise.all(Object.values(sides).map(({ session }) => session.close()));
  await emulator.close();
  await endProcesses();
  await server.close();
  removeScratchFolders();
  for (const name of Object.keys(process.env)) if (!(name in ENVIRONMENT)) Reflect.deleteProperty(process.env, name);
});

/** The histories of all that was started on one side, with what else the server tells of each run. */
async function readAll(side: Side) {
  const { client, taskQueue } = side.session;
  const runs = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: `TaskQueue = '${taskQueue}'` })) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const execution = { workflowId, runId };
    const { namespace } = client.options;
    const [history, description, details] = await Promise.all([
      handle.fetchHistory(),
      describeRun(side, workflowId, runId),
      client.workflowService.queryWorkflow({
        namespace,
        execution,
        query: { queryType: '__temporal_workflow_metadata' },
      }),
    ]);
    runs.push({ workflowId, history, description, details });
  }
  return runs;
}

describe.each(['plain', 'encrypted'] as const)('on the %s side', (name) => {
  const codeOf = (what: string): unknown => {
    const { error } = outcomes.get(`${name} ${what}`) as { error?: unknown };
    return isSageMakerError(error) ? error.code : (error ?? 'done');
  };

  test.each(Object.entries(SCENARIOS))('a run %s ends as it should', (what, { code }) => {
    expect(codeOf(what)).toBe(code);
  });

  test.each(Object.entries(REFUSALS))('%s is refused by the client', (what, { code }) => {
    expect(codeOf(what)).toBe(code);
  });

  test('no result and no error of the client holds a canary, in whatever form it is printed', () => {
    const { canary } = sideOf(name);
    const of = [...outcomes].filter(([what]) => what.startsWith(name));
    expect(of.length).toBe(Object.keys({ ...SCENARIOS, ...REFUSALS }).length);
    for (const [what, outcome] of of) {
      const { error } = outcome as { error?: Error };
      const forms = [outcome, JSON.stringify(outcome), inspect(outcome, { depth: null }), String(error?.stack)];
      expect({ what, found: forms.some((form) => canary.isIn(form) || foreign.isIn(form)) }).toEqual({
        what,
        found: false,
      });
    }
  });

  test('the worker has written nothing of it at its lowest level, and the emulator nothing either', () => {
    const { worker, canary } = sideOf(name);
    const written = worker.stdout() + worker.stderr() + emulator.process.stdout() + emulator.process.stderr();
    expect(worker.stderr()).toContain('"level":"debug"');
    expect(canary.isIn(written) || foreign.isIn(written)).toBe(false);
  });

  test('memo, search attributes and details hold none', async () => {
    const side = sideOf(name);
    const runs = await readAll(side);
    expect(runs).toHaveLength(Object.keys(SCENARIOS).length);
    for (const { workflowId, description, details } of runs) {
      const found = [description, details].some((told) => side.canary.isIn(told) || foreign.isIn(told));
      expect({ workflowId, found }).toEqual({ workflowId, found: false });
    }
  });

  test('what the server tells of a run that waits holds none, its heartbeats neither', () => {
    const side = sideOf(name);
    const description = waits.get(name)!;
    expect(description.pendingActivities.map(({ activityType }) => activityType?.name)).toEqual([
      'awaitTrainingJobChange',
    ]);
    expect([side.canary.isIn(description), foreign.isIn(description)]).toEqual([false, false]);
  });

  test('the commands print none, as text and as JSON', async () => {
    const side = sideOf(name);
    Object.assign(process.env, side.variables);
    const spec = join(folder, `${name}.yaml`);
    const broken = join(folder, `${name}-broken.yaml`);
    const { estimator, fit, deploy } = inputOf(side, 'never');
    writeFileSync(
      spec,
      JSON.stringify({ estimator: { ...estimator, trainVolumeSize: side.canary.text }, fit, deploy }),
    );
    writeFileSync(broken, `estimator:\n  hyperparameters:\n    note: ${side.canary.text}: x\n   bad: {`);
    const of = (scenario: string): string => nameOf(side, scenario);
    const commands = [
      ['status'],
      ...['succeeds', 'denied', 'taken', 'long'].flatMap((scenario) => [
        ['status', of(scenario)],
        ['result', of(scenario)],
      ]),
      ['attach', of('succeeds')],
      ['attach', of('training-fails')],
      ['logs', of('training-fails')],
      ['fit-then-deploy', '--spec', spec],
      ['fit-then-deploy', '--spec', broken],
    ];
    const ends = await Promise.all(
      commands.flatMap((argv) =>
        [argv, [...argv, '--json']].map(async (given) => ({
          given,
          end: await runProgramHere(given, { env: { ...side.variables } }),
        })),
      ),
    );
    Reflect.deleteProperty(process.env, KEYS_VARIABLE);
    for (const { given, end } of ends) {
      const { stdout, stderr } = end;
      expect({ given, found: [stdout, stderr].some((said) => side.canary.isIn(said) || foreign.isIn(said)) }).toEqual({
        given,
        found: false,
      });
      expect(stdout + stderr).not.toBe('');
    }
    const table = ends.find(({ given }) => given.join() === 'status')?.end.stdout ?? '';
    expect(table).toContain(of('succeeds'));
  }, 120_000);

  test('a listing, progress and a second start work as ever', async () => {
    const side = sideOf(name);
    const run = (await listRuns(side.session, { endpointName: nameOf(side, 'succeeds') }))[0];
    expect(run).toMatchObject({ stage: 'Done', trainingJobName: nameOf(side, 'succeeds') });
    expect(run?.memo?.ledger.map(({ state }) => state)).toContain('made');
    const again = await startRun(side.session, 'fitThenDeploy', inputOf(side, 'succeeds'));
    expect(again.attached).toBe(true);
    const progress = await again.progress();
    expect(progress).toMatchObject({ live: true, stage: 'Done' });
    expect(side.canary.isIn(progress)).toBe(false);
  });
});

describe('what the server stores', () => {
  /** The plan, and what is made of it: an activity's input is a request of the plan. */
  const PLAIN_PLACES = [
    'workflowExecutionStarted',
    'activityTaskScheduled prepare',
    'activityTaskCompleted prepare',
    'activityTaskScheduled createTrainingJob',
    'activityTaskScheduled createModel',
  ];

  test('in plain text, the canary stands in the history’s input and plan alone', async () => {
    const { canary } = sideOf('plain');
    const runs = await readAll(sideOf('plain'));
    const places = new Set(runs.flatMap(({ history }) => placesInHistory(history, canary)));
    expect([...places].sort()).toEqual([...PLAIN_PLACES].sort());
    expect(runs.filter(({ history }) => foreign.isIn(history))).toEqual([]);
  });

  test('encrypted, it stands in no event of any history', async () => {
    const { canary } = sideOf('encrypted');
    for (const { workflowId, history } of await readAll(sideOf('encrypted'))) {
      expect({ workflowId, places: placesInHistory(history, canary) }).toEqual({ workflowId, places: [] });
    }
  });

  test('encrypted, no text of a failure stands there either', async () => {
    const texts = (await readAll(sideOf('encrypted'))).flatMap(({ history }) => readFailureTexts(history));
    expect(texts.filter((text) => text !== 'Encoded failure' && !TEXTS_OF_TEMPORAL.includes(text))).toEqual([]);
    expect(texts).toContain('Encoded failure');
  });

  test('it is in no byte of the database and the server’s log but for what is plain', () => {
    // With whatever journal SQLite keeps beside it.
    const files = readdirSync(folder).filter((file) => /^(temporal\.db|server\.log)/.test(file));
    expect(files).toEqual(expect.arrayContaining(['temporal.db', 'server.log']));
    const bytes = files.map((file) => readFileSync(join(folder, file)));
    expect(bytes.some((content) => sideOf('plain').canary.isIn(content))).toBe(true);
    expect(bytes.some((content) => sideOf('encrypted').canary.isIn(content))).toBe(false);
    expect(bytes.some((content) => foreign.isIn(content))).toBe(false);
  });
});

/** What Temporal itself may write into failures, of its own knowledge. */
const TEXTS_OF_TEMPORAL = ['UnhandledCommand', 'activity Heartbeat timeout', 'activity StartToClose timeout'];

/** Messages and stack traces of all failures in a history, where there are any. */
function readFailureTexts(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value).flatMap(([field, inner]) => {
    if ((field === 'message' || field === 'stackTrace') && typeof inner === 'string' && inner !== '') return [inner];
    return readFailureTexts(inner);
  });
}
