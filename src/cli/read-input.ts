/**
 * Reads what a command is handed: a file, or standard input where the file is called `-`, up to a limit. Specs and the
 * data of predictions come in here.
 */
import { createReadStream } from 'node:fs';
import { CommandFailure } from './command-failure';

export interface InputSource {
  /** A path, or `-` for standard input. */
  file: string;
  stdin: NodeJS.ReadableStream;
}

export interface InputKind {
  /** What it is called in messages, such as `the spec`. */
  name: string;
  bytesMax: number;
  /** What to do where the file cannot be read. */
  fix: string;
}

/** @throws CommandFailure InvalidInput where there is nothing to read, or more than the limit */
export async function readInput({ file, stdin }: InputSource, kind: InputKind): Promise<Buffer> {
  try {
    // A pipe or a device tells no size: only reading shows how much there is.
    return await readStream(file === '-' ? stdin : createReadStream(file), file, kind);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const { name, fix } = kind;
    throw new CommandFailure('InvalidInput', `${name} cannot be read: ${reason} [file=${file}]`, { fix });
  }
}

async function readStream(stream: NodeJS.ReadableStream, file: string, kind: InputKind): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > kind.bytesMax) throw tooLarge(file, kind);
    chunks.push(buffer);
  }
  return Buffer.concat(chunks);
}

function tooLarge(file: string, { name, bytesMax }: InputKind): CommandFailure {
  return new CommandFailure('InvalidInput', `${name} is larger than ${String(bytesMax)} bytes [file=${file}]`);
}
