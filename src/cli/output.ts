/**
 * The one place where a command's words leave the program: data on stdout, live status on stderr for people; one JSON
 * object a line on stdout for programs. Commands say what happened; here it is decided who gets to see it, and how.
 */
import { clearScreenDown, moveCursor } from 'node:readline';
import { styleText } from 'node:util';
import type { Failure } from './command-failure';
import { stripControls, timeOfDay } from './live-block';

/** What happened on the way, as programs read it: one line each, before the last one. */
export type CommandEvent =
  | {
      type: 'status';
      subject: string;
      name: string;
      status: string;
      secondaryStatus?: string;
      message?: string;
      /** When AWS entered it; absent where that is not known. */
      since?: string;
    }
  | { type: 'log'; source: string; line: string; time: string }
  | { type: 'warning'; message: string };

/** Draws the block that is kept up to date at the foot of a terminal. */
export type Painter = (columns: number, nowMs: number) => string[];

export interface OutputStreams {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

export interface Output {
  readonly json: boolean;
  /** True where a live block can be drawn. */
  readonly live: boolean;
  /** Width of what is printed on stdout. */
  readonly columns: number;
  /** Tells what happened: an object for programs, a line for people. */
  emit(event: CommandEvent): void;
  /** Something that programs read and people are told in other words. */
  announce(type: string, fields: object): void;
  /** What is being done, for people alone. */
  note(text: string): void;
  /** Data for people, on stdout; programs get it in the result. */
  print(text: string): void;
  /** The last thing said by a command that reached what was asked for. */
  result(fields: object, text: string): void;
  /** One bare object in one line, for programs; the text for people. */
  document(value: object, text: string): void;
  /** The last thing said by a command that did not. */
  failure(failure: Failure): void;
  /** Something for whoever looks at the terminal, even where a program reads stdout. */
  alert(text: string): void;
  /** Keeps a block up to date until the returned function is called, which leaves its last frame standing. */
  startBlock(painter: Painter): () => void;
}

/** Version of the events' shape. */
const EVENTS_VERSION = 1;
const REDRAW_INTERVAL_MS = 250;

export function createOutput(streams: OutputStreams, { json }: { json: boolean }): Output {
  const { stdout, stderr } = streams;
  const isTerminal = stderr.isTTY && process.env.TERM !== 'dumb';
  const live = isTerminal && !json;
  const block = createBlock(stderr);

  const sayOnStderr = (text: string): void => {
    block.around(() => stderr.write(`${text}\n`));
  };
  const sayOnStdout = (text: string): void => {
    const line = stdout.isTTY ? stripControls(text) : text;
    // Lines that go elsewhere do not disturb the block.
    if (stdout.isTTY) block.around(() => stdout.write(`${line}\n`));
    else stdout.write(`${line}\n`);
  };
  const writeJson = (value: object): void => {
    stdout.write(`${JSON.stringify(value)}\n`);
  };
  const writeEvent = (event: { type: string } & object): void => {
    const { type, ...fields } = event;
    writeJson({ v: EVENTS_VERSION, type, time: new Date().toISOString(), ...fields });
  };

  return {
    json,
    live,
    columns: stdout.columns || 80,
    emit(event) {
      if (json) writeEvent(event);
      else if (event.type === 'log') sayOnStdout(`${event.source} │ ${event.line}`);
      // The block shows statuses already.
      else if (event.type !== 'status' || !block.isShown()) sayOnStderr(describeEvent(event));
    },
    announce(type, fields) {
      if (json) writeEvent({ ...fields, type });
    },
    note(text) {
      if (!json) sayOnStderr(text);
    },
    print(text) {
      if (!json) sayOnStdout(text);
    },
    result(fields, text) {
      if (json) writeEvent({ ...fields, type: 'result' });
      else if (text !== '') sayOnStdout(text);
    },
    document(value, text) {
      if (json) writeJson(value);
      else sayOnStdout(text);
    },
    failure(failure) {
      if (json) {
        writeEvent({ type: 'error', ...failure });
        return;
      }
      for (const line of describeFailureLines(failure)) sayOnStderr(stripControls(line));
    },
    alert(text) {
      sayOnStderr(text);
    },
    startBlock(painter) {
      if (!live) return () => undefined;
      return block.start(painter);
    },
  };

  function describeFailureLines(failure: Failure): string[] {
    const { code, message, reason, problems, differences, fix, logTail } = failure;
    const coordinates = Object.entries({
      workflow: failure.workflowId,
      run: failure.runId,
      job: failure.trainingJobName,
      endpoint: failure.endpointName,
      modelData: failure.modelData,
    }).filter(([, value]) => value !== undefined && !message.includes(value));
    const cross = styleText('red', '✗', { stream: stderr });
    return [
      `${cross} ${code}: ${message}`,
      ...(problems ?? []).map((problem) => `  - ${problem}`),
      ...(differences ?? []).map((difference) => `  - ${difference}`),
      ...(reason === undefined || message.includes(reason) ? [] : [`why: ${reason}`]),
      ...(fix === undefined ? [] : [`fix: ${fix}`]),
      ...(coordinates.length === 0 ? [] : [coordinates.map(([name, value]) => `${name}: ${String(value)}`).join('  ')]),
      ...(logTail && logTail.length > 0 ? ['last log lines:', ...logTail.map((line) => `  │ ${line}`)] : []),
    ];
  }
}

function describeEvent(event: Exclude<CommandEvent, { type: 'log' }>): string {
  switch (event.type) {
    case 'status': {
      const status = [event.status, event.secondaryStatus, event.message].filter((part) => part !== undefined);
      const time = timeOfDay(event.since === undefined ? Date.now() : Date.parse(event.since));
      return stripControls(`${time} ${event.subject} ${event.name}: ${[...new Set(status)].join(' · ')}`);
    }
    case 'warning':
      return `warning: ${stripControls(event.message)}`;
  }
}

interface Block {
  start(painter: Painter): () => void;
  /** Takes the block away, lets something be written, and draws it again. */
  around(write: () => void): void;
  isShown(): boolean;
}

function createBlock(stderr: NodeJS.WriteStream): Block {
  let painter: Painter | undefined;
  let height = 0;

  const erase = (): void => {
    if (height === 0) return;
    moveCursor(stderr, 0, -height);
    clearScreenDown(stderr);
    height = 0;
  };
  const draw = (): void => {
    if (!painter) return;
    const lines = painter(stderr.columns || 80, Date.now());
    stderr.write(lines.map((line) => `${line}\n`).join(''));
    height = lines.length;
  };

  return {
    start(given) {
      painter = given;
      draw();
      const timer = setInterval(() => {
        erase();
        draw();
      }, REDRAW_INTERVAL_MS);
      return () => {
        if (painter !== given) return;
        clearInterval(timer);
        erase();
        draw();
        painter = undefined;
        height = 0;
      };
    },
    around(write) {
      erase();
      write();
      draw();
    },
    isShown: () => painter !== undefined,
  };
}
