/**
 * The program within the test's own process, as a person or another program would run it: its streams are terminals or
 * pipes as asked for, and all that it writes is kept. What signals do to a process of its own is tested with processes.
 */
import { PassThrough, Readable } from 'node:stream';
import { Interruption } from '../../src/cli/interruption';
import { runProgram } from '../../src/cli/program';
import { readEvents, type Event } from './events';
import { until } from './until';

export interface ProgramOptions {
  /** Which streams are terminals. @default none */
  terminals?: ('stdout' | 'stderr')[];
  columns?: number;
  env?: NodeJS.ProcessEnv;
  stdin?: string | Buffer;
}

export interface ProgramEnd {
  code: number;
  stdout: string;
  stdoutBytes: Buffer;
  stderr: string;
}

export interface RunningProgram {
  ended: Promise<ProgramEnd>;
  stdout(): string;
  stderr(): string;
  interrupt(by: 'SIGINT' | 'SIGTERM' | 'EPIPE'): void;
  /** Waits until either stream has it. */
  waitFor(pattern: RegExp): Promise<void>;
}

export function startProgramHere(argv: string[], options: ProgramOptions = {}): RunningProgram {
  const { terminals = [], columns = 80, env = {}, stdin = '' } = options;
  const written = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const open = (name: 'stdout' | 'stderr'): NodeJS.WriteStream => {
    const stream = new PassThrough();
    stream.on('data', (chunk: Buffer) => written[name].push(chunk));
    return Object.assign(stream, { isTTY: terminals.includes(name), columns }) as unknown as NodeJS.WriteStream;
  };
  const text = (name: 'stdout' | 'stderr'): string => Buffer.concat(written[name]).toString('utf8');
  const interruption = new AbortController();
  let hasEnded = false;
  const ended = runProgram(argv, {
    env: { PATH: '/usr/bin', ...env },
    script: '/opt/temporal-sagemaker/lib/cli/main.js',
    stdin: Readable.from([Buffer.from(stdin)]),
    streams: { stdout: open('stdout'), stderr: open('stderr') },
    interrupted: interruption.signal,
  }).then((code) => {
    hasEnded = true;
    const stdoutBytes = Buffer.concat(written.stdout);
    return { code, stdout: text('stdout'), stdoutBytes, stderr: text('stderr') };
  });
  return {
    ended,
    stdout: () => text('stdout'),
    stderr: () => text('stderr'),
    interrupt: (by) => {
      interruption.abort(new Interruption(by));
    },
    waitFor: async (pattern) => {
      await until(
        () => {
          const said = text('stdout') + text('stderr');
          if (!pattern.test(said) && hasEnded) throw new Error(`the program has ended: ${said}`);
          return pattern.test(said);
        },
        { what: `${argv.join(' ')} to print ${String(pattern)}`, limitMs: 45_000 },
      );
    },
  };
}

export function runProgramHere(argv: string[], options: ProgramOptions = {}): Promise<ProgramEnd> {
  return startProgramHere(argv, options).ended;
}

/** Runs a command with `--json`; every line is held against the schemas. */
export async function runForEvents(
  argv: string[],
  options: ProgramOptions = {},
): Promise<ProgramEnd & { events: Event[]; last: Event }> {
  const end = await runProgramHere([...argv, '--json'], options);
  const events = readEvents(end.stdout);
  const last = events.at(-1);
  if (!last) throw new Error(`${argv.join(' ')} printed nothing, and on stderr: ${end.stderr}`);
  return { ...end, events, last };
}
