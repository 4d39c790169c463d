/**
 * The cases of test/conformance/parity as inputs of ours, what the SageMaker Python SDK asks AWS for in each, and the
 * comparison of both without the differences that are decided.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PARITY_DIFFERENCES, type ParityInput, type Requests } from './parity-differences';

const FOLDER = join(__dirname, '../conformance/parity');
const read = (file: string): unknown => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));

export type Told = Requests | { refused: string };

interface Table {
  base: Record<string, object>;
  cases: Record<string, Record<string, object | null>>;
}

/** What one version of the SDK is asked, and what it tells. */
export interface Oracle {
  inputs: ReadonlyMap<string, ParityInput>;
  sdk: ReadonlyMap<string, Told>;
}

export const readOracle = (version: 1 | 2): Oracle =>
  version === 1 ? readTables('cases.json', 'sdk1.json') : readTables('cases2.json', 'sdk2.json');

function readTables(cases: string, told: string): Oracle {
  return { inputs: inputsOf(read(cases) as Table), sdk: new Map(Object.entries(read(told) as Record<string, Told>)) };
}

/** As recording.py lays a case over the base; what is null there is what Python calls None. */
function inputsOf({ base, cases }: Table): Map<string, ParityInput> {
  const laidOver = Object.entries(cases).map(([name, sections]): [string, ParityInput] => {
    const given = Object.entries(base).filter(([section]) => sections[section] !== null);
    const input = given.map(([section, fields]) => [section, withoutNone({ ...fields, ...sections[section] })]);
    return [name, Object.fromEntries(input) as ParityInput];
  });
  return new Map(laidOver);
}

/** To be in no VPC is said by null; elsewhere it stands for nothing. */
function withoutNone(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => value !== null || name === 'vpcConfigOverride'),
  );
}

export const isRefusal = (told: Told | undefined): told is { refused: string } => typeof told?.refused === 'string';

export const ALL_HEADINGS = Object.keys(PARITY_DIFFERENCES);

/** What one side tells of a case, without the differences that are decided. */
export function withoutDifferences(told: Told, input: ParityInput, headings = ALL_HEADINGS): Told {
  if (isRefusal(told)) return told;
  return headings.reduce((left, heading) => PARITY_DIFFERENCES[heading]?.(left, input) ?? left, told);
}
