/**
 * `sweep --apply`, with its worker killed -9 at every call by which it removes something: before it takes effect, after
 * that, and when it has been answered and Temporal has not heard of it. Another worker goes on, and in the end what was
 * removed, and what the sweep says of it, is as if nobody had been killed.
 */
import { CreateTrainingJobCommand, DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { RUN_TAG } from '../../src/contract';
import { makeEndpoint, makeModel, trainingJobRequest } from '../support/by-hand';
import { MOMENTS } from '../support/call-gate';
import { startCaseRig, type Case, type CaseRig } from '../support/case-rig';
import { until } from '../support/until';
import type { Ending } from './ending';
import { runHealthy, runKilled, type Row } from './kill-one';
import type { Scenario } from './kill-scenarios';
import { openLane } from './lane';

jest.setTimeout(300_000);

const WRITES = ['StopTrainingJob', 'DeleteEndpoint', 'DeleteEndpointConfig', 'DeleteModel'];
const CASES = WRITES.flatMap((call) => MOMENTS.map((moment) => ({ call, moment })));
/** Cases to one process: starting it costs as much as they do. */
const KILLED_TOGETHER = 4;

const sweep: Scenario = {
  type: 'sweep',
  input: () => ({ apply: true }),
  // A job that trains does so until it is stopped.
  options: { onSeen: { Training: () => undefined } },
  prepare: leaveOrphans,
  ends: 'Completed',
  leaves: ['training job: Stopped'],
  exempt: (name) => ({ [`gone-${name}`]: { from: ['naming'], reason: 'it was terminated' } }),
};

/** One of each kind, as a run leaves them that is terminated. */
async function leaveOrphans(one: Case): Promise<void> {
  const { name, sagemaker, control } = one;
  const run = await one.start('deploy', {}, `gone-${name}`);
  await run.terminate();
  const Tags = [{ Key: RUN_TAG, Value: `${run.workflowId}/${run.firstExecutionRunId}` }];
  const ModelName = `${name}-0123456789`;
  const StoppingCondition = { MaxRuntimeInSeconds: 86_400 };
  await sagemaker.send(new CreateTrainingJobCommand(trainingJobRequest(name, { StoppingCondition, Tags })));
  await makeModel(sagemaker, ModelName, { Tags });
  await control.setClock({ phases: { Creating: 0 } });
  await makeEndpoint(sagemaker, name, { ModelName, EndpointConfigName: ModelName, Tags });
  await until(
    async () =>
      (await sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }))).EndpointStatus === 'InService',
    { what: 'the endpoint to serve', limitMs: 60_000 },
  );
}

let rig: CaseRig;
let healthy: Promise<Row>;
const killed: Promise<Row>[] = [];

beforeAll(async () => {
  rig = await startCaseRig();
  healthy = runHealthy(rig, sweep);
  await Promise.allSettled([healthy]);
  const lane = openLane(1);
  for (let at = 0; at < CASES.length; at += KILLED_TOGETHER) {
    const together = CASES.slice(at, at + KILLED_TOGETHER).map((one) => ({ ...one, run: sweep }));
    killed.push(...runKilled(rig, together, lane));
  }
  // Told by the tests, which come later.
  for (const row of killed) row.catch(() => undefined);
});
afterAll(async () => {
  await Promise.allSettled(killed);
  await rig.close();
});

/** Jobs and endpoints go side by side, so that the ledger names them in either order. */
function endingOf({ end, ledger, leaves, effects }: Row): Ending {
  const inOrder = [...ledger].sort((one, other) => (one.kind < other.kind ? -1 : 1));
  return { end, ledger: inOrder, leaves, effects };
}

test('left alone, a sweep makes the calls that workers are killed at', async () => {
  const { end, leaves, ledger, calls } = await healthy;
  expect(end).toBe(sweep.ends);
  expect(leaves).toEqual(sweep.leaves.map((one) => `${one}: NAME`));
  expect(calls.filter((one) => /^(Stop|Delete|Create|Update)/.test(one)).sort()).toEqual([...WRITES].sort());
  expect(ledger.map(({ kind, state }) => `${kind}: ${state}`).sort()).toEqual([
    'endpoint config: deleted',
    'endpoint: deleted',
    'model: deleted',
    'training job: left',
  ]);
});

test.each(CASES.map((one, index) => [one.call, one.moment, index] as const))(
  'killed at %s, %s: the end is as if nobody had been killed',
  async (_call, _moment, index) => {
    expect(endingOf(await killed[index]!)).toEqual(endingOf(await healthy));
  },
);
