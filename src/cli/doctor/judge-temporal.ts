/**
 * Verdicts on what the Temporal server told: its namespace, its search attributes, who polls. Pure: `check-temporal.ts`
 * asks.
 */
import { SEARCH_ATTRIBUTES } from '../../contract';
import { ok, warning, type Finding } from './finding';

/** Where a server and its namespace are. */
export interface TemporalPlace {
  address: string;
  namespace: string;
}

/** Type of a search attribute, as runs need it. */
const KEYWORD = 'Keyword';

/** @param types Name to type of what the namespace has. */
export function judgeSearchAttributes(types: Record<string, string>, place: TemporalPlace): Finding {
  const missing = SEARCH_ATTRIBUTES.filter((name) => types[name] === undefined);
  const others = SEARCH_ATTRIBUTES.filter((name) => types[name] !== undefined && types[name] !== KEYWORD);
  if (missing.length === 0 && others.length === 0) return ok(SEARCH_ATTRIBUTES.join(', '));
  const what = [
    ...(missing.length === 0 ? [] : [`${missing.join(', ')} not registered`]),
    ...others.map((name) => `${name} is of type ${types[name] ?? ''}, not ${KEYWORD}`),
  ].join('; ');
  // One of another type cannot be changed while anything has it.
  const fix =
    missing.length === 0
      ? 'Runs do without it; to have it, remove it and create it with the right type.'
      : commandToRegister(missing, place);
  return warning(`${what}; runs cannot be found by it`, fix);
}

/** Where the server does not list them: Temporal Cloud never does. Runs go on without, as a run's first step does. */
export function judgeUnlisted(reason: string, place: TemporalPlace): Finding {
  return warning(
    `the namespace's search attributes could not be listed (${reason}); runs do without those that are not there`,
    `On Temporal Cloud, register ${SEARCH_ATTRIBUTES.join(', ')}, each of type ${KEYWORD}, in the namespace's settings in ` +
      'the Cloud UI or with tcld namespace search-attributes add, unless that has been done; elsewhere, allow ' +
      `ListSearchAttributes, or register them: ${commandToRegister(SEARCH_ATTRIBUTES, place)}`,
  );
}

export function commandToRegister(names: readonly string[], { address, namespace }: TemporalPlace): string {
  const flags = names.map((name) => `--name ${name} --type ${KEYWORD}`).join(' ');
  return `temporal operator search-attribute create --address ${address} --namespace ${namespace} ${flags}`;
}

/** A worker process as a task queue remembers it. */
export interface Poller {
  identity: string;
  buildId?: string | undefined;
  /** Since it last asked for work. */
  ageSeconds: number;
}

/** A poll takes up to a minute; the server remembers pollers for five. */
const GONE_AFTER_SECONDS = 90;
const POLLERS_TOLD_MAX = 5;

/** @param kinds Pollers of each kind of work that must be polled for. */
export function judgePollers(taskQueue: string, kinds: Record<string, Poller[]>): Finding {
  const start = `Start one: TEMPORAL_SAGEMAKER_TASK_QUEUE=${taskQueue.replace(/-waits$/, '')} npx temporal-sagemaker worker`;
  const without = Object.entries(kinds).filter(([, pollers]) => pollers.length === 0);
  if (without.length === Object.keys(kinds).length) {
    return warning(`no worker polls ${taskQueue}: runs would wait for one`, start);
  }
  if (without.length > 0) {
    const lacking = without.map(([kind]) => kind).join(' and ');
    return warning(`nobody polls ${taskQueue} for ${lacking}: runs would stand still`, start);
  }
  const pollers = mergePollers(Object.values(kinds).flat());
  const told = pollers.slice(0, POLLERS_TOLD_MAX).map(describePoller).join('; ');
  const rest = pollers.length - POLLERS_TOLD_MAX;
  const what = `${taskQueue}: ${told}${rest > 0 ? `; and ${String(rest)} more` : ''}`;
  const hasAllLive = Object.values(kinds).every((each) =>
    each.some(({ ageSeconds }) => ageSeconds < GONE_AFTER_SECONDS),
  );
  return hasAllLive ? ok(what) : warning(`${what}; the last poll is so long ago that its worker has gone`, start);
}

/** One for each process, with its newest poll. */
function mergePollers(pollers: Poller[]): Poller[] {
  const newest = new Map<string, Poller>();
  for (const poller of pollers) {
    const known = newest.get(poller.identity);
    if (!known || poller.ageSeconds < known.ageSeconds) newest.set(poller.identity, poller);
  }
  return [...newest.values()].sort((a, b) => a.ageSeconds - b.ageSeconds);
}

function describePoller({ identity, buildId, ageSeconds }: Poller): string {
  const build = buildId === undefined || buildId === '' ? '' : `build ${buildId}, `;
  return `${identity} (${build}last poll ${String(Math.round(ageSeconds))} s ago)`;
}
