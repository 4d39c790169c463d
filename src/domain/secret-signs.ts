/**
 * Which hyperparameters, variables and words of a command line look like secrets, also in overrides. Comes from a checked input; `prepare` warns of them by name, since
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
  estimator?: {
    hyperparameters?: Record<string, JsonValue>;
    environment?: Record<string, string>;
    containerEntryPoint?: string[];
    containerArguments?: string[];
    overrides?: object;
  };
  deploy?: { env?: Record<string, string>; overrides?: object };
}

/** AWS's names of what holds values that may be secret, in overrides. */
const FIELDS_OF_VALUES = new Set(['Environment', 'HyperParameters']);
const FIELDS_OF_WORDS = new Set(['ContainerEntrypoint', 'ContainerArguments']);

/** One sentence for each, beginning with the field; never the value. */
export function findSecretSigns(input: object): string[] {
  const { estimator, deploy } = input as Holder;
  const fields = [
    ...namesOfSecrets(estimator?.hyperparameters).map((name) => `estimator.hyperparameters.${name}`),
    ...namesOfSecrets(estimator?.environment).map((name) => `estimator.environment.${name}`),
    ...findInWords('estimator.containerEntryPoint', estimator?.containerEntryPoint),
    ...findInWords('estimator.containerArguments', estimator?.containerArguments),
    ...findInOverrides('estimator.overrides', estimator?.overrides),
    ...namesOfSecrets(deploy?.env).map((name) => `deploy.env.${name}`),
    ...findInOverrides('deploy.overrides', deploy?.overrides),
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

function namesOfSecrets(values: Record<string, JsonValue> | null | undefined): string[] {
  return Object.entries(values ?? {})
    .filter(([name, value]) => typeof value === 'string' && looksSecret(name, value.slice(0, LOOKED_AT_MAX)))
    .map(([name]) => name);
}

/** Fields of raw requests, by their paths. */
function findInOverrides(path: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as Record<string, JsonValue>).flatMap(([field, inner]) => {
    const at = Array.isArray(value) ? `${path}[${field}]` : `${path}.${field}`;
    if (FIELDS_OF_WORDS.has(field)) return findInWords(at, inner);
    if (!FIELDS_OF_VALUES.has(field)) return findInOverrides(at, inner);
    return namesOfSecrets(inner as Record<string, JsonValue> | null).map((name) => `${at}.${name}`);
  });
}

/** `--api-key`, and a value behind it or after an equals sign; in one word of the list or in words of a shell's line. */
const OPTION = /^-{0,2}([A-Za-z][\w.-]*)(?:=(.*))?$/;

/** Words of a command line, each told by its place in the list, and by its option where it is called like a secret. */
function findInWords(path: string, value: JsonValue | undefined): string[] {
  const list = Array.isArray(value) ? value.map((one) => (typeof one === 'string' ? one : '')) : [];
  const words = list.flatMap((text, place) =>
    text
      .slice(0, LOOKED_AT_MAX)
      .split(/\s+/)
      .map((word) => ({ word, place })),
  );
  const named = words.flatMap(({ word, place }, index) => {
    const [, name = '', after] = OPTION.exec(word) ?? [];
    const behind = word.startsWith('-') ? words[index + 1]?.word : undefined;
    const given = after ?? (behind?.startsWith('-') ? undefined : behind);
    if (given === undefined || !looksSecret(name, given)) return [];
    const option = word.slice(0, word.indexOf(name) + name.length);
    return [{ place, option, placeOfValue: after === undefined ? words[index + 1]?.place : place }];
  });
  const signs = list.flatMap((text, place) => {
    const options = named.filter((one) => one.place === place).map(({ option }) => option);
    if (options.length > 0) return options.map((option) => `${path}[${String(place)}] (${option})`);
    if (named.some(({ placeOfValue }) => placeOfValue === place)) return [];
    return FORMS.some((form) => form.test(text.slice(0, LOOKED_AT_MAX))) ? [`${path}[${String(place)}]`] : [];
  });
  return [...new Set(signs)];
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
