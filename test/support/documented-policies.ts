/** The policies of docs/iam.md, read from the page itself, for tests that hold the emulator to them. */
import type { PolicyDocument, PolicyStatement } from '../../src/emulator';
import { codeBlocks } from '../docs/markdown';

/** What stands in angle brackets on the page. */
export type Places = Record<'region' | 'account' | 'execution role' | 'bucket', string>;

export interface DocumentedPolicies {
  worker: PolicyDocument;
  sweep: PolicyDocument;
  trust: { Statement: unknown[] };
  role: PolicyDocument;
  program: PolicyDocument;
}

/** @throws Error where the page has another number of policies, or a place that nobody fills. */
export function readDocumentedPolicies(places: Places): DocumentedPolicies {
  const blocks = codeBlocks('docs/iam.md').filter(({ text }) => text.includes('"Statement"'));
  const [worker, sweep, trust, role, program, ...more] = blocks.map(({ text }) => fill(text, places));
  if (!worker || !sweep || !trust || !role || !program || more.length > 0) {
    throw new Error(`docs/iam.md has ${String(blocks.length)} policies, not five`);
  }
  return { worker, sweep, trust: trust as { Statement: unknown[] }, role, program };
}

function fill(text: string, places: Places): PolicyDocument {
  const filled = text.replaceAll(/<([\w ]+)>/g, (whole, place: string) => {
    if (!Object.hasOwn(places, place)) throw new Error(`docs/iam.md names a place that is not known: ${whole}`);
    return places[place as keyof Places];
  });
  return JSON.parse(filled) as PolicyDocument;
}

const statementsOf = ({ Statement }: PolicyDocument): PolicyStatement[] => [Statement].flat();

/** Every action that a policy allows, each once. */
export function actionsOf(policy: PolicyDocument): string[] {
  return [...new Set(statementsOf(policy).flatMap(({ Action = [] }) => [Action].flat()))];
}

/** The policy without one action, wherever it stands. */
export function withoutAction(policy: PolicyDocument, action: string): PolicyDocument {
  return {
    ...policy,
    Statement: statementsOf(policy)
      .map((statement) => ({ ...statement, Action: [statement.Action ?? []].flat().filter((one) => one !== action) }))
      .filter(({ Action }) => Action.length > 0),
  };
}

/** Both in one. */
export function joinPolicies(...policies: PolicyDocument[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: policies.flatMap(statementsOf) };
}
