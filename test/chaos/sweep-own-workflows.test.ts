/**
 * A sweep beside workflows of somebody's own: what their steps delivered stays, though the workflow was terminated, went on
 * in other executions, or never ends; what a step was about to deliver goes.
 */
import type { WorkflowHandle } from '@temporalio/client';
import { RUN_TAG, type SweepResult } from '../../src/contract';
import { startRig, uniqueName, type Handle, type Rig } from '../support/rig';
import { deployInput, letLast, putModelData, untilCalled } from '../support/sweep-stages';
import { until } from '../support/until';

jest.setTimeout(120_000);

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ worker: { worker: { workflowsPath: require.resolve('../support/sweep-workflows') } } });
  await putModelData(rig);
});
afterAll(() => rig.close());

const sweep = async (): Promise<SweepResult> =>
  (await (await rig.start('sweep', { apply: true })).result()) as SweepResult;

const latest = ({ workflowId }: Handle): WorkflowHandle => rig.server.client.workflow.getHandle(workflowId);

/** Starts a chain that deploys these, one in each execution. */
const start = (...names: string[]): Promise<Handle> =>
  rig.start(
    'deployInTurn',
    names.map((name) => deployInput(name)),
  );

const untilServes = (name: string) =>
  until(
    async () =>
      (await rig.control.resources()).some(
        (one) => one.kind === 'endpoint' && one.name === name && one.description.EndpointStatus === 'InService',
      ),
    { what: `${name} to serve`, limitMs: 60_000 },
  );

const standing = async (name: string): Promise<string[]> =>
  (await rig.control.resources())
    .filter((one) => one.name === name || one.name.startsWith(`${name}-`))
    .map(({ kind }) => kind);

const verdictsOf = ({ resources }: SweepResult, name: string): Set<string> =>
  new Set(
    resources.filter((one) => one.name === name || one.name.startsWith(`${name}-`)).map(({ verdict }) => verdict),
  );

const ALL = ['model', 'endpoint-config', 'endpoint'];

test('what each execution delivered stays, while the workflow is open and after it was terminated; the rest goes', async () => {
  const [first, second, third] = [uniqueName('first'), uniqueName('second'), uniqueName('third')];
  await letLast(rig);
  // The third stays on its way until it is let go.
  const step = { status: 'Creating', durationMs: 1 };
  await rig.control.addOutcomes([{ kind: 'endpoint', resource: third, steps: [step] }]);
  const chain = await start(first, second, third);
  await untilServes(first);
  await untilServes(second);
  await untilCalled(rig, 'CreateEndpoint', third);
  // All that the chain makes bears the tag of its first execution.
  const tags = (await rig.control.resources()).map(({ tags }) => tags[RUN_TAG]);
  expect(new Set(tags)).toEqual(new Set([`${chain.workflowId}/${chain.firstExecutionRunId}`]));

  const whileOpen = await sweep();
  for (const name of [first, second, third])
    expect([name, verdictsOf(whileOpen, name)]).toEqual([name, new Set(['in use'])]);

  rig.exempt(chain.workflowId, { from: ['naming'], reason: 'it is terminated' });
  await latest(chain).terminate();
  await rig.control.addOutcomes([{ kind: 'endpoint', when: 'now', resource: third, end: { status: 'InService' } }]);
  const afterwards = await sweep();
  for (const name of [first, second]) {
    expect([name, verdictsOf(afterwards, name)]).toEqual([name, new Set(['delivered'])]);
    expect(await standing(name)).toEqual(ALL);
  }
  expect(await standing(third)).not.toContain('endpoint-config');
});

test('a sweep can be a step of a workflow of one’s own', async () => {
  const run = await rig.start('tidyUp', { apply: true });
  expect(await run.result()).toMatchObject({ orphans: 0, removed: 0 });
});
