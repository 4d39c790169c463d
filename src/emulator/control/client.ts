/**
 * The control paths as functions, for tests and checkers that drive an emulator in this process or another. It speaks
 * HTTP alone, so it needs nothing but the emulator's address.
 */
import type { ClockChange, ClockSettings } from '../clock';
import type { FaultRuleInput, FaultRuleView, HeldCall } from './fault-rules';
import type { JournalEntry } from './journal';
import type { OutcomeRuleInput, OutcomeRuleView } from './outcome-rules';
import type { AskedPermission, Policies } from '../identity/guard';
import type { StandingResource } from '../sagemaker/standing';
import type { AnswerDefect } from '../wire/answer-check';

/** Longest wait for a call to be held, and what the answer may take on top. */
const HOLD_WAIT_MS = 10_000;
const ANSWER_MS_MAX = 15_000;

/** Drives one emulator. */
export interface EmulatorControl {
  /** The journal, from the call number `since` on. */
  calls(filter?: { since?: number; operation?: string }): Promise<JournalEntry[]>;
  /** All training jobs, models, endpoint configs and endpoints as they are, whatever faults make of the answers of calls. */
  resources(): Promise<StandingResource[]>;
  /** Answers of the emulator that AWS's model does not let be, each kind once; none unless it was started with `checkAnswers`. */
  defects(): Promise<AnswerDefect[]>;
  /** Adds rules to those there are and answers them, with their ids. */
  addFaults(rules: FaultRuleInput[]): Promise<FaultRuleView[]>;
  /** The rules that there are, each with what it has hit and holds. */
  faults(): Promise<FaultRuleView[]>;
  /** Removes one rule or all; held calls go on. */
  clearFaults(id?: string): Promise<void>;
  /** Lets the calls go on that a rule holds, and answers how many those were. */
  release(id: string): Promise<number>;
  /** Waits until a rule holds a call. @throws Error when none came in time. */
  untilHeld(id: string, timeoutMs?: number): Promise<HeldCall>;
  /** Puts policies in the place of those there are; `{}` allows everything again. */
  setPolicies(policies: Policies): Promise<Policies>;
  /** Which permissions were asked for since policies were set, by callers and roles that have one; each once. */
  askedPermissions(): Promise<AskedPermission[]>;
  /**
   * Adds rules for the lives of training jobs and endpoints to those there are, and answers them, with their ids. A rule
   * with `when: 'now'` takes hold at once; its answer tells of how many endpoints.
   */
  addOutcomes(rules: OutcomeRuleInput[]): Promise<OutcomeRuleView[]>;
  /** The rules of outcomes that there are, each with how many lives it has decided. */
  outcomes(): Promise<OutcomeRuleView[]>;
  /** Removes one rule of outcomes or all; lives that follow its script go on with it. */
  clearOutcomes(id?: string): Promise<void>;
  /** How long the phases take, and whether processes run. */
  clock(): Promise<ClockSettings>;
  /** Changes what is given, also for phases that are under way, and answers all. */
  setClock(change: ClockChange): Promise<ClockSettings>;
}

/**
 * Makes the functions that drive the emulator at `url`, in this process or another. Each rejects with the emulator's own
 * words where it refuses, and when it has not answered within 15 seconds.
 *
 * @example
 * ```ts
 * import { emulatorControl, startEmulator } from 'temporal-sagemaker/emulator';
 *
 * const emulator = await startEmulator();
 * const control = emulatorControl(emulator.url);
 * await control.addFaults([{ operation: 'CreateEndpoint', action: 'throttle', times: 3 }]);
 * await control.setClock({ simulated: true, phases: { Training: 5_000 } });
 * await control.addOutcomes([
 *   {
 *     kind: 'training job',
 *     resource: 'nightly-.*',
 *     steps: [{ secondaryStatus: 'Training', durationMs: 500, logLines: ['epoch 1'] }],
 *     end: { status: 'Stopped', secondaryStatus: 'MaxRuntimeExceeded' },
 *   },
 * ]);
 * console.log(await control.calls({ operation: 'CreateEndpoint' }));
 * await emulator.close();
 * ```
 */
export function emulatorControl(url: string): EmulatorControl {
  const ask = async <T>(method: string, path: string, body?: unknown, waitMs = 0): Promise<T> => {
    const response = await fetch(new URL(`/_emulator/${path}`, url), {
      method,
      signal: AbortSignal.timeout(ANSWER_MS_MAX + waitMs),
      headers: method === 'GET' ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`The emulator refused ${method} ${path}: ${text.trim()} [status=${String(response.status)}]`);
    }
    return JSON.parse(text) as T;
  };

  return {
    calls({ since, operation } = {}) {
      const query = new URLSearchParams();
      if (since !== undefined) query.set('since', String(since));
      if (operation !== undefined) query.set('operation', operation);
      return ask<JournalEntry[]>('GET', `calls?${query.toString()}`);
    },
    resources: () => ask<StandingResource[]>('GET', 'resources'),
    defects: () => ask<AnswerDefect[]>('GET', 'defects'),
    addFaults: async (rules) => (await ask<{ rules: FaultRuleView[] }>('POST', 'faults', { rules })).rules,
    faults: async () => (await ask<{ rules: FaultRuleView[] }>('GET', 'faults')).rules,
    async clearFaults(id) {
      await ask('DELETE', id === undefined ? 'faults' : `faults?id=${encodeURIComponent(id)}`);
    },
    release: async (id) => (await ask<{ released: number }>('POST', `faults/${id}/release`)).released,
    untilHeld: (id, timeoutMs = HOLD_WAIT_MS) =>
      ask<HeldCall>('GET', `faults/${id}?until=held&timeoutMs=${String(timeoutMs)}`, undefined, timeoutMs),
    setPolicies: (policies) => ask<Policies>('POST', 'policies', policies),
    askedPermissions: async () => (await ask<{ asked: AskedPermission[] }>('GET', 'policies')).asked,
    addOutcomes: async (rules) => (await ask<{ rules: OutcomeRuleView[] }>('POST', 'outcomes', { rules })).rules,
    outcomes: async () => (await ask<{ rules: OutcomeRuleView[] }>('GET', 'outcomes')).rules,
    async clearOutcomes(id) {
      await ask('DELETE', id === undefined ? 'outcomes' : `outcomes?id=${encodeURIComponent(id)}`);
    },
    clock: () => ask<ClockSettings>('GET', 'clock'),
    setClock: (change) => ask<ClockSettings>('POST', 'clock', change),
  };
}
