/**
 * The cases of the cancel table, made of the calls that healthy runs make (kill-points.json), and what must hold at the
 * end of each. Nothing is typed here for single calls but from which on a cancel comes too late.
 */
import type { LedgerEntry } from '../../src/contract';
import type { Cancel, Row } from './cancel-one';
import points from './kill-points.json';
import { SCENARIOS, type Scenario } from './kill-scenarios';

export interface CancelCase extends Cancel {
  scenario: string;
}

const CALLS: Record<string, string[] | undefined> = points;

/** All but those that are cancelled as it is. */
export const SCENARIOS_CANCELLED: Record<string, Scenario> = Object.fromEntries(
  Object.entries(SCENARIOS).filter(([, { cancelAfter }]) => cancelAfter === undefined),
);

/**
 * From this call on a cancel comes too late: the model is proven, the outcome is certain, or the take-down has begun, and
 * the run ends as it would have ended. Where none is named there is no such call: the last answer ends the run.
 */
const TOO_LATE_FROM: Partial<Record<string, string>> = {
  'fit, failed': 'DescribeLogStreams (absent)',
  'deploy, update': 'DeleteEndpointConfig',
  'deploy, failed': 'DescribeLogStreams (absent)',
  'deploy, rolled back': 'DescribeLogStreams (absent)',
  deleteEndpoint: 'DescribeEndpoint (InService) #2',
};

/** What a run whose cancel came while it made this asks first when it cleans up: there the second cancel comes. */
const CLEANS_UP_FROM: Partial<Record<string, string>> = {
  CreateTrainingJob: 'StopTrainingJob',
  CreateModel: 'DescribeEndpoint',
  CreateEndpointConfig: 'DescribeEndpoint',
  CreateEndpoint: 'DescribeEndpoint',
  UpdateEndpoint: 'DescribeEndpoint',
};

const READ = /^(Describe|List|Head|Get)/;
/** For a closer look: `CANCEL_ONLY='update.*DeleteModel'` leaves only the cases that it matches. */
const ONLY = new RegExp(process.env.CANCEL_ONLY ?? '');

export const CASES: CancelCase[] = Object.keys(SCENARIOS_CANCELLED)
  .flatMap((scenario) => (CALLS[scenario] ?? []).map((call) => ({ scenario, call })))
  .flatMap(({ scenario, call }) =>
    (READ.test(call) ? (['before its effect'] as const) : (['before its effect', 'after its effect'] as const)).flatMap(
      (moment) => ([1, 2] as const).map((times) => ({ scenario, call, moment, times })),
    ),
  )
  .filter((one) => ONLY.test(nameCase(one)));

export function nameCase({ scenario, call, moment, times }: CancelCase): string {
  const held = READ.test(call) ? 'not answered yet' : `held ${moment}`;
  return `${scenario}, cancelled ${times === 1 ? 'once' : 'twice'} while ${call} is ${held}`;
}

function isTooLate({ scenario, call }: CancelCase): boolean {
  const from = TOO_LATE_FROM[scenario];
  const calls = CALLS[scenario] ?? [];
  if (from !== undefined && !calls.includes(from)) throw new Error(`${scenario} makes no call ${from}`);
  return from !== undefined && calls.indexOf(call) >= calls.indexOf(from);
}

/** What of a row is not as it must be, in words; that nothing is made twice is for the checker to see. */
export function expectedOf(one: CancelCase, row: Row): string[] {
  const scenario = SCENARIOS_CANCELLED[one.scenario]!;
  const leaves = row.leaves.map(withoutName);
  const problems: string[] = [];
  if (isTooLate(one)) {
    if (row.end !== scenario.ends) problems.push(`ended ${row.end}, not ${scenario.ends}`);
    if (leaves.join() !== scenario.leaves.join()) problems.push(`leaves ${leaves.join()}`);
    return problems;
  }
  if (row.end !== 'Cancelled') problems.push(`ended ${row.end}, not Cancelled`);
  return [
    ...problems,
    ...problemsOfJob(one, row),
    ...problemsOfSecond(one, row),
    ...problemsOfStanding(row.before.map(withoutName), leaves),
    ...row.ledger.flatMap(problemsOfEntry),
  ];
}

/** A job that was under way is stopped, and nothing else ends it: from the held call on it stays in its phase. */
function problemsOfJob({ scenario, call }: CancelCase, row: Row): string[] {
  const calls = CALLS[scenario] ?? [];
  const isAtOrAfter = (known: string | undefined): boolean =>
    known !== undefined && calls.includes(known) && calls.indexOf(call) >= calls.indexOf(known);
  const end = calls.find((known) => /^DescribeTrainingJob \((Completed|Failed)\)$/.test(known));
  const [, ownEnd = ''] = /\((.*)\)/.exec(end ?? '') ?? [];
  const jobs = row.leaves.map(withoutName).filter((one) => one.startsWith('training job'));
  const isOver = isAtOrAfter(end);
  const isUnderWay = !isOver && isAtOrAfter('CreateTrainingJob');
  const expected = isOver ? [`training job: ${ownEnd}`] : isUnderWay ? ['training job: Stopped'] : [];
  return [
    ...(jobs.join() === expected.join() ? [] : [`leaves ${jobs.join()}, not ${expected.join()}`]),
    ...(isUnderWay && row.stops === 0 ? ['sent no stop that took effect'] : []),
  ];
}

/** Where a create or update was held, the second cancel meets the clean-up, and nothing else. */
function problemsOfSecond({ call, times }: CancelCase, { secondAt }: Row): string[] {
  const expected = CLEANS_UP_FROM[call];
  if (times === 1 || expected === undefined || secondAt === expected) return [];
  return [`was cancelled again at ${secondAt ?? 'no call'}, not at ${expected}`];
}

/** Of hosting all or nothing, as it was before the run. */
function problemsOfStanding(before: string[], leaves: string[]): string[] {
  const hosting = leaves.filter((one) => !one.startsWith('training job'));
  return hosting.join() === before.join() ? [] : [`leaves ${hosting.join()}`];
}

/** A cancelled run says of each thing that it is gone, another's, or left for a reason. */
function problemsOfEntry({ kind, name, state, reason }: LedgerEntry): string[] {
  const isSaid = state === 'deleted' || state === 'adopted' || (state === 'left' && reason !== undefined);
  return isSaid ? [] : [`says of the ${kind} ${name} that it is ${state}`];
}

function withoutName(standing: string): string {
  return standing.replace(/: NAME.*/, '');
}
