/**
 * What one command gets to work with, and how its end becomes an exit code. `program.ts` wraps every command's handler
 * in `invoke`; handlers throw, this file tells.
 */
import type { Command } from 'commander';
import { describeFailure } from './command-failure';
import { Interruption, untilInterrupted } from './interruption';
import { createOutput, type Output, type OutputStreams } from './output';

/** What `main.ts` hands to the whole program. */
export interface ProgramContext {
  env: NodeJS.ProcessEnv;
  stdin: NodeJS.ReadableStream;
  streams: OutputStreams;
  /** Aborted with an {@link Interruption}. */
  interrupted: AbortSignal;
  /** Notes the exit code that the program is to end with. */
  end(exitCode: number): void;
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
  interrupted: AbortSignal;
  /** What to tell when the command is interrupted and lets go of something that goes on without it. */
  whenInterrupted: (tell: () => string[]) => void;
}

/** Options that every command has. */
export interface CommonOptions {
  json?: true;
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
    const options = command.opts<Options>();
    const output = createOutput(context.streams, { json: options.json ?? false });
    let tell = (): string[] => [];
    const work = handler({
      args: command.args,
      options,
      output,
      env: context.env,
      stdin: context.stdin,
      stderr: context.streams.stderr,
      interrupted: context.interrupted,
      whenInterrupted(given) {
        tell = given;
      },
    });
    try {
      await (takesDown ? work : untilInterrupted(work, context.interrupted));
      context.end(0);
    } catch (error) {
      const failure = describeFailure(error);
      context.end(failure.exitCode);
      if (error instanceof Interruption && error.by === 'EPIPE') return;
      if (error instanceof Interruption && !output.json) for (const line of tell()) output.alert(line);
      else output.failure(failure);
    }
  };
}
