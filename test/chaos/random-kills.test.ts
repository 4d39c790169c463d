/**
 * Ten runs at once on one worker process, which is killed -9 eight times at random and started again. When is drawn from
 * a seed, which is printed; RANDOM_KILLS_SEED has it done again.
 */
import { randomInt } from 'node:crypto';
import type { FitThenDeployResult } from '../../src/contract';
import type { JournalEntry } from '../../src/emulator';
import { startCaseRig, type Case, type CaseRig } from '../support/case-rig';
import { checkPromises } from '../support/promises';
import { mainJob } from '../support/rig';
import { until } from '../support/until';

jest.setTimeout(300_000);

const RUNS = 10;
const KILLS = 8;
const SEED = Number(process.env.RANDOM_KILLS_SEED ?? randomInt(2 ** 31));
const KINDS = ['training-job', 'model', 'endpoint-config', 'endpoint'];
const CREATES = ['CreateTrainingJob', 'CreateModel', 'CreateEndpointConfig', 'CreateEndpoint'];

let rig: CaseRig;
let one: Case;
beforeAll(async () => {
  rig = await startCaseRig({ spares: 1 });
  one = await rig.startCase({
    phases: { Starting: 100, Downloading: 50, Training: 300, Uploading: 50, Creating: 300 },
  });
});
afterAll(async () => {
  await one.close();
  await rig.close();
});

it('ten runs at once, the worker killed -9 eight times: ten jobs, models, configs and endpoints are made, no more', async () => {
  process.stdout.write(`random kills: RANDOM_KILLS_SEED=${String(SEED)}\n`);
  const draw = drawsOf(SEED);
  const names = Array.from({ length: RUNS }, (_, ordinal) => `${one.name}-${String(ordinal)}`);
  const handles = await Promise.all(names.map((name) => one.start('fitThenDeploy', mainJob(name), name)));

  let seen = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const victim = await rig.loadVictim();
    await one.startWorkerIn(victim);
    // Each run makes at least six calls that are no status reads, and no seed asks for more of them than the ten runs
    // have: eight kills find work to interrupt. Most of the first ten are `prepare`, whose loss costs a minute and is a
    // row of the kill table.
    const steps = (kill === 0 ? RUNS : 1) + draw(4);
    const reads = draw(5);
    seen = await untilCalls(seen, steps, ({ operation }) => !operation.startsWith('Describe'));
    seen = await untilCalls(seen, reads, ({ operation }) => operation.startsWith('Describe'));
    await victim.kill();
    one.gate.reopen();
  }
  await one.startRescuer();

  const results = (await Promise.all(handles.map((handle) => handle.result()))) as FitThenDeployResult[];
  expect(results.map(({ endpointName }) => endpointName)).toEqual(names);
  const journal = await one.control.calls();
  const made = CREATES.map(
    (create) => journal.filter((call) => call.operation === create && call.status === 200).length,
  );
  expect(made).toEqual(CREATES.map(() => RUNS));
  const resources = await one.control.resources();
  expect(KINDS.map((kind) => resources.filter((resource) => resource.kind === kind).length)).toEqual(
    KINDS.map(() => RUNS),
  );
  await checkPromises({ control: one.control, client: rig.server.client, taskQueues: [one.taskQueue] });
});

/** Waits until the journal has so many further calls that count; answers its length then. */
async function untilCalls(seen: number, count: number, counts: (call: JournalEntry) => boolean): Promise<number> {
  const { length } = await until(
    async () => {
      const calls = await one.control.calls({ since: seen });
      return calls.filter(counts).length >= count && calls;
    },
    { what: `${String(count)} calls after the first ${String(seen)}`, limitMs: 120_000, intervalMs: 10 },
  );
  return seen + length;
}

/** Whole numbers below a limit, the same for the same seed: a linear congruential generator's upper bits. */
function drawsOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
