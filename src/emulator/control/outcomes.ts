/**
 * Lives on purpose: which training jobs and endpoints follow which script. `endpoints.ts` sets the rules; the lives in
 * `sagemaker/` ask when they begin, and are told when a rule is to hold at once.
 */
import { InvalidControlRequest } from './fault-rules';
import { matchNames } from './name-pattern';
import {
  readOutcomeRules,
  type EndpointScript,
  type OutcomeRule,
  type OutcomeRuleView,
  type TrainingJobScript,
} from './outcome-rules';

const RULES_MAX = 1_000;
/** Texts of scripts that are remembered, the oldest going first. */
const TEXTS_MAX = 10_000;

/** Has what goes on under the names that are meant follow a script from now on; answers how many those are. */
type NowListener<Script> = (isMeant: (name: string) => boolean, script: Script, most: number) => number;

interface Scripts {
  'training job': TrainingJobScript;
  endpoint: EndpointScript;
}

export interface Outcomes {
  add(posted: unknown): OutcomeRuleView[];
  list(): OutcomeRuleView[];
  has(id: string): boolean;
  /** True of a text, whole or cut off by `...`, that a script has put into AWS's mouth, also after its rule was removed. */
  hasSaid(text: string): boolean;
  /** Removes one rule or all; lives that follow its script go on with it. */
  remove(id?: string): void;
  /** The script of a training job that begins; the first rule that matches decides. */
  ofTrainingJob(name: string): TrainingJobScript | undefined;
  /** The script of an endpoint's creation or update. */
  ofEndpoint(name: string, when: 'create' | 'update'): EndpointScript | undefined;
  onNow<Kind extends keyof Scripts>(kind: Kind, listener: NowListener<Scripts[Kind]>): void;
}

interface ActiveRule {
  rule: OutcomeRule;
  isMeant: (name: string) => boolean;
  lives: number;
}

/** Starts without any rule. */
export function createOutcomes(): Outcomes {
  const actives = new Map<string, ActiveRule>();
  const listeners: { [Kind in keyof Scripts]?: NowListener<Scripts[Kind]> } = {};
  const said = new Set<string>();
  const rememberTexts = (value: unknown): void => {
    if (typeof value === 'string') {
      const [oldest] = said;
      if (said.size >= TEXTS_MAX && oldest !== undefined) said.delete(oldest);
      said.add(value);
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(rememberTexts);
  };
  let made = 0;
  const nextId = (): string => {
    do made += 1;
    while (actives.has(`outcome-${String(made)}`));
    return `outcome-${String(made)}`;
  };
  const view = ({ rule, lives }: ActiveRule): OutcomeRuleView => ({ ...rule, lives });
  const left = ({ rule, lives }: ActiveRule): number => (rule.times ?? Infinity) - lives;

  function decide(name: string, fits: (rule: OutcomeRule) => boolean): OutcomeRule | undefined {
    for (const active of actives.values()) {
      if (!fits(active.rule) || !active.isMeant(name) || left(active) <= 0) continue;
      active.lives += 1;
      return active.rule;
    }
    return undefined;
  }

  const applyNow = (rule: OutcomeRule, isMeant: (name: string) => boolean, most: number): number =>
    rule.kind === 'endpoint'
      ? (listeners.endpoint?.(isMeant, rule, most) ?? 0)
      : (listeners['training job']?.(isMeant, rule, most) ?? 0);

  return {
    add(posted) {
      const rules = readOutcomeRules(posted, nextId);
      const ids = rules.map((rule) => rule.id);
      const taken = ids.find((id, index) => actives.has(id) || ids.indexOf(id) !== index);
      if (taken !== undefined) throw new InvalidControlRequest(`There is a rule ${taken} already`);
      if (actives.size + rules.length > RULES_MAX) {
        throw new InvalidControlRequest(`There can be ${String(RULES_MAX)} rules; remove some first`);
      }
      return rules.map((rule) => {
        const active: ActiveRule = { rule, isMeant: matchNames(rule.resource), lives: 0 };
        rememberTexts([rule.steps, rule.end]);
        actives.set(rule.id, active);
        if (rule.when === 'now') active.lives = applyNow(rule, active.isMeant, left(active));
        return view(active);
      });
    },
    list: () => [...actives.values()].map(view),
    has: (id) => actives.has(id),
    hasSaid(text) {
      const beginning = text.endsWith('...') ? text.slice(0, -3) : undefined;
      return said.has(text) || (beginning !== undefined && [...said].some((one) => one.startsWith(beginning)));
    },
    remove(id) {
      if (id === undefined) actives.clear();
      else actives.delete(id);
    },
    ofTrainingJob: (name) =>
      decide(name, (rule) => rule.kind === 'training job' && rule.when === 'create') as TrainingJobScript | undefined,
    ofEndpoint: (name, when) =>
      decide(name, (rule) => rule.kind === 'endpoint' && rule.when === when) as EndpointScript | undefined,
    onNow(kind, listener) {
      Object.assign(listeners, { [kind]: listener });
    },
  };
}
