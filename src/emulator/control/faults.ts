/**
 * Faults on purpose: which calls meet which rule, what becomes of them, and barriers that hold a call before or after
 * its effect until a test lets it go. `wire/pipeline.ts` asks at both points of every call; `endpoints.ts` sets the rules.
 */
import {
  InvalidControlRequest,
  readFaultRules,
  type AmountSent,
  type FaultAction,
  type FaultRule,
  type FaultRuleView,
  type HeldCall,
} from './fault-rules';
import { matchNames } from './name-pattern';

const RULES_MAX = 1000;

/** What these do to a call leaves it to the next rule; all else decides its fate. */
const GO_ON: readonly FaultAction[] = ['hold', 'delay', 'stale', 'rewrite'];

/** A call, as far as rules look at it. */
export interface FaultableCall {
  operation: string;
  resource: string | null;
  requestId: string;
}

/** What is to happen to a call that met a rule. */
export type Verdict =
  /** Goes on, with an answer that these rules make stale or rewrite, in their order. */
  | { kind: 'go on'; changes: readonly FaultRule[] }
  /** Ends without an answer, in order or by a reset. */
  | { kind: 'close'; reset: boolean }
  /** Ends within the answer: some of it is sent, and the connection is closed once `over` has settled. */
  | { kind: 'break off'; sent: AmountSent; reset: boolean; over: Promise<void> }
  | { kind: 'answer'; rule: FaultRule };

/** A call's meeting with one or more rules; `run` waits for as long as they hold it. */
export interface Encounter {
  run(): Promise<Verdict>;
}

export interface Faults {
  add(posted: unknown): FaultRuleView[];
  list(): FaultRuleView[];
  find(id: string): FaultRuleView | undefined;
  /** Removes one rule or all and lets go what they held: held calls go on, hanging ones are closed, watchers end. */
  remove(id?: string): void;
  /** Lets go what a rule holds now; answers how many calls those were, or undefined where there is no such rule. */
  release(id: string): number | undefined;
  /** Answers the call that a rule holds, waiting for one if need be; undefined when none came in time. */
  untilHeld(id: string, timeoutMs: number): Promise<HeldCall | undefined>;
  /**
   * Answers undefined where no rule applies.
   *
   * @param refused true after a call that had no effect: then only rules apply that make a read stale
   */
  meet(when: 'before' | 'after', call: FaultableCall, refused?: boolean): Encounter | undefined;
}

interface ActiveRule {
  rule: FaultRule;
  hits: number;
  draw: () => number;
  isMeant: (name: string) => boolean;
  held: Map<HeldCall, () => void>;
  watchers: Set<(held: HeldCall | undefined) => void>;
}

/** Mulberry32: small, and the same for the same seed everywhere. */
function drawsOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function matches(active: ActiveRule, when: 'before' | 'after', call: FaultableCall): boolean {
  const { rule } = active;
  if (rule.when !== when || (rule.operation !== '*' && rule.operation !== call.operation)) return false;
  if (rule.times !== undefined && active.hits >= rule.times) return false;
  if (rule.resource !== undefined && (call.resource === null || !active.isMeant(call.resource))) return false;
  return rule.probability === undefined || active.draw() < rule.probability;
}

/** Starts without any rule. */
export function createFaults(): Faults {
  const actives = new Map<string, ActiveRule>();
  let made = 0;
  const nextId = () => {
    do made += 1;
    while (actives.has(`fault-${String(made)}`));
    return `fault-${String(made)}`;
  };
  const view = (active: ActiveRule): FaultRuleView => ({
    ...active.rule,
    hits: active.hits,
    held: [...active.held.keys()],
  });
  const letGo = (active: ActiveRule): number => {
    const waiting = [...active.held.values()];
    active.held.clear();
    for (const go of waiting) go();
    return waiting.length;
  };
  const hold = (active: ActiveRule, call: FaultableCall, mostMs?: number): Promise<void> =>
    new Promise((resolve) => {
      const { operation, resource, requestId } = call;
      const held: HeldCall = { operation, resource, requestId, time: new Date().toISOString() };
      const go = () => {
        clearTimeout(timer);
        active.held.delete(held);
        resolve();
      };
      const timer = mostMs === undefined ? undefined : setTimeout(go, mostMs);
      active.held.set(held, go);
      for (const watcher of active.watchers) watcher(held);
    });

  return {
    add(posted) {
      const rules = readFaultRules(posted, nextId);
      const ids = rules.map((rule) => rule.id);
      const taken = ids.find((id, index) => actives.has(id) || ids.indexOf(id) !== index);
      if (taken !== undefined) throw new InvalidControlRequest(`There is a rule ${taken} already`);
      if (actives.size + rules.length > RULES_MAX) {
        throw new InvalidControlRequest(`There can be ${String(RULES_MAX)} rules; remove some first`);
      }
      return rules.map((rule) => {
        const seed = rule.seed ?? Math.floor(Math.random() * 2 ** 32);
        const active: ActiveRule = {
          rule: rule.probability === undefined ? rule : { ...rule, seed },
          hits: 0,
          draw: drawsOf(seed),
          isMeant: matchNames(rule.resource),
          held: new Map(),
          watchers: new Set(),
        };
        actives.set(rule.id, active);
        return view(active);
      });
    },
    list: () => [...actives.values()].map(view),
    find(id) {
      const active = actives.get(id);
      return active === undefined ? undefined : view(active);
    },
    remove(id) {
      for (const [key, active] of actives) {
        if (id !== undefined && id !== key) continue;
        actives.delete(key);
        letGo(active);
        for (const watcher of active.watchers) watcher(undefined);
      }
    },
    release(id) {
      const active = actives.get(id);
      return active === undefined ? undefined : letGo(active);
    },
    untilHeld(id, timeoutMs) {
      const active = actives.get(id);
      const [present] = active?.held.keys() ?? [];
      if (active === undefined || present !== undefined) return Promise.resolve(present);
      return new Promise((resolve) => {
        const end = (held: HeldCall | undefined) => {
          clearTimeout(timer);
          active.watchers.delete(end);
          resolve(held);
        };
        const timer = setTimeout(end, timeoutMs, undefined);
        active.watchers.add(end);
      });
    },
    meet(when, call, refused = false) {
      const met: ActiveRule[] = [];
      for (const active of actives.values()) {
        if ((refused && active.rule.action !== 'stale') || !matches(active, when, call)) continue;
        active.hits += 1;
        met.push(active);
        if (!GO_ON.includes(active.rule.action)) break;
      }
      if (met.length === 0) return undefined;
      return {
        async run() {
          const changes: FaultRule[] = [];
          for (const active of met) {
            const { action, sent = 'nothing' } = active.rule;
            // A rule that went while an earlier one held the call holds it no more.
            const present = actives.get(active.rule.id) === active;
            switch (action) {
              case 'throttle':
              case 'error':
                return { kind: 'answer', rule: active.rule };
              case 'lose':
                return { kind: 'close', reset: false };
              case 'reset':
                return sent === 'nothing'
                  ? { kind: 'close', reset: true }
                  : { kind: 'break off', sent, reset: true, over: Promise.resolve() };
              case 'truncate':
                return { kind: 'break off', sent: 'half', reset: false, over: Promise.resolve() };
              case 'hang': {
                const over = present ? hold(active, call) : Promise.resolve();
                if (sent !== 'nothing') return { kind: 'break off', sent, reset: false, over };
                await over;
                return { kind: 'close', reset: false };
              }
              case 'hold':
                if (present) await hold(active, call);
                break;
              case 'delay':
                if (present) await hold(active, call, active.rule.ms);
                break;
              case 'stale':
              case 'rewrite':
                changes.push(active.rule);
            }
          }
          return { kind: 'go on', changes };
        },
      };
    },
  };
}
