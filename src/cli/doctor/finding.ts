/**
 * What one check of `doctor` found, and what all of them come to. Probes ask, the pure `judge-…` files decide, the command
 * prints.
 */
import { EXIT } from '../../domain/failures';

/** What a failure is about; it decides the exit code. */
export type Cause = 'local' | 'unreachable' | 'permission';

export type Finding =
  | { state: 'ok'; what: string }
  | { state: 'warning'; what: string; fix: string }
  | { state: 'failed'; what: string; fix: string; cause: Cause };

/** A finding as programs read it. */
export interface CheckResult {
  name: CheckName;
  state: Finding['state'];
  what: string;
  fix?: string;
}

/** In the order in which they are told: what others depend on comes first. */
export const CHECK_NAMES = [
  'node',
  'configuration',
  'temporal',
  'namespace',
  'search-attributes',
  'workers',
  'waits-workers',
  'aws-identity',
  'clock',
  'role',
  'bucket',
  'emulator',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

export function ok(what: string): Finding {
  return { state: 'ok', what };
}

export function warning(what: string, fix: string): Finding {
  return { state: 'warning', what, fix };
}

export function failed(cause: Cause, what: string, fix: string): Finding {
  return { state: 'failed', what, fix, cause };
}

/** Of a check that needs what another one found missing. */
export function notChecked(because: string, first: CheckName): Finding {
  return warning(`not checked: ${because}`, `See to "${first}" first.`);
}

/** The most severe first: with this machine in disorder nothing else is certain, and who is not reached refuses nothing. */
const BY_SEVERITY: [Cause, number][] = [
  ['local', EXIT.internal],
  ['unreachable', EXIT.unreachable],
  ['permission', EXIT.permission],
];

export function exitCodeOf(findings: Finding[]): number {
  const causes = findings.flatMap((finding) => (finding.state === 'failed' ? [finding.cause] : []));
  return BY_SEVERITY.find(([cause]) => causes.includes(cause))?.[1] ?? EXIT.ok;
}

const MARKS: Record<Finding['state'], string> = { ok: '✓', warning: '!', failed: '✗' };
const NAME_WIDTH = Math.max(...CHECK_NAMES.map((name) => name.length));

/** One or two lines for people. */
export function describeCheck(name: CheckName, finding: Finding): string {
  const line = `${MARKS[finding.state]} ${name.padEnd(NAME_WIDTH)}  ${finding.what}`;
  return finding.state === 'ok' ? line : `${line}\n  ${''.padEnd(NAME_WIDTH)}  fix: ${finding.fix}`;
}

/** The last line for people. */
export function summarize(findings: Finding[]): string {
  const count = (state: Finding['state']): number => findings.filter((finding) => finding.state === state).length;
  const parts = [
    [count('failed'), 'failed'],
    [count('warning'), count('warning') === 1 ? 'warning' : 'warnings'],
  ].filter(([number]) => number !== 0);
  if (parts.length === 0) return `all ${String(findings.length)} checks are ok`;
  return `${parts.map((part) => part.join(' ')).join(', ')} of ${String(findings.length)} checks`;
}

export function toResult(name: CheckName, finding: Finding): CheckResult {
  const { state, what } = finding;
  return { name, state, what, ...(finding.state !== 'ok' && { fix: finding.fix }) };
}
