/**
 * Whoever follows a run is no part of it: the program killed -9, its terminal closed, the laptop asleep. The run notices
 * nothing, and who attaches later, or wakes up, has every log line once and in order.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEvents } from '../support/events';
import { makeGate, makeGatedImage } from '../support/gated-image';
import { endProcesses, startProcess, type TestProcess } from '../support/processes';
import { DATA_BUCKET, ESTIMATOR, startRig, uniqueName, type Rig } from '../support/rig';
import { makeScratchFolder, removeScratchFolders } from '../support/scratch';

const PROGRAM = join(__dirname, '../../lib/cli/main.js');
const LIMIT_MS = 90_000;
const COUNT = 20;
const LINES = Array.from({ length: COUNT }, (_, index) => `line ${String(index + 1)} of ${String(COUNT)}`);
const HALF = new RegExp(`line ${String(COUNT / 2)} of`);
jest.setTimeout(240_000);

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ emulator: { simulated: false, images: { gated: makeGatedImage() } } });
});
afterEach(endProcesses);
afterAll(async () => {
  await rig.close();
  removeScratchFolders();
});

function startFollower(...args: string[]): TestProcess {
  const env = { ...process.env, TEMPORAL_ADDRESS: rig.server.address, TEMPORAL_SAGEMAKER_TASK_QUEUE: rig.taskQueue };
  return startProcess(process.execPath, [PROGRAM, ...args, '--json'], { env });
}

/** Starts a run by the command, and waits until half of its log is printed. */
async function followToHalf(): Promise<{ name: string; follower: TestProcess; letTrainingEnd: () => void }> {
  const name = uniqueName();
  const gate = makeGate();
  const spec = join(makeScratchFolder(), 'spec.json');
  const estimator = { ...ESTIMATOR, imageName: 'gated', hyperparameters: { lines: COUNT, gate: gate.file } };
  writeFileSync(spec, JSON.stringify({ estimator, fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName: name } }));
  const follower = startFollower('fit', '--spec', spec);
  await follower.waitForOutput(HALF, LIMIT_MS);
  return {
    name,
    follower,
    letTrainingEnd: () => {
      gate.open();
    },
  };
}

function logOf(stdout: string): unknown[] {
  return readEvents(stdout)
    .filter(({ type }) => type === 'log')
    .map(({ line }) => line)
    .filter((line) => LINES.includes(String(line)));
}

/** Nobody has sent anything to the run, and nothing was stopped. */
async function expectUntouched(name: string): Promise<void> {
  const { events } = await rig.server.client.workflow.getHandle(name).fetchHistory();
  const sent = (events ?? []).filter(
    (event) => event.workflowExecutionCancelRequestedEventAttributes ?? event.workflowExecutionSignaledEventAttributes,
  );
  expect(sent).toEqual([]);
  expect((await rig.calls('StopTrainingJob')).filter(({ resource }) => resource === name)).toEqual([]);
}

it.each([
  ['SIGKILL', null],
  ['SIGHUP', 129],
  ['SIGTERM', 143],
] as const)(
  'a follower ended by %s: the run goes on, and who attaches has the whole log, each line once',
  async (signal, exitCode) => {
    const { name, follower, letTrainingEnd } = await followToHalf();
    follower.kill(signal);
    expect((await follower.ended).code).toBe(exitCode);
    const again = startFollower('attach', name);
    await again.waitForOutput(HALF, LIMIT_MS);
    letTrainingEnd();
    const { code, stdout } = await again.ended;
    expect(code).toBe(0);
    expect(logOf(stdout)).toEqual(LINES);
    await expectUntouched(name);
  },
);

it('a follower that was asleep while the run went on and ended has the whole log when it wakes up', async () => {
  const { name, follower, letTrainingEnd } = await followToHalf();
  follower.kill('SIGSTOP');
  letTrainingEnd();
  await rig.server.client.workflow.getHandle(name).result();
  follower.kill('SIGCONT');
  const { code, stdout } = await follower.ended;
  expect(code).toBe(0);
  expect(logOf(stdout)).toEqual(LINES);
  await expectUntouched(name);
});
