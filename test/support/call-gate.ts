/**
 * Names the AWS calls of one case as they pass, in words that are the same in every run of the same scenario, and stops
 * the case at one of them. `region-router.ts` hands the calls in; the tables of test/chaos are made of the names.
 */
import type { AwsAnswer, CallOnItsWay } from './region-router';

/**
 * Where a call is stopped. A read has no effect: before it, AWS has been asked what it would say, and nobody was told.
 */
export const MOMENTS = ['before its effect', 'after its effect', 'after its answer'] as const;
export type Moment = (typeof MOMENTS)[number];

export interface CallGate {
  pass(call: CallOnItsWay): Promise<void>;
  /** The calls that have passed: operation, what a status read saw, and the how manieth of its kind; polls are folded. */
  calls(): string[];
  /**
   * Stops the case at this call: nothing passes any more once it is reached. Resolves then.
   *
   * @param silence called before the answer goes back, for the last moment
   */
  stopAt(call: string, moment: Moment, silence?: () => void): Promise<void>;
  /** Stops the case at the next call that comes in, before its effect; resolves with its operation. */
  stopAtNext(): Promise<string>;
  /** Lets all that was stopped go on its way. */
  release(): void;
  /** How many calls came in since the case was stopped. */
  waiting(): number;
  /** Drops all that was stopped, and lets pass what comes from now on. */
  reopen(): void;
  /** Resolves when a call comes in that passes. */
  nextCall(): Promise<void>;
  /** Resolves when this call has been answered. */
  untilPassed(call: string): Promise<void>;
}

/** What becomes of what was stopped. */
type Fate = 'dropped' | 'let go';

export interface CallGateOptions {
  /** Told of each read of a status: what it saw, and the how manieth time running. */
  onStatus?: (status: string, times: number) => void;
  /** Statuses of which the second read in a row, which brings nothing new, is a call of its own. @default none */
  namedTwice?: readonly string[];
}

const READ = /^(Describe|List|Head|Get)/;

export function createCallGate({ onStatus, namedTwice = [] }: CallGateOptions = {}): CallGate {
  const namesPassed: string[] = [];
  const counts = new Map<string, number>();
  /** The last answer, for as long as it is the same status of the same operation. */
  let last = { key: '', times: 0 };
  let stop: { call: string; moment: Moment; silence: () => void; reached: () => void } | undefined;
  let stopNext: ((operation: string) => void) | undefined;
  /** Set while the case is stopped, until it is known what becomes of the calls that came in. */
  let stopped: { over: Promise<Fate>; end: (fate: Fate) => void } | undefined;
  let waiting = 0;
  let turn: Promise<void> = Promise.resolve();
  const listeners = new Set<() => void>();
  const awaited = new Map<string, () => void>();

  const countName = (name: string): string => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name} #${String(count)}`;
  };

  const nameCall = (operation: string, sight: string): string | undefined => {
    const key = sight === '' ? operation : `${operation} (${sight})`;
    const isPoll = operation.startsWith('Describe') && sight !== '';
    const times = isPoll && last.key === key ? last.times + 1 : 1;
    last = { key, times };
    const name =
      times > (namedTwice.includes(sight) ? 2 : 1) ? undefined : countName(times === 2 ? `${key}, again` : key);
    if (name !== undefined) namesPassed.push(name);
    if (isPoll) onStatus?.(sight, times);
    return name;
  };

  /** Stops the case; true where what was stopped is to be dropped. */
  const stopHere = async (): Promise<boolean> => {
    let end = (_fate: Fate): void => undefined;
    const over = new Promise<Fate>((resolve) => {
      end = resolve;
    });
    stopped = { over, end };
    return (await over) === 'dropped';
  };

  const endStop = (fate: Fate): void => {
    const { end } = stopped ?? {};
    stopped = undefined;
    end?.(fate);
  };

  /** True where the case was stopped here, and with it the call. */
  const wasStopped = async (call: CallOnItsWay, name: string | undefined, moment: Moment): Promise<boolean> => {
    if (name === undefined || stop?.call !== name || stop.moment !== moment) return false;
    const { reached } = stop;
    stop = undefined;
    const isDropped = stopHere();
    reached();
    if (!(await isDropped)) return false;
    call.drop();
    return true;
  };

  const passOne = async (call: CallOnItsWay): Promise<void> => {
    const { operation } = call;
    const isRead = READ.test(operation);
    let name: string | undefined;
    if (!isRead) {
      name = nameCall(operation, '');
      if (await wasStopped(call, name, 'before its effect')) return;
    }
    const answer = await call.forward();
    if (isRead) {
      name = nameCall(operation, sightOf(operation, answer));
      if (await wasStopped(call, name, 'before its effect')) return;
    }
    if (await wasStopped(call, name, 'after its effect')) return;
    if (name !== undefined && stop?.call === name && stop.moment === 'after its answer') stop.silence();
    await call.answer();
    if (name !== undefined) awaited.get(name)?.();
    await wasStopped(call, name, 'after its answer');
  };

  return {
    async pass(call) {
      if (stopped) {
        waiting += 1;
        if ((await stopped.over) === 'dropped') {
          call.drop();
          return;
        }
      }
      if (stopNext) {
        const reached = stopNext;
        stopNext = undefined;
        const isDropped = stopHere();
        reached(call.operation);
        if (await isDropped) {
          call.drop();
          return;
        }
      }
      for (const listener of listeners) listener();
      listeners.clear();
      // One at a time, so that the order of calls is the order of their effects.
      const mine = turn.then(() => passOne(call));
      turn = mine.catch(() => undefined);
      await mine;
    },
    calls: () => [...namesPassed],
    stopAt: (call, moment, silence = () => undefined) =>
      new Promise((resolve) => {
        stop = { call, moment, silence, reached: resolve };
      }),
    waiting: () => waiting,
    stopAtNext: () =>
      new Promise((resolve) => {
        stopNext = resolve;
      }),
    release: () => {
      endStop('let go');
    },
    reopen: () => {
      endStop('dropped');
    },
    nextCall: () =>
      new Promise((resolve) => {
        listeners.add(resolve);
      }),
    untilPassed: (call) =>
      new Promise((resolve) => {
        awaited.set(call, resolve);
      }),
  };
}

/** What a read saw, in one word: a status, or that there is nothing. */
function sightOf(operation: string, { status, body }: AwsAnswer): string {
  if (status >= 400) return status === 404 || /not.?f(ou|i)nd|does not exist|NoSuch/i.test(body) ? 'absent' : 'refused';
  if (!operation.startsWith('Describe')) return '';
  const { SecondaryStatus, EndpointStatus } = JSON.parse(body) as { SecondaryStatus?: string; EndpointStatus?: string };
  return SecondaryStatus ?? EndpointStatus ?? '';
}
