/**
 * The one place where a command's words leave the program: data on stdout, live status on stderr for people; one JSON
 * object a line on stdout for programs. Commands say what happened; here it is decided who gets to see it, and how.
 */
import type { Failure } from './command-failure';
import { describeEvent, describeFailureLines } from './describe-event';
import type { PrintedEvent } from './event-schemas';
import { dropControlCharacters } from './live-block';
import { createBlock, type Painter } from './terminal-block';
import { canRedraw, paintFor, styleOfContainer } from './terminal-style';

type Told<T extends PrintedEvent['type']> = Omit<Extract<PrintedEvent, { type: T }>, 'v' | 'time'>;

/** What happened on the way, as programs read it: one line each, before the last one. */
export type CommandEvent = Told<'status'> | Told<'warning'> | Told<'heartbeat'> | (Told<'log'> & { time: string });

/** What only programs are told in these words. */
type Announcement = 'metric' | 'run' | 'stack' | 'predictions' | 'kept' | 'removed';

export interface OutputStreams {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

export interface OutputOptions {
  /** One object a line. */
  json: boolean;
  /** The result and errors alone. @default false */
  quiet?: boolean;
  /** False: no colours, whatever the terminal. @default true */
  color?: boolean;
  /** Stands in every result and error. */
  command?: string;
  /** @default that of the process */
  env?: NodeJS.ProcessEnv;
}

export interface Output {
  readonly json: boolean;
  /** True where a live block can be drawn. */
  readonly live: boolean;
  /** Width of what is printed on stdout. */
  readonly columns: number;
  /** Tells what happened: an object for programs, a line for people. */
  emit(event: CommandEvent): void;
  /** The same on stderr alone, a line for whoever looks: of a command that has nothing but its result on stdout. */
  remark(event: Exclude<CommandEvent, { type: 'log' }>): void;
  /** Something that programs read and people are told in other words. */
  announce<T extends Announcement>(type: T, fields: Omit<Told<T>, 'type'>): void;
  /** What is being done, for people alone. */
  note(text: string): void;
  /** Data for people, on stdout; programs get it in the result. */
  print(text: string): void;
  /** A log line that was asked for as such: data, though the command be quiet. */
  printLog(event: Told<'log'> & { time: string }): void;
  /** The last thing said by a command that reached what was asked for. */
  result(fields: object, text: string | Uint8Array): void;
  /** One bare object in one line, for programs; the text for people. */
  document(value: object, text: string): void;
  /** The last thing said by a command that did not. */
  failure(failure: Failure): void;
  /** Something for whoever looks at the terminal, even where a program reads stdout. */
  alert(text: string): void;
  /** Keeps a block up to date until the returned function is called, which leaves its last frame standing. */
  startBlock(painter: Painter): () => void;
  /** Before the last words: the block stays as it is, and what still happens is told to nobody. */
  settle(): void;
}

/** Version of the events' shape. */
const EVENTS_VERSION: PrintedEvent['v'] = 1;

export function createOutput(streams: OutputStreams, options: OutputOptions): Output {
  const { stdout, stderr } = streams;
  const { json, quiet = false, color, command, env = process.env } = options;
  const live = canRedraw(stderr, env) && !json && !quiet;
  const block = createBlock(stderr);
  const style = { env, ...(color !== undefined && { color }) };
  const paintOut = paintFor(stdout, style);
  const paintErr = paintFor(stderr, style);
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
    block.stop();
  };

  const isTold = (): boolean => !json && !quiet && !isSettled;
  const sayOnStderr = (text: string): void => {
    block.around(() => stderr.write(`${text}\n`));
  };
  /** Names and AWS's words are in it: whoever reads it, here or in a build's log, has a terminal. */
  const sayPlainly = (text: string): void => {
    sayOnStderr(dropControlCharacters(text));
  };
  const sayOnStdout = (text: string, { prefix = '' } = {}): void => {
    const line = prefix + dropControlCharacters(text);
    // Lines that go elsewhere do not disturb the block.
    if (stdout.isTTY) block.around(() => stdout.write(`${line}\n`));
    else stdout.write(`${line}\n`);
  };
  const writeJson = (value: object): void => {
    // JSON escapes the old control characters itself, and not those of eight bits.
    const text = JSON.stringify(value).replace(/\p{Cc}/gu, (control) => `\\u00${control.charCodeAt(0).toString(16)}`);
    stdout.write(`${text}\n`);
  };
  const writeEvent = (event: { type: string } & object): void => {
    const { type, ...fields } = event;
    writeJson({ v: EVENTS_VERSION, type, time: new Date().toISOString(), ...fields });
  };
  const sayLog = (event: Told<'log'>): void => {
    if (json) writeEvent(event);
    else sayOnStdout(event.line, { prefix: `${paintOut(styleOfContainer(event.source), `${event.source} │`)} ` });
  };
  const sayResult = (text: string): void => {
    if (text !== '') sayOnStdout(text);
  };
  const ofCommand = command === undefined ? {} : { command };

  return {
    json,
    live,
    columns: stdout.columns || 80,
    emit(event) {
      if (quiet || isSettled) return;
      if (event.type === 'log') sayLog(event);
      else if (json) writeEvent(event);
      // The block shows statuses already, and that it is alive.
      else if (event.type === 'warning' || !block.isShown()) sayOnStderr(describeEvent(event, paintErr));
    },
    remark(event) {
      if (!quiet && !isSettled) sayOnStderr(describeEvent(event, paintErr));
    },
    announce(type, fields) {
      if (json && !quiet && !isSettled) writeEvent({ ...fields, type });
    },
    note(text) {
      if (isTold()) sayPlainly(text);
    },
    print(text) {
      if (isTold()) sayOnStdout(text);
    },
    printLog(event) {
      if (!isSettled) sayLog(event);
    },
    result(fields, text) {
      settle();
      if (json) writeEvent({ ...ofCommand, ...fields, type: 'result' });
      else if (typeof text === 'string') sayResult(text);
      // A stranger's bytes could rewrite a terminal; whatever else reads them gets each one.
      else if (stdout.isTTY) sayResult(Buffer.from(text).toString('utf8').replace(/\n$/, ''));
      else stdout.write(text);
    },
    document(value, text) {
      if (json) writeJson(value);
      else sayOnStdout(text);
    },
    failure(failure) {
      settle();
      if (json) writeEvent({ type: 'error', ...ofCommand, ...failure });
      else for (const line of describeFailureLines(failure, paintErr)) sayOnStderr(line);
    },
    alert(text) {
      sayPlainly(text);
    },
    startBlock(painter) {
      if (!live) return () => undefined;
      return block.start(painter);
    },
    settle,
  };
}
