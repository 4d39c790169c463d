/**
 * What one command gets to work with, and how its end becomes an exit code. `program.ts` wraps every command's handler
 * in `invoke`; handlers throw, this file tells.
 */
import type { Command } from 'commander';
import { describeFailure, type Failure } from './command-failure';
import { interruptAfter, Interruption, untilInterrupted } from './interruption';
import { createOutput, type Output, type OutputStreams } from './output';
import { commandLine, type CommandArguments } from './program-name';

/** What `main.ts` hands to the whole program. */
export interface ProgramContext {
  env: NodeJS.ProcessEnv;
  /** The script that Node was started with. */
  script: string;
  stdin: NodeJS.ReadableStream;
  streams: OutputStreams;
  /** Aborted with an {@link Interruption}. */
  interrupted: AbortSignal;
  /** Notes the exit code that the program is to end with. */
  end(exitCode: number): void;
}

/** What is said of something that is let go of. */
export interface Farewell {
  /** For people, on stderr. */
  lines: string[];
  /** For programs, beside or in place of the fields of the error. */
  details?: Partial<Failure>;
}

/** What a handler gets. */
export interface Invocation<Options> {
  args: string[];
  options: Options;
  output: Output;
  env: NodeJS.ProcessEnv;
  stdin: NodeJS.ReadableStream;
  /** For logs; everything else goes through {@link Invocation.output}. */
  stderr: NodeJS.WriteStream;
  /** Aborted when the command is to let go of what it does: by a signal, or by `--timeout`. */
  interrupted: AbortSignal;
  /** What to tell when the command is interrupted and lets go of something that goes on without it. */
  whenInterrupted: (tell: () => Farewell) => void;
  /**
   * From now on the first signal does this, and the command goes on to its end; a second one ends the program. Called
   * again, the new one takes the old one's place; where the signal has come meanwhile, it is done at once.
   */
  onSignal: (act: (interruption: Interruption) => void) => void;
  /** Another command of this program, as it is to be typed where this one was. */
  commandLine: (command: string, given?: CommandArguments) => string;
}

/** Options that every command has. */
export interface CommonOptions {
  json?: true;
  quiet?: true;
  /** False with `--no-color`. */
  color?: boolean;
}

/** Options of the commands that follow a run. */
export interface FollowerOptions extends CommonOptions {
  /** Seconds. */
  timeout?: number;
  onInterrupt?: 'detach' | 'cancel';
}

export interface HandlerKind {
  /** The handler sees to the interruption itself, since it has something to take down. @default false */
  takesDown?: boolean;
}

/** Makes a commander action out of a handler. */
export function invoke<Options extends CommonOptions>(
  context: ProgramContext,
  handler: (invocation: Invocation<Options>) => Promise<void>,
  { takesDown = false }: HandlerKind = {},
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    // Commander hands over the arguments, the options and, last, the command itself.
    const command = given.at(-1) as Command;
    const options = command.opts<Options & FollowerOptions>();
    const output = openOutput(context, command.name(), options);
    const leaving = openLeaving(context.interrupted, options.timeout);
    let tell = (): Farewell => ({ lines: [] });
    const work = handler({
      args: command.args,
      options,
      output,
      env: context.env,
      stdin: context.stdin,
      stderr: context.streams.stderr,
      interrupted: leaving.signal,
      whenInterrupted(given) {
        tell = given;
      },
      onSignal: leaving.onSignal,
      commandLine: (name, given) => commandLine({ ...context, cwd: process.cwd() }, name, given),
    });
    try {
      await (takesDown ? work : untilInterrupted(work, leaving.signal));
      context.end(0);
    } catch (error) {
      context.end(describeFailure(error).exitCode);
      tellFailure(output, error, tell);
    } finally {
      leaving.close();
    }
  };
}

function openOutput({ streams, env }: ProgramContext, command: string, options: CommonOptions): Output {
  const { json = false, quiet = false, color = true } = options;
  return createOutput(streams, { json, quiet, color, command, env });
}

/** The moment to let go, out of signals and the time that `--timeout` leaves. */
function openLeaving(signals: AbortSignal, timeoutSeconds: number | undefined) {
  const leave = new AbortController();
  const limit = interruptAfter(timeoutSeconds);
  let act: ((interruption: Interruption) => void) | undefined;
  let actedOn: Interruption | undefined;
  const onAbort = (): void => {
    const interruption = signals.reason as Interruption;
    if (!act || interruption.by === 'EPIPE') {
      leave.abort(interruption);
      return;
    }
    actedOn = interruption;
    act(interruption);
  };
  if (signals.aborted) onAbort();
  else signals.addEventListener('abort', onAbort, { once: true });
  return {
    signal: AbortSignal.any([leave.signal, limit.signal]),
    onSignal: (given: (interruption: Interruption) => void): void => {
      act = given;
      if (actedOn) act(actedOn);
    },
    close: (): void => {
      limit.clear();
      signals.removeEventListener('abort', onAbort);
    },
  };
}

function tellFailure(output: Output, error: unknown, tell: () => Farewell): void {
  const failure = describeFailure(error);
  if (!(error instanceof Interruption)) {
    output.failure(failure);
    return;
  }
  output.settle();
  if (error.by === 'EPIPE') return;
  const { lines, details } = tell();
  if (output.json) output.failure({ ...failure, ...details });
  // Who pressed Ctrl-C knows; that the time is up is news.
  else if (error.by === 'timeout') output.failure(failure);
  if (!output.json) for (const line of lines) output.alert(line);
}
