/** `dev` as people and programs use it: one process that keeps three, and the commands that work with them. */
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DOCUMENT_SCHEMAS } from '../../src/cli/result-schemas';
import { emulatorControl } from '../../src/emulator';
import { readEvents } from '../support/events';
import { endProcesses, isAlive, runProcess, startProcess, type TestProcess } from '../support/processes';
import { temporalCliPath } from '../support/temporal';
import type { OpenWorld } from '../support/promises/open-worlds';
import { openStackWorld } from '../support/promises/stack-world';
import { until } from '../support/until';
import type { DevStack } from './dev-stack';

const PROGRAM = join(__dirname, '../../lib/cli/main.js');
const BLANK_DIGIT = Array.from({ length: 64 }, () => 0);

// Each command is a Node of its own; the machine may be busy with the other tests.
jest.setTimeout(120_000);

let dev: TestProcess;
let addresses: DevStack & { folder: string };
let env: NodeJS.ProcessEnv;

async function startDev(): Promise<void> {
  dev = startProcess(process.execPath, [PROGRAM, 'dev', '--json'], {
    env: { ...process.env, TEMPORAL_CLI_PATH: temporalCliPath() },
  });
  const [line] = await dev.waitForOutput(/^.*\n/, 90_000);
  addresses = DOCUMENT_SCHEMAS.dev.parse(JSON.parse(line));
  env = {
    ...process.env,
    TEMPORAL_ADDRESS: addresses.temporalAddress,
    AWS_ENDPOINT_URL: addresses.awsEndpointUrl,
    AWS_REGION: addresses.region,
    AWS_ACCESS_KEY_ID: addresses.accessKeyId,
    AWS_SECRET_ACCESS_KEY: addresses.secretAccessKey,
  };
}

function start(args: string[], spec?: object): TestProcess {
  const program = startProcess(process.execPath, [PROGRAM, ...args], { env, stdin: spec !== undefined });
  if (spec === undefined) return program;
  program.write(JSON.stringify(spec));
  program.closeInput();
  return program;
}

function specOf(jobName: string, epochSeconds: number): object {
  return {
    estimator: {
      imageName: 'digits',
      role: 'SageMakerRole',
      trainInstanceCount: 1,
      trainInstanceType: 'ml.m5.large',
      hyperparameters: { epochs: 2, epoch_seconds: epochSeconds },
    },
    fit: { inputs: 's3://cli-test/digits', jobName },
    deploy: { initialInstanceCount: 1, instanceType: 'ml.m5.large' },
  };
}

const areAllGone = () => !Object.values(addresses.pids).some(isAlive);

async function putData(): Promise<void> {
  const { region, awsEndpointUrl: endpoint, accessKeyId, secretAccessKey } = addresses;
  const s3 = new S3Client({ region, endpoint, credentials: { accessKeyId, secretAccessKey } });
  const digits = Array.from({ length: 20 }, (_, row) => [...BLANK_DIGIT.slice(1), row % 16, row % 10].join(','));
  await s3.send(new CreateBucketCommand({ Bucket: 'cli-test' }));
  await s3.send(new PutObjectCommand({ Bucket: 'cli-test', Key: 'digits/train.csv', Body: digits.join('\n') }));
  s3.destroy();
}

describe('while it is up', () => {
  let world: OpenWorld;
  beforeAll(async () => {
    await startDev();
    world = await openStackWorld(addresses);
    await putData();
    const quick = { Starting: 50, Downloading: 50, Uploading: 50, Creating: 50, Deleting: 50 };
    await emulatorControl(addresses.awsEndpointUrl).setClock({ phases: quick });
  });
  afterAll(endProcesses);

  test('it has printed one object, and its parts are real processes', () => {
    expect(dev.stdout().trimEnd().split('\n')).toHaveLength(1);
    expect(addresses).toMatchObject({
      temporalAddress: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      temporalHttpUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      temporalUiUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      awsEndpointUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      taskQueue: 'sagemaker',
    });
    expect(Object.values(addresses.pids).filter(isAlive)).toHaveLength(3);
  });

  test('a run is started, followed from another process, found again, and its endpoint deleted', async () => {
    const detached = await start(['fit-then-deploy', '--spec', '-', '--detach', '--json'], specOf('cli-1', 0)).ended;
    expect(readEvents(detached.stdout).at(-1)).toMatchObject({
      ...{ type: 'result', workflowId: 'cli-1', trainingJobName: 'cli-1', endpointName: 'cli-1' },
      runId: expect.any(String),
    });

    const attached = await start(['attach', 'cli-1', '--json']).ended;
    const events = readEvents(attached.stdout);
    expect(attached.code).toBe(0);
    expect(events.filter(({ type }) => type === 'log').map(({ line }) => line)).toContainEqual(
      expect.stringMatching(/^epoch=2 train:loss=/),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'status', subject: 'endpoint', status: 'InService' }),
    );
    expect(events.at(-1)).toMatchObject({ type: 'result', trainingJobName: 'cli-1', endpointName: 'cli-1' });

    const [status, deleted] = await Promise.all([
      start(['status', 'cli-1']).ended,
      start(['delete-endpoint', 'cli-1', '--json']).ended,
    ]);
    expect(status.stdout).toMatch(/^cli-1 {2}Done /);
    expect(readEvents(deleted.stdout).at(-1)).toMatchObject({ type: 'result', endpointName: 'cli-1', left: [] });
  });

  test('who follows a run that is cancelled ends with 5, cancel itself with 0', async () => {
    const follower = start(['fit-then-deploy', '--spec', '-', '--json'], specOf('cli-2', 30));
    await follower.waitForOutput(/"line":"epoch=1 /);
    const cancelled = await start(['cancel', 'cli-2', '--json']).ended;
    expect(cancelled.code).toBe(0);
    expect(readEvents(cancelled.stdout).at(-1)).toMatchObject({
      type: 'result',
      outcome: 'Cancelled',
      ledger: [expect.objectContaining({ kind: 'training job', name: 'cli-2' })],
    });
    const followed = await follower.ended;
    expect(followed.code).toBe(5);
    expect(readEvents(followed.stdout).at(-1)).toMatchObject({ type: 'error', code: 'Cancelled', exitCode: 5 });
  });

  test('an interrupted follower says how to come back; a killed worker is told and another goes on', async () => {
    const follower = start(['fit-then-deploy', '--spec', '-'], specOf('cli-3', 5));
    await follower.waitForOutput(/epoch=1 /);
    follower.kill('SIGINT');
    const interrupted = await follower.ended;
    expect(interrupted.code).toBe(130);
    const [, attach = ''] = /^follow it again: (.*)$/m.exec(interrupted.stderr) ?? [];
    expect(attach).toMatch(/ attach cli-3$/);
    expect(interrupted.stderr).toContain(attach.replace(' attach ', ' cancel '));

    process.kill(addresses.pids.worker, 'SIGKILL');
    await until(() => dev.stderr().includes('worker has ended (SIGKILL)'), { what: 'dev to tell of the worker' });
    const second = start(['worker', '--json']);
    const ready = await second.waitForOutput(/\{"ready":true.*\}/);
    expect(DOCUMENT_SCHEMAS.worker.parse(JSON.parse(ready[0]))).toMatchObject({ pid: second.pid });
    // What was told to be typed is typed.
    const attached = await runProcess('sh', ['-c', attach], { env });
    expect(attached.code).toBe(0);
    expect(attached.stdout).toMatch(/epoch=1 [^]*epoch=2 [^]*\ncli-3\n$/);
    const created = await emulatorControl(addresses.awsEndpointUrl).calls({ operation: 'CreateTrainingJob' });
    expect(created.filter(({ resource }) => resource === 'cli-3')).toHaveLength(1);

    second.kill('SIGTERM');
    expect(await second.ended).toMatchObject({ code: 0 });
  });

  test('SIGTERM takes all of it down, processes and folder', async () => {
    await world.close();
    dev.kill('SIGTERM');
    expect(await dev.ended).toMatchObject({ code: 0 });
    expect(areAllGone()).toBe(true);
    expect(existsSync(addresses.folder)).toBe(false);
  });
});

test('a dev that is killed leaves none of its parts behind', async () => {
  await startDev();
  dev.kill('SIGKILL');
  await until(areAllGone, { what: 'the parts to end', limitMs: 15_000 });
  // Nobody was left to remove it.
  rmSync(addresses.folder, { recursive: true, force: true });
});
