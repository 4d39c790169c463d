/**
 * The stages in which a run can be terminated, for test/chaos/sweep.test.ts: before and after the effect of each write that
 * a run really makes, taken from the journal of one that went its way unharmed, and each wait between them.
 */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { DeployInput } from '../../src/contract';
import type { Phase } from '../../src/emulator';
import { DATA_BUCKET, DEPLOY, fitInput, mainJob, ROLE, uniqueName, type Handle, type Rig } from './rig';
import { until } from './until';

const LIMIT_MS = 60_000;
export const FOR_EVER_MS = 600_000;

/** Model data, and a case's own endpoint or job by its name. */
export async function putModelData(rig: Rig): Promise<void> {
  await rig.s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: 'given/model.tar.gz', Body: 'a model' }));
}

export function deployInput(endpointName: string, version = '1'): DeployInput {
  return {
    modelData: `s3://${DATA_BUCKET}/given/model.tar.gz`,
    deploy: { ...DEPLOY, endpointName, image: 'iris', role: ROLE, env: { VERSION: version } },
  };
}

export { fitInput };

/** A kind of run that is terminated. */
export interface Scenario {
  what: string;
  /** What is there before, delivered by runs that ended well. */
  prepare?: (rig: Rig, name: string) => Promise<unknown>;
  start: (rig: Rig, name: string) => Promise<Handle>;
  /** Cancelled once this has been called, while the phase lasts; `mustEnd` where its clean-up waits for the phase's end. */
  cancelled?: { after: string; in: Phase; mustEnd: boolean };
  /** The phases it waits for, each after an operation. */
  waits: { operation: string; phase: Phase }[];
  /** Phases that last in all its stages. */
  lasting?: Phase[];
}

const deployFirst = async (rig: Rig, name: string): Promise<void> => {
  const handle = await rig.start('deploy', deployInput(name));
  // A run that is terminated while it takes things away leaves no ledger to say so.
  const reason = 'the run that takes its place is terminated';
  rig.exempt(handle.workflowId, { from: ['truth'], reason, mayBeIdle: true });
  await handle.result();
};

export const SCENARIOS: Scenario[] = [
  {
    what: 'fit',
    start: (rig, name) => rig.start('fit', fitInput(name)),
    waits: [{ operation: 'CreateTrainingJob', phase: 'Training' }],
  },
  {
    what: 'deploy',
    start: (rig, name) => rig.start('deploy', deployInput(name)),
    waits: [{ operation: 'CreateEndpoint', phase: 'Creating' }],
  },
  {
    what: 'deploy onto an endpoint that serves',
    prepare: deployFirst,
    start: (rig, name) => rig.start('deploy', deployInput(name, '2')),
    waits: [{ operation: 'UpdateEndpoint', phase: 'Updating' }],
  },
  {
    what: 'fitThenDeploy',
    start: (rig, name) => rig.start('fitThenDeploy', mainJob(name)),
    waits: [
      { operation: 'CreateTrainingJob', phase: 'Training' },
      { operation: 'CreateEndpoint', phase: 'Creating' },
    ],
  },
  {
    what: 'deleteEndpoint',
    prepare: deployFirst,
    start: (rig, name) => rig.start('deleteEndpoint', { endpointName: name }),
    waits: [{ operation: 'DeleteEndpoint', phase: 'Deleting' }],
  },
  {
    what: 'cancelled fit',
    start: (rig, name) => rig.start('fit', fitInput(name)),
    cancelled: { after: 'CreateTrainingJob', in: 'Training', mustEnd: false },
    waits: [],
  },
  {
    what: 'cancelled deploy',
    start: (rig, name) => rig.start('deploy', deployInput(name)),
    cancelled: { after: 'CreateEndpoint', in: 'Creating', mustEnd: true },
    waits: [{ operation: 'DeleteEndpoint', phase: 'Deleting' }],
  },
];

const PHASES: Phase[] = ['Training', 'Creating', 'Updating', 'Deleting'];
const AT_ONCE_MS = 20;

/** These phases last for ever, the others end at once: for what begins from now on, and for what is under way. */
export async function letLast(rig: Rig, ...phases: Phase[]): Promise<void> {
  const durations = PHASES.map((phase) => [phase, phases.includes(phase) ? FOR_EVER_MS : AT_ONCE_MS]);
  await rig.control.setClock({ phases: Object.fromEntries(durations) as Partial<Record<Phase, number>> });
}

/** One case: where the run is when it is terminated. */
export interface Stage {
  scenario: Scenario;
  what: string;
  at: { operation: string; when: 'before' | 'after' } | { operation: string; phase: Phase };
}

const IS_WRITE = /^(Create|Update|Stop|Delete)/;

const belongsTo = (name: string) => (call: { resource: string | null }) =>
  call.resource !== null && (call.resource === name || call.resource.startsWith(`${name}-`));

export async function untilCalled(rig: Rig, operation: string, name: string): Promise<void> {
  await until(async () => (await rig.calls(operation)).some(belongsTo(name)), {
    what: `${operation} for ${name}`,
    limitMs: LIMIT_MS,
    intervalMs: 100,
  });
}

/** The stages of a scenario, by what one run of it calls when nobody harms it. */
export async function findStages(rig: Rig, scenario: Scenario): Promise<Stage[]> {
  const { cancelled, waits } = scenario;
  const name = uniqueName('unharmed');
  await letLast(rig);
  await scenario.prepare?.(rig, name);
  if (cancelled) await letLast(rig, cancelled.in);
  const since = (await rig.control.calls()).length;
  const handle = await scenario.start(rig, name);
  if (cancelled) {
    await untilCalled(rig, cancelled.after, name);
    await handle.cancel();
    if (cancelled.mustEnd) await letLast(rig);
  }
  await handle.result().catch(() => undefined);
  const calls = (await rig.control.calls({ since })).filter(belongsTo(name)).map(({ operation }) => operation);
  const from = cancelled ? calls.indexOf(cancelled.after) + 1 : 0;
  const writes = [...new Set(calls.slice(from).filter((operation) => IS_WRITE.test(operation)))];
  return [
    ...writes.flatMap((operation) =>
      (['before', 'after'] as const).map((when) => ({
        scenario,
        what: `${scenario.what}, ${when} the effect of ${operation}`,
        at: { operation, when },
      })),
    ),
    ...waits.map((at) => ({ scenario, what: `${scenario.what}, ${at.phase}`, at })),
  ];
}

/** A run that was terminated in its stage. */
export interface TerminatedRun {
  stage: Stage;
  name: string;
  handle: Handle;
}

/** Brings runs to their stages, all that need the same phases to last at once, and terminates each there. */
export async function terminateAll(rig: Rig, stages: Stage[]): Promise<TerminatedRun[]> {
  const groups = new Map<string, Stage[]>();
  for (const stage of stages) {
    const { cancelled } = stage.scenario;
    const lasting = [...('phase' in stage.at ? [stage.at.phase] : []), ...(cancelled ? [cancelled.in] : [])];
    const key = [...lasting, ...(cancelled ? ['cancelled', String(cancelled.mustEnd)] : [])].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), stage]);
  }
  const ended: TerminatedRun[] = [];
  for (const group of groups.values()) ended.push(...(await terminateGroup(rig, group)));
  return ended;
}

async function terminateGroup(rig: Rig, stages: Stage[]): Promise<TerminatedRun[]> {
  const [first] = stages;
  const waited = first && 'phase' in first.at ? [first.at.phase] : [];
  const cancelled = first?.scenario.cancelled;
  await letLast(rig);
  const cases = await Promise.all(
    stages.map(async (stage, index) => {
      const name = uniqueName(`case-${String(index)}`);
      await stage.scenario.prepare?.(rig, name);
      return { stage, name };
    }),
  );
  await letLast(rig, ...waited, ...(cancelled ? [cancelled.in] : []));
  const started = await Promise.all(
    cases.map(async ({ stage, name }) => {
      const { at, scenario } = stage;
      const resource = `${name}(-.*)?`;
      const rules =
        'when' in at
          ? await rig.control.addFaults([{ operation: at.operation, when: at.when, action: 'hold', resource }])
          : [];
      const handle = await scenario.start(rig, name);
      if (cancelled) {
        await untilCalled(rig, cancelled.after, name);
        await handle.cancel();
      }
      return { stage, name, handle, rule: rules[0]?.id };
    }),
  );
  if (cancelled?.mustEnd) await letLast(rig, ...waited);
  return Promise.all(
    started.map(async ({ stage, name, handle, rule }) => {
      if (rule === undefined) await untilCalled(rig, stage.at.operation, name);
      else await untilHeld(rig, rule, stage);
      await handle.terminate('the test ends it');
      if (rule === undefined) return { stage, name, handle };
      // What was on its way takes effect though its run has ended.
      await rig.control.release(rule);
      await untilCalled(rig, stage.at.operation, name);
      return { stage, name, handle };
    }),
  );
}

async function untilHeld(rig: Rig, rule: string, { what }: Stage): Promise<void> {
  try {
    await rig.control.untilHeld(rule, LIMIT_MS);
  } catch (error) {
    throw new Error(`not reached: ${what}`, { cause: error });
  }
}
