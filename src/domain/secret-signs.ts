/**
 * Which hyperparameters and variables look like secrets. Comes from a checked input; `prepare` warns of them by name, since
 * AWS and Temporal both keep them in plain text. Nothing is refused: only its owner knows what is secret.
 */
import type { JsonValue } from '../contract';

const WARNINGS_MAX = 10;
/** Characters of a value; AWS takes no longer ones. */
const LOOKED_AT_MAX = 2_500;

/** Values that are keys by their form, whatever they are called. */
const FORMS: readonly RegExp[] = [
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\bgh[pousr]_[A-Za-z0-9]{30,}/,
  /\bgithub_pat_[A-Za-z0-9_]{30,}/,
  /\bhf_[A-Za-z0-9]{30,}/,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/,
  /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\./,
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/:@]{3,}@/i,
];

/** Names that end so say what their values are: `db_password`, `clientSecret`, `AWS_SECRET_ACCESS_KEY`. */
const SECRET_NAME =
  /(?:^| )(?:password|passwd|passphrase|secret|(?:api|access|secret|private|account|auth) key|apikey)$/;
/** These are called so in language models too (`pad_token`): only a value that looks drawn by lot makes them secrets. */
const DOUBTFUL_NAME = /(?:^| )(?:token|credentials?|key|auth)$/;

/** Tells where a secret is, and is none itself. */
const REFERENCE = /^(?:arn:|s3:\/\/|https?:\/\/|\/|\{\{resolve:|\$\{?)/;

/** An input as far as it can hold secrets. */
interface Holder {
  estimator?: { hyperparameters?: Record<string, JsonValue>; environment?: Record<string, string> };
  deploy?: { env?: Record<string, string> };
}

/** One sentence for each, beginning with the field; never the value. */
export function findSecretSigns(input: object): string[] {
  const { estimator, deploy } = input as Holder;
  const fields = [
    ...namesOfSecrets(estimator?.hyperparameters).map((name) => `estimator.hyperparameters.${name}`),
    ...namesOfSecrets(estimator?.environment).map((name) => `estimator.environment.${name}`),
    ...namesOfSecrets(deploy?.env).map((name) => `deploy.env.${name}`),
  ];
  const rest = fields.length - WARNINGS_MAX;
  return [
    ...fields
      .slice(0, WARNINGS_MAX)
      .map(
        (field) =>
          `${field} looks like a secret: AWS shows it to whoever may describe what the run makes, and Temporal keeps it in ` +
          'plain text unless a payload codec is on; better give the name of a secret in Secrets Manager',
      ),
    ...(rest > 0 ? [`and ${String(rest)} more fields look like secrets`] : []),
  ];
}

function namesOfSecrets(values: Record<string, JsonValue> = {}): string[] {
  return Object.entries(values)
    .filter(([name, value]) => typeof value === 'string' && looksSecret(name, value.slice(0, LOOKED_AT_MAX)))
    .map(([name]) => name);
}

export function looksSecret(name: string, value: string): boolean {
  if (FORMS.some((form) => form.test(value))) return true;
  const words = wordsOf(name);
  if (REFERENCE.test(value) || /\s/.test(value)) return false;
  if (SECRET_NAME.test(words)) return value.length >= 6;
  return DOUBTFUL_NAME.test(words) && looksDrawnByLot(value);
}

/** `dbPassword1`, `DB_PASSWORD` and `db-password` are `db password`. */
function wordsOf(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z]+/g, ' ')
    .trim()
    .toLowerCase();
}

const LOT_LENGTH_MIN = 16;
/** Bits a character: words and paths have fewer, random letters and digits of this length more. */
const LOT_BITS_MIN = 3.2;

function looksDrawnByLot(value: string): boolean {
  if (value.length < LOT_LENGTH_MIN || !/^(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9+/=_~-]+$/.test(value)) return false;
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / value.length);
  return -shares.reduce((bits, share) => bits + share * Math.log2(share), 0) >= LOT_BITS_MIN;
}
