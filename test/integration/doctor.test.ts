/** `doctor` against a whole stack, and against stacks in which one thing is wrong. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import type { CheckResult } from '../../src/cli/doctor/finding';
import { startEmulator } from '../../src/emulator';
import { removeRole } from '../../src/emulator/identity/handlers';
import { openRecords } from '../../src/emulator/records';
import { startAlteringProxy, type Alterations } from '../support/altering-proxy';
import { squatBucket } from '../support/emulator-world';
import { startRefusingServer } from '../support/refusing-server';
import { startRig, type Rig } from '../support/rig';
import { runForEvents, runProgramHere } from '../support/run-program';
import { makeScratchFolder, removeScratchFolders } from '../support/scratch';
import { until } from '../support/until';

let rig: Rig;
/** The variables that lead to the whole stack and nowhere else. */
let whole: NodeJS.ProcessEnv;
const given = { ...process.env };

beforeAll(async () => {
  rig = await startRig();
  whole = {
    TEMPORAL_ADDRESS: rig.server.address,
    TEMPORAL_NAMESPACE: rig.server.namespace,
    TEMPORAL_SAGEMAKER_TASK_QUEUE: rig.taskQueue,
    AWS_ENDPOINT_URL: rig.emulator.url,
    AWS_REGION: rig.emulator.region,
    AWS_ACCESS_KEY_ID: rig.emulator.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: rig.emulator.credentials.secretAccessKey,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
});
afterAll(async () => {
  process.env = given;
  await rig.close();
  removeScratchFolders();
});

/** Runs it in the given surroundings. AWS's and Temporal's own chains read the process's variables. */
async function examine(changes: NodeJS.ProcessEnv = {}, args: string[] = []) {
  process.env = { ...given, ...whole, ...changes };
  const { code, last } = await runForEvents(['doctor', ...args], { env: process.env });
  const checks = last.checks as CheckResult[];
  return {
    code,
    last,
    states: Object.fromEntries(checks.map(({ name, state }) => [name, state])),
    check: (name: CheckResult['name']) => checks.find((check) => check.name === name),
    /** Those that are not ok. */
    troubles: checks.filter(({ state }) => state !== 'ok').map(({ name, state }) => `${name}: ${state}`),
  };
}

const text = (part: string) => expect.stringContaining(part) as string;

test('a whole stack is found in order, and nothing is written anywhere', async () => {
  const before = (await rig.control.calls()).length;
  // The workers' first polls are under way.
  const { code, last, check } = await until(
    async () => {
      const report = await examine({}, ['--role', 'Trainer']);
      return report.troubles.length === 0 && report;
    },
    { what: 'a doctor who finds nothing' },
  );

  expect(code).toBe(0);
  expect(last).toMatchObject({ type: 'result', command: 'doctor', healthy: true, exitCode: 0 });
  expect(check('temporal')?.what).toMatch(/^server \d+\.\d+\.\d+ at 127\.0\.0\.1:\d+$/);
  expect(check('workers')?.what).toMatch(
    new RegExp(`^${rig.taskQueue}: ${String(process.pid)}@\\S+ \\(.*last poll \\d+ s ago`),
  );
  expect(check('waits-workers')?.what).toMatch(new RegExp(`^${rig.taskQueue}-waits: `));
  expect(check('aws-identity')?.what).toBe(
    `account ${rig.emulator.account}, arn:aws:iam::${rig.emulator.account}:user/emulator, region ${rig.emulator.region}`,
  );
  expect(JSON.stringify(last)).not.toContain(rig.emulator.credentials.secretAccessKey);

  const calls = (await rig.control.calls()).slice(before);
  expect(new Set(calls.map(({ operation }) => operation))).toEqual(
    new Set(['GetCallerIdentity', 'GetRole', 'HeadBucket']),
  );
  const { count } = await rig.server.client.workflow.count(`TaskQueue STARTS_WITH '${rig.taskQueue}'`);
  expect(count).toBe(0);
});

test('for people it is a line each, with the fix of what is not in order', async () => {
  process.env = { ...given, ...whole, TEMPORAL_SAGEMAKER_TASK_QUEUE: `nobody-${randomUUID()}` };
  const { code, stdout, stderr } = await runProgramHere(['doctor'], { env: process.env });
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^✓ node {15}temporal-sagemaker /);
  expect(lines).toContainEqual(expect.stringMatching(/^! workers {12}no worker polls nobody-/));
  expect(lines).toContainEqual(expect.stringMatching(/^ {21}fix: Start one: /));
  expect(lines.at(-1)).toBe('2 warnings of 11 checks');
  expect(stderr).toContain('10 seconds at most');
});

test('without a Temporal server it ends with 8, having looked at AWS all the same', async () => {
  const { code, troubles, check } = await examine({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
  expect(code).toBe(8);
  expect(troubles).toEqual([
    'temporal: failed',
    ...['namespace: warning', 'search-attributes: warning', 'workers: warning', 'waits-workers: warning'],
  ]);
  expect(check('temporal')).toMatchObject({ what: text('127.0.0.1:1'), fix: text('TEMPORAL_ADDRESS') });
});

test('a namespace that does not exist comes with the command that creates it', async () => {
  const { code, states, check } = await examine({ TEMPORAL_NAMESPACE: 'nowhere' });
  expect(code).toBe(8);
  expect(states).toMatchObject({ temporal: 'ok', namespace: 'failed', workers: 'warning' });
  expect(check('namespace')?.fix).toContain(
    `temporal operator namespace create --address ${rig.server.address} --namespace nowhere`,
  );
  expect(check('search-attributes')?.what).toBe('not checked: the namespace does not exist');
});

test('a namespace without our search attributes is one to be warned of', async () => {
  const namespace = `bare-${randomUUID()}`;
  await rig.server.connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  const { code, check } = await until(
    async () => {
      const report = await examine({ TEMPORAL_NAMESPACE: namespace });
      return (
        report.check('namespace')?.state === 'ok' &&
        !report.check('search-attributes')?.what.includes('not checked') &&
        report
      );
    },
    { what: 'the new namespace to be known', limitMs: 30_000 },
  );
  expect(code).toBe(0);
  expect(check('search-attributes')).toMatchObject({
    state: 'warning',
    fix:
      `temporal operator search-attribute create --address ${rig.server.address} --namespace ${namespace} ` +
      '--name TrainingJobName --type Keyword --name EndpointName --type Keyword --name SageMakerStage --type Keyword',
  });
});

test('search attributes that the server lists for nobody, as Temporal Cloud does, are one to be warned of', async () => {
  const server = await startRefusingServer('ListSearchAttributes');
  try {
    const { code, check } = await examine({ TEMPORAL_ADDRESS: server.address });
    expect(code).toBe(0);
    expect(check('search-attributes')).toMatchObject({
      state: 'warning',
      what: text('Request unauthorized'),
      fix: text('On Temporal Cloud'),
    });
  } finally {
    await server.close();
  }
});

test('a Temporal and an AWS that never answer are given up, each by the check that asks them', async () => {
  const hole = await openBlackHole();
  try {
    const { code, states, check } = await examine(
      { TEMPORAL_ADDRESS: hole.address, AWS_ENDPOINT_URL: `http://${hole.address}` },
      ['--role', 'Trainer'],
    );
    expect(code).toBe(8);
    expect(states).toMatchObject({
      ...{ node: 'ok', configuration: 'ok', temporal: 'failed', 'aws-identity': 'failed', emulator: 'failed' },
      // Nobody waits for them a second time.
      ...{ namespace: 'warning', 'search-attributes': 'warning', workers: 'warning', 'waits-workers': 'warning' },
      ...{ clock: 'warning', role: 'warning', bucket: 'warning' },
    });
    expect(check('temporal')?.what).toContain(hole.address);
    expect(check('aws-identity')?.what).toMatch(/tim(ed? ?-?out|eout)/i);
    expect(check('emulator')?.what).toMatch(/tim(ed? ?-?out|eout)/i);
    expect(hole.visits()).toBeGreaterThan(1);
  } finally {
    await hole.close();
  }
});

test('without AWS credentials it ends with 4, and with wrong ones too', async () => {
  const none = await examine({ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
  expect(none.code).toBe(4);
  expect(none.check('aws-identity')).toMatchObject({ state: 'failed', fix: text('AWS_PROFILE') });
  expect(none.troubles).toEqual(['aws-identity: failed', 'clock: warning', 'bucket: warning']);

  const wrong = await examine({ AWS_SECRET_ACCESS_KEY: 'wrong' });
  expect(wrong.code).toBe(4);
  expect(wrong.states).toMatchObject({ 'aws-identity': 'failed', clock: 'ok', bucket: 'warning' });
});

test('without a region, or with a wrong setting, it ends with 1', async () => {
  const { code, check } = await examine({ AWS_REGION: '' });
  expect(code).toBe(1);
  expect(check('configuration')).toMatchObject({ state: 'failed', fix: text('AWS_REGION') });
  const { code: ofSetting, check: ofCheck } = await examine({ TEMPORAL_SAGEMAKER_POLL_MAX_MS: 'often' });
  expect(ofSetting).toBe(1);
  expect(ofCheck('configuration')?.what).toContain('TEMPORAL_SAGEMAKER_POLL_MAX_MS');
});

test('an emulator that is gone is told as such, and so is something else in its place', async () => {
  const gone = await examine({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
  expect(gone.code).toBe(8);
  expect(gone.states).toMatchObject({ 'aws-identity': 'failed', emulator: 'failed' });
  const other = await examineBehind({ rewriteBody: (body) => (body.includes('phases') ? '<html>' : body) });
  expect(other.states).toMatchObject({ 'aws-identity': 'ok', emulator: 'warning' });
});

test.each([
  [20 * 60_000, 'failed', 1, 's behind'],
  [-2 * 60_000, 'warning', 0, 's ahead of'],
])('a clock of AWS that is %d ms ahead is %s', async (skewMs, state, exitCode, words) => {
  const { code, check } = await examineBehind({ skewMs });
  expect(code).toBe(exitCode);
  expect(check('clock')).toMatchObject({ state, what: text(words), fix: text('NTP') });
});

test('a role that SageMaker may not assume ends with 4', async () => {
  const rewriteBody = (body: string) => body.replaceAll('sagemaker.amazonaws.com', 'ec2.amazonaws.com');
  const { code, check, troubles } = await examineBehind({ rewriteBody }, ['--role', 'Trainer']);
  expect(code).toBe(4);
  expect(troubles).toEqual(['role: failed']);
  expect(check('role')).toMatchObject({
    what: text('role/Trainer does not allow'),
    fix: text('sagemaker.amazonaws.com'),
  });
});

test("a role that is not there and a default bucket that is somebody else's end with 4", async () => {
  const folder = makeScratchFolder();
  const { account, region } = rig.emulator;
  const bucket = `sagemaker-${region}-${account}`;
  squatBucket(folder, { name: bucket, owner: '999999999999', open: true });
  removeRole({ records: openRecords(join(folder, 'records'), () => undefined) }, 'Trainer');
  const emulator = await startEmulator({ folder, region, account });
  try {
    const { code, check } = await examine(
      {
        AWS_ENDPOINT_URL: emulator.url,
        AWS_ACCESS_KEY_ID: emulator.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: emulator.credentials.secretAccessKey,
      },
      ['--role', 'Trainer'],
    );
    expect(code).toBe(4);
    expect(check('bucket')).toMatchObject({ state: 'failed', what: text(`${bucket} belongs to another account`) });
    expect(check('role')).toMatchObject({ state: 'failed', what: text('there is no IAM role Trainer') });
  } finally {
    await emulator.close();
  }
});

/** A place that takes connections, and says nothing on them. */
async function openBlackHole() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    visits: () => sockets.size,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** The same stack, with something between it and us that changes AWS's answers. */
async function examineBehind(alterations: Alterations, args: string[] = []) {
  const proxy = await startAlteringProxy(rig.emulator.url, alterations);
  try {
    return await examine({ AWS_ENDPOINT_URL: proxy.url }, args);
  } finally {
    await proxy.close();
  }
}
