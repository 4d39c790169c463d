/**
 * Reads the input of a workflow from a file or from standard input, as JSON or YAML, and checks it whole before
 * anything is called. The commands that start runs hand the result to the client.
 */
import type { WorkflowType } from '../contract';
import type { InputOf } from '../schemas';
import { CommandFailure } from './command-failure';
import { findLostNumbers } from './lost-numbers';
import { readInput, type InputSource } from './read-input';

const SPEC_BYTES_MAX = 1024 * 1024;
/** YAML can say much in few words, by repeating what it has named. */
const YAML_ALIASES_MAX = 100;

/** @throws CommandFailure InvalidInput with every problem */
export async function readSpec<T extends WorkflowType>(type: T, source: InputSource): Promise<InputOf[T]> {
  const bytes = await readInput(source, {
    name: 'the spec',
    bytesMax: SPEC_BYTES_MAX,
    fix: 'Name a file that holds the input as JSON or YAML, or - to read it from standard input.',
  });
  const text = bytes.toString('utf8');
  const value = await parseSpec(text, source.file);
  const lost = await findLostNumbers(text, YAML_ALIASES_MAX);
  const { checkInput } = await import('../schemas/index.js');
  const checked = checkInput(type, value);
  if ('input' in checked && lost.length === 0) return checked.input;
  const problems = [...lost, ...('problems' in checked ? checked.problems : [])];
  const count = problems.length === 1 ? 'one problem' : `${String(problems.length)} problems`;
  throw new CommandFailure('InvalidInput', `the spec has ${count} [spec=${source.file}, workflow=${type}]`, {
    problems,
  });
}

async function parseSpec(text: string, file: string): Promise<unknown> {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // JSON is YAML too, and YAML's reader tells line and column without repeating the text, which may hold secrets.
    return parseYaml(text, file);
  }
}

async function parseYaml(text: string, file: string): Promise<unknown> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { logLevel: 'error' });
  const problems = [...document.errors, ...document.warnings].map(({ message }) => firstSentence(message));
  if (problems.length > 0) throw notYaml(text, file, [...new Set(problems)]);
  try {
    return document.toJS({ maxAliasCount: YAML_ALIASES_MAX }) as unknown;
  } catch (error) {
    throw notYaml(text, file, [firstSentence(error instanceof Error ? error.message : String(error))]);
  }
}

function notYaml(text: string, file: string, problems: string[]): CommandFailure {
  const format = text.trimStart().startsWith('{') ? 'JSON' : 'YAML';
  const [first = '', ...others] = problems;
  return new CommandFailure('InvalidInput', `the spec is not ${format}: ${first} [spec=${file}]`, {
    fix: 'Mend the text at the line and column that are named.',
    ...(others.length > 0 && { problems: others }),
  });
}

/** What and where; the lines after it would show the text. */
function firstSentence(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/:$/, '');
}
