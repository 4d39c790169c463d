/**
 * Reads the input of a workflow from a file or from standard input, as JSON or YAML, and checks it whole before
 * anything is called. The commands that start runs hand the result to the client.
 */
import { readFile, stat } from 'node:fs/promises';
import type { WorkflowType } from '../contract';
import type { InputOf } from '../schemas';
import { CommandFailure } from './command-failure';

const SPEC_BYTES_MAX = 1024 * 1024;

export interface SpecSource {
  /** A path, or `-` for standard input. */
  file: string;
  stdin: NodeJS.ReadableStream;
}

/** @throws CommandFailure InvalidInput with every problem */
export async function readSpec<T extends WorkflowType>(type: T, source: SpecSource): Promise<InputOf[T]> {
  const value = await parseSpec(await readText(source), source.file);
  const { checkInput } = await import('../schemas/index.js');
  const checked = checkInput(type, value);
  if ('input' in checked) return checked.input;
  const { problems } = checked;
  const count = problems.length === 1 ? 'one problem' : `${String(problems.length)} problems`;
  throw new CommandFailure('InvalidInput', `the spec has ${count} [spec=${source.file}, workflow=${type}]`, {
    problems,
  });
}

async function readText({ file, stdin }: SpecSource): Promise<string> {
  if (file === '-') return readStream(stdin);
  try {
    const { size } = await stat(file);
    if (size > SPEC_BYTES_MAX) throw tooLarge(file);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure('InvalidInput', `the spec cannot be read: ${reason} [spec=${file}]`, {
      fix: 'Name a file that holds the input as JSON or YAML, or - to read it from standard input.',
    });
  }
}

async function readStream(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > SPEC_BYTES_MAX) throw tooLarge('-');
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function parseSpec(text: string, file: string): Promise<unknown> {
  // YAML reads JSON as well, but JSON.parse is quicker and names mistakes in JSON better.
  const isJson = text.trimStart().startsWith('{');
  try {
    if (isJson) return JSON.parse(text) as unknown;
    const { parse } = await import('yaml');
    return parse(text) as unknown;
  } catch (error) {
    // The first line says what and where; the others would repeat the text, which may hold secrets.
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
    throw new CommandFailure('InvalidInput', `the spec is not ${isJson ? 'JSON' : 'YAML'}: ${reason} [spec=${file}]`);
  }
}

function tooLarge(file: string): CommandFailure {
  return new CommandFailure('InvalidInput', `the spec is larger than ${String(SPEC_BYTES_MAX)} bytes [spec=${file}]`);
}
