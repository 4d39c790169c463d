/**
 * Each code of the closed set, raised through the public API, with all that an error promises to tell. The messages are
 * the examples in docs/errors.md: `UPDATE_ERROR_EXAMPLES=1 npx jest test/integration/every-code` writes them anew, and
 * `npm run errors-page` puts them there.
 */
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateTrainingJobCommand, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { Client } from '@temporalio/client';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { create } from 'tar';
import {
  connect,
  createPayloadCodec,
  RealTimePredictor,
  Run,
  SageMakerError,
  startRun,
  type DeployOnInstances,
  type TrainOnInstances,
  type FailureCode,
  type FitInput,
  type Session,
} from '../../src/client';
import { FAILURE_CODES } from '../../src/contract';
import { EXIT_CODES } from '../support/exit-codes';
import { makeGate } from '../support/gated-image';
import { DATA_BUCKET, DEPLOY, ESTIMATOR, ROLE, startRig, type Rig } from '../support/rig';
import { makeScratchFolder, removeScratchFolders } from '../support/scratch';
import { uniqueTaskQueue } from '../support/temporal';
import { until } from '../support/until';

const TRAIN = `#!/bin/sh
ml="\${SAGEMAKER_BASE_DIR:-/opt/ml}"
plan="$ml/input/config/hyperparameters.json"
grep -q silent "$plan" || echo 'epoch 1 of 2'
if grep -q fail "$plan"; then
  echo 'labels.csv has no column label' > "$ml/output/failure"
  echo 'KeyError: label'
  exit 1
fi
exec sleep 600
`;

const SERVE = `#!/usr/bin/env node
const { GATE: gate } = process.env;
if (gate === undefined) console.log('loading the model');
if (process.env.BEHAVIOUR === 'exits') {
  console.log('No module named joblib');
  process.exit(3);
}
const isReady = () => gate === undefined || require('fs').existsSync(gate);
process.on('SIGTERM', () => process.exit(0));
require('http').createServer((request, response) => {
  if (request.url === '/ping') return response.writeHead(isReady() ? 200 : 503).end();
  response.writeHead(422).end('expected 64 pixels, got 3');
}).listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), '127.0.0.1');
`;

/** For a sign that comes within a second where nothing else goes on. */
const LIMIT_MS = 60_000;

const MODEL_DATA = `s3://${DATA_BUCKET}/given/model.tar.gz`;
const EXAMPLES = join(__dirname, '../../scripts/error-examples.json');
const PAGE = readFileSync(join(__dirname, '../../docs/errors.md'), 'utf8');

let rig: Rig;
let logs: CloudWatchLogsClient;
let session: Session;
/** A session on whose task queue nobody works. */
let idle: Session;

const fitInput = (jobName: string, further: Partial<TrainOnInstances> = {}): FitInput => ({
  estimator: { ...ESTIMATOR, imageName: 'digits', ...further },
  fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName },
});

const fit = async (jobName: string, further?: Partial<TrainOnInstances>) =>
  startRun(session, 'fit', fitInput(jobName, further));

const deploy = async (endpointName: string, further: Partial<DeployOnInstances> = {}, modelData = MODEL_DATA) => {
  const hosting = { ...DEPLOY, endpointName, image: 'digits', role: ROLE, ...further };
  return (await startRun(session, 'deploy', { modelData, deploy: hosting })).result();
};

const refuse = (operation: string, resource: string, status: number, code: string, message: string) =>
  rig.control.addFaults([{ operation, resource, action: 'error', status, code, message }]);

async function untilTraining(run: Run<'fit'>): Promise<void> {
  await until(async () => (await run.progress()).trainingJob?.secondaryStatus === 'Training', {
    what: `${run.workflowId} to train`,
    limitMs: LIMIT_MS,
  });
}

/** Waits until the journal has a call about this log. */
async function untilAsked(operation: string, logGroupName: string): Promise<void> {
  await until(async () => (await rig.calls(operation)).some(({ resource }) => resource === logGroupName), {
    what: `${operation} of ${logGroupName}`,
    limitMs: LIMIT_MS,
  });
}

const TRAINING_LOG = '/aws/sagemaker/TrainingJobs';

/** Waits until CloudWatch has what the container prints first. */
async function untilLogged(jobName: string): Promise<void> {
  const ofJob = { logGroupName: TRAINING_LOG, logStreamNamePrefix: `${jobName}/` };
  await until(async () => ((await logs.send(new FilterLogEventsCommand(ofJob))).events ?? []).length > 0, {
    what: `the first line of ${jobName}`,
    limitMs: LIMIT_MS,
  });
}

/** Writes as a container would that was quick enough. */
async function writeLog(jobName: string, message: string): Promise<void> {
  const at = { logGroupName: TRAINING_LOG, logStreamName: `${jobName}/algo-1-1700000000` };
  await logs.send(new CreateLogStreamCommand(at));
  await logs.send(new PutLogEventsCommand({ ...at, logEvents: [{ timestamp: Date.now(), message }] }));
}

async function findClosedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function predict(endpointName: string): Promise<unknown> {
  const predictor = new RealTimePredictor(endpointName);
  try {
    return await predictor.predict('1,2,3');
  } finally {
    predictor.close();
  }
}

/** What a user does to meet each code: the compiler holds this list to be complete. */
const SCENARIOS: Record<FailureCode, () => Promise<unknown>> = {
  async InvalidInput() {
    const input = fitInput('digits-invalid');
    return (
      await startRun(session, 'fit', { ...input, fit: { ...input.fit, inputs: 's3://training-data/nothing' } })
    ).result();
  },
  async AccessDenied() {
    const message = 'User: worker is not authorized to perform: sagemaker:CreateTrainingJob on resource: digits-denied';
    await refuse('CreateTrainingJob', 'digits-denied', 400, 'AccessDeniedException', message);
    return (await fit('digits-denied')).result();
  },
  async NameTaken() {
    const job = {
      TrainingJobName: 'digits-taken',
      RoleArn: ROLE,
      AlgorithmSpecification: { TrainingImage: 'digits', TrainingInputMode: 'File' },
      OutputDataConfig: { S3OutputPath: `s3://${DATA_BUCKET}/elsewhere` },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 30 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
      HyperParameters: { plan: 'fail' },
    } as const;
    await rig.sagemaker.send(new CreateTrainingJobCommand(job));
    return (await fit('digits-taken')).result();
  },
  async RunConflict() {
    const workflowId = 'digits-conflict';
    await startRun(idle, 'fit', fitInput(workflowId));
    return startRun(idle, 'fit', fitInput(workflowId, { trainInstanceType: 'ml.m5.xlarge' }));
  },
  async LimitExceeded() {
    const message = "The account-level service limit 'ml.p4d.24xlarge for training job usage' is 0 Instances";
    await refuse('CreateTrainingJob', 'digits-limit', 400, 'ResourceLimitExceeded', message);
    return (await fit('digits-limit')).result();
  },
  async RoleNotAssumable() {
    await refuse('GetRole', 'Nobody', 404, 'NoSuchEntity', 'The role with name Nobody cannot be found.');
    return (await fit('digits-role', { role: 'Nobody' })).result();
  },
  ArtefactMissing: () => deploy('digits-artefact', {}, `s3://${DATA_BUCKET}/nowhere/model.tar.gz`),
  TrainingJobFailed: async () => (await fit('digits-failed', { hyperparameters: { plan: 'fail' } })).result(),
  async TrainingJobStopped() {
    const run = await fit('digits-stopped');
    await untilLogged('digits-stopped');
    await rig.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: 'digits-stopped' }));
    return run.result();
  },
  async TrainingJobTimedOut() {
    // However late the container begins, it is stopped; so what it would print is there before.
    await writeLog('digits-timed-out', 'epoch 1 of 2');
    return (await fit('digits-timed-out', { trainMaxRun: 1, hyperparameters: { plan: 'silent' } })).result();
  },
  TrainingJobNotFound: async () =>
    (await startRun(session, 'deploy', { trainingJobName: 'digits-nowhere', deploy: DEPLOY })).result(),
  EndpointFailed: () => deploy('digits-broken', { env: { BEHAVIOUR: 'exits' } }),
  async EndpointRolledBack() {
    await deploy('digits-updated');
    return deploy('digits-updated', { env: { BEHAVIOUR: 'exits' } });
  },
  async EndpointTimedOut() {
    // An update: what the container before it has written is there, however late the slow one begins.
    await deploy('digits-slow');
    const gate = makeGate();
    // The run reads the log once it has given the endpoint up; what comes to serve after that changes nothing.
    const openLate = async () => {
      await untilAsked('DescribeLogStreams', '/aws/sagemaker/Endpoints/digits-slow');
      gate.open();
    };
    const deploying = deploy('digits-slow', { endpointTimeoutSeconds: 1, env: { GATE: gate.file } });
    return Promise.all([deploying, openLate()]);
  },
  EndpointNotFound: () => predict('digits-nobody'),
  async ModelError() {
    await deploy('digits-served');
    return predict('digits-served');
  },
  async TemporalUnreachable() {
    return connect({ address: `127.0.0.1:${String(await findClosedPort())}`, connectTimeoutMs: 500 });
  },
  async AwsUnreachable() {
    await rig.control.addFaults([{ operation: 'InvokeEndpoint', resource: 'digits-busy', action: 'throttle' }]);
    return predict('digits-busy');
  },
  RunNotFound: () => Run.attach(session, 'digits-unknown'),
  async RunTerminated() {
    const run = await startRun(idle, 'fit', fitInput('digits-terminated'));
    await rig.server.client.workflow.getHandle(run.workflowId).terminate('by an operator');
    return run.result();
  },
  async PayloadUnreadable() {
    const payloadCodec = createPayloadCodec({ keys: { '2026-03': randomBytes(32) }, activeKeyId: '2026-03' });
    const at = { address: rig.server.address, taskQueue: idle.taskQueue };
    const [withKey, withoutKey] = await Promise.all([connect({ ...at, payloadCodec }), connect(at)]);
    try {
      await startRun(withKey, 'fit', fitInput('digits-encrypted'));
      return await startRun(withoutKey, 'fit', fitInput('digits-encrypted'));
    } finally {
      await Promise.all([withKey.close(), withoutKey.close()]);
    }
  },
  async Cancelled() {
    const run = await fit('digits-cancelled');
    await untilTraining(run);
    await run.cancel();
    return run.result();
  },
  async Internal() {
    const { connection, options } = rig.server.client;
    const payloadCodecs = [
      { encode: () => Promise.reject(new Error('the key is gone')), decode: () => Promise.resolve([]) },
    ];
    const client = new Client({ connection, namespace: options.namespace, dataConverter: { payloadCodecs } });
    return startRun(await connect({ client }), 'fit', fitInput('digits-internal'));
  },
};

/** AWS has answered with an error, so its support can be asked about it. */
const WITH_REQUEST_ID: readonly FailureCode[] = [
  'InvalidInput',
  'AccessDenied',
  'NameTaken',
  'LimitExceeded',
  'RoleNotAssumable',
  'ArtefactMissing',
  'TrainingJobNotFound',
  'EndpointNotFound',
  'ModelError',
  'AwsUnreachable',
];

/** A container has run and written. */
const WITH_LOG_TAIL: Partial<Record<FailureCode, string>> = {
  TrainingJobFailed: 'KeyError: label',
  TrainingJobStopped: 'epoch 1 of 2',
  TrainingJobTimedOut: 'epoch 1 of 2',
  EndpointFailed: 'No module named joblib',
  EndpointRolledBack: 'No module named joblib',
  EndpointTimedOut: 'loading the model',
};

const raised = new Map<FailureCode, unknown>();

/** All at once, since most of the time is waiting. */
async function raiseAll(): Promise<void> {
  const raise = async (code: FailureCode): Promise<void> => {
    raised.set(
      code,
      await SCENARIOS[code]().then(
        (value) => new Error(`it succeeded: ${JSON.stringify(value)}`),
        (error: unknown) => error,
      ),
    );
  };
  await Promise.all(FAILURE_CODES.map(raise));
}

beforeAll(async () => {
  const digits = makeScratchFolder({ train: TRAIN, serve: SERVE });
  rig = await startRig({ emulator: { simulated: false, images: { digits } } });
  const archive = create({ gzip: true, cwd: digits, sync: true }, ['serve']).read() as Buffer;
  await rig.s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: 'given/model.tar.gz', Body: archive }));
  logs = new CloudWatchLogsClient({});
  await logs.send(new CreateLogGroupCommand({ logGroupName: TRAINING_LOG }));
  session = await connect({ client: rig.server.client, taskQueue: rig.taskQueue });
  idle = await connect({ client: rig.server.client, taskQueue: uniqueTaskQueue('idle') });
  await raiseAll();
}, 90_000);
afterAll(async () => {
  logs.destroy();
  await rig.close();
  removeScratchFolders();
});

function errorOf(code: FailureCode): SageMakerError {
  const error = raised.get(code);
  if (!(error instanceof SageMakerError)) throw error;
  return error;
}

/** Without what differs from run to run: ids, ports, and the hash in a name. */
function settle(message: string): string {
  return message
    .replace(
      /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g,
      '0b7c9d52-4f1e-4a36-9c58-1d2e3f4a5b6c',
    )
    .replace(/requestId=\w{16}\b/g, 'requestId=7GQ2M4X0K9V1R8TB')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:7233')
    .replace(/-[0-9a-f]{10}\b/g, '-5e0c2f9a41');
}

describe.each(FAILURE_CODES)('%s', (code) => {
  test('is raised, and says what, why, how to mend it and where', () => {
    const { code: told, what, why, fix, exitCode, message } = errorOf(code);
    expect({ told, exitCode }).toEqual({ told: code, exitCode: EXIT_CODES[code] });
    expect(PAGE).toContain(`\n## ${code}\n\n${what}\n`);
    expect(why).toMatch(/\S+ \S+/);
    expect(fix).toMatch(/^[A-Z].*[.;]?\S$/s);
    expect(message.split('\n')[0]).toContain(why.split('\n')[0]);
    expect(message).toContain(`fix: ${fix}`);
    expect(message).toMatch(/\[(\w+=[^\],]+(, )?)+\]/);
    expect(message).not.toMatch(/undefined|\[object |NaN|\bnull\b/);
  });

  test(WITH_REQUEST_ID.includes(code) ? 'has the id of AWS’s answer, and its words' : 'has no id of AWS’s', () => {
    const { requestId, reason } = errorOf(code);
    const isAnswered = requestId !== undefined && requestId.length >= 16 && reason !== undefined && reason !== '';
    expect({ requestId, isAnswered }).toEqual({ requestId, isAnswered: WITH_REQUEST_ID.includes(code) });
  });

  const line = WITH_LOG_TAIL[code];
  test(line === undefined ? 'has no log of a container' : 'has the container’s last lines, in the message too', () => {
    const { logTail, message } = errorOf(code);
    expect(logTail).toEqual(line === undefined ? [] : (expect.arrayContaining([line]) as unknown));
    expect(message.includes('last log lines:')).toBe(line !== undefined);
    expect(message).toContain(line ?? '');
  });
});

test('the messages are the examples of docs/errors.md', () => {
  const examples = Object.fromEntries(FAILURE_CODES.map((code) => [code, settle(errorOf(code).message)]));
  if (process.env.UPDATE_ERROR_EXAMPLES === '1') writeFileSync(EXAMPLES, `${JSON.stringify(examples, null, 2)}\n`);
  expect(JSON.parse(readFileSync(EXAMPLES, 'utf8'))).toEqual(examples);
});
