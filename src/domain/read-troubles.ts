/**
 * When a wait tells people that it cannot see: no failed read ends a wait, but one that AWS denies, or that lasts, needs
 * somebody. The waiting activities ask here; what is told goes into the run's warnings, once for each kind of trouble.
 */
import { lacksCredentials, type AwsMeaning, type AwsTrouble } from './aws-errors';
import { adviseOnDenial } from './missing-permission';

/** What a wait is in trouble with. */
export type TroubleKind = AwsMeaning | 'credentials';

/** How many reads in a row have failed before it is told; a denial can pass, as IAM spreads a change within seconds. */
const TOLD_AFTER: Partial<Record<TroubleKind, number>> = { denied: 2, credentials: 3, throttled: 20, unavailable: 20 };
const OTHERS_TOLD_AFTER = 3;

/** Credentials that are not good are one kind, whatever AWS calls them. */
export function kindOfTrouble(trouble: AwsTrouble): TroubleKind {
  return lacksCredentials(trouble) ? 'credentials' : trouble.meaning;
}

/** True when this failed read, the last of so many in a row, is to be told. */
export function isWorthTelling(kind: TroubleKind, failuresInRow: number): boolean {
  return failuresInRow >= (TOLD_AFTER[kind] ?? OTHERS_TOLD_AFTER);
}

/** One sentence for the run's warnings: what cannot be read, why, and what to do. */
export function describeReadTrouble(what: string, trouble: AwsTrouble): string {
  const { code, message } = trouble;
  return `the status of ${what} could not be read, and the run goes on waiting: ${code}: ${message}${adviceOn(trouble)}`;
}

function adviceOn(trouble: AwsTrouble): string {
  if (lacksCredentials(trouble)) return `; ${RENEW_CREDENTIALS}`;
  const advice = trouble.meaning === 'denied' ? adviseOnDenial(trouble.message) : undefined;
  return advice === undefined ? '' : `; ${advice}`;
}

/** What to do about credentials that are expired, revoked or missing. */
export const RENEW_CREDENTIALS =
  "Renew the worker's AWS credentials: it looks for them anew, and the run goes on by itself.";
