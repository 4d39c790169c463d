/**
 * A run followed in a terminal, let go of with Ctrl-C, and attached to from another one: the log is whole, and the run
 * has noticed nothing.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeGate, makeGatedImage } from '../support/gated-image';
import { endProcesses } from '../support/processes';
import { DATA_BUCKET, DEPLOY, ESTIMATOR, startRig, uniqueName, type Rig } from '../support/rig';
import { makeScratchFolder, removeScratchFolders } from '../support/scratch';
import { openTerminal } from '../support/terminal';

// Each terminal holds a Node of its own; the machine may be busy with the other tests.
jest.setTimeout(120_000);

const LINE_COUNT = 40;

let rig: Rig;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  rig = await startRig({ emulator: { simulated: false, images: { gated: makeGatedImage() } } });
  env = {
    ...process.env,
    TEMPORAL_ADDRESS: rig.server.address,
    TEMPORAL_SAGEMAKER_TASK_QUEUE: rig.taskQueue,
  };
  delete env.CI;
});
afterEach(endProcesses);
afterAll(async () => {
  await rig.close();
  removeScratchFolders();
});

test('fit-then-deploy, Ctrl-C, attach, end: every log line once and in order, and the run untouched', async () => {
  const name = uniqueName('terminal');
  const gate = makeGate();
  const spec = join(makeScratchFolder(), 'spec.json');
  const input = {
    estimator: { ...ESTIMATOR, imageName: 'gated', hyperparameters: { lines: LINE_COUNT, gate: gate.file } },
    fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName: name },
    deploy: DEPLOY,
  };
  writeFileSync(spec, JSON.stringify(input));
  const expected = Array.from(
    { length: LINE_COUNT },
    (_, index) => `line ${String(index + 1)} of ${String(LINE_COUNT)}`,
  );
  const logOf = (lines: string[]): string[] =>
    lines.filter((line) => line.startsWith('algo-1 │ ')).map((line) => line.replace('algo-1 │ ', ''));

  const first = openTerminal(['fit-then-deploy', '--spec', spec], env);
  await first.waitForOutput(new RegExp(`line ${String(LINE_COUNT / 2)} of`), 60_000);
  first.pressCtrlC();
  const left = await first.ended;
  expect(left.code).toBe(130);
  // What one had seen when one left is the beginning.
  expect(logOf(first.lines())).toEqual(expected.slice(0, LINE_COUNT / 2));
  const [state = '', attach = '', cancel = ''] = first
    .lines()
    .filter((line) => line !== '')
    .slice(-3);
  expect(state).toMatch(new RegExp(`^${name} is at Training .* and goes on$`));
  expect(attach).toBe(`follow it again: node lib/cli/main.js attach ${name}`);
  expect(cancel).toBe(`stop it and remove what it made: node lib/cli/main.js cancel ${name}`);
  // The cursor was never hidden, so that it is there whatever ends the program.
  expect(left.stdout).not.toContain('\u001b[?25l');

  const second = openTerminal(['attach', name], env);
  await second.waitForOutput(new RegExp(`line ${String(LINE_COUNT / 2)} of`), 60_000);
  gate.open();
  expect((await second.ended).code).toBe(0);
  const lines = second.lines().filter((line) => line !== '');
  // Who attaches sees all of it, each line once, and nothing of the picture but its last state.
  expect(logOf(lines)).toEqual(expected);
  expect(lines.filter((line) => line.startsWith(`${name}  `))).toEqual([expect.stringMatching(/ {2}Done {2}/)]);
  expect(lines.at(-1)).toBe(name);

  const { events } = await rig.server.client.workflow.getHandle(name).fetchHistory();
  const types = (events ?? []).map((event) => Object.keys(event).filter((key) => key.endsWith('EventAttributes'))[0]);
  expect(types).toContain('workflowExecutionCompletedEventAttributes');
  expect(types.filter((type) => type?.includes('Cancel') ?? false)).toEqual([]);
  expect(types.filter((type) => type?.includes('Signal') ?? false)).toEqual([]);
  expect(await rig.calls('StopTrainingJob')).toEqual([]);
});

test('a second Ctrl-C leaves at once, whatever the first has begun', async () => {
  const name = uniqueName('twice');
  const gate = makeGate();
  const spec = join(makeScratchFolder(), 'spec.json');
  const input = {
    estimator: { ...ESTIMATOR, imageName: 'gated', hyperparameters: { gate: gate.file } },
    fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName: name },
  };
  writeFileSync(spec, JSON.stringify(input));
  const terminal = openTerminal(['fit', '--spec', spec, '--on-interrupt', 'cancel'], env);
  await terminal.waitForOutput(/line 3 of/, 60_000);
  // The clean-up cannot end before AWS has been told.
  await rig.control.addFaults([
    { operation: 'StopTrainingJob', action: 'error', status: 503, code: 'ServiceUnavailable' },
  ]);
  terminal.pressCtrlC();
  await terminal.waitForOutput(/is told to stop/);
  terminal.pressCtrlC();
  expect((await terminal.ended).code).toBe(130);
  await rig.control.clearFaults();
  // The cancel that was asked for is acted on without anybody waiting.
  await expect(rig.server.client.workflow.getHandle(name).result()).rejects.toThrow('cancelled');
  gate.open();
});
