/**
 * The tree of commands. Adds each command, reads the arguments with commander, and answers the exit code. Nothing heavy
 * is loaded here: every command imports what it needs inside its own action.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError } from 'commander';
import { addAttachCommand } from './commands/attach';
import { addCancelCommand } from './commands/cancel';
import { addDeleteEndpointCommand } from './commands/delete-endpoint';
import { addDevCommand } from './commands/dev';
import { addDoctorCommand } from './commands/doctor';
import { addEmulatorCommand } from './commands/emulator';
import { addLogsCommand } from './commands/logs';
import { addPredictCommand } from './commands/predict';
import { addQuickstartCommand } from './commands/quickstart';
import { addResultCommand } from './commands/result';
import { addSchemaCommand } from './commands/schema';
import { addStartCommands } from './commands/start-run';
import { addStatusCommand } from './commands/status';
import { addSweepCommand } from './commands/sweep';
import { addWorkerCommand } from './commands/worker';
import { EXIT } from '../domain/failures';
import type { ProgramContext } from './invocation';
import { createOutput } from './output';

const COMMANDS = [
  addQuickstartCommand,
  addDevCommand,
  addWorkerCommand,
  addEmulatorCommand,
  addStartCommands,
  addStatusCommand,
  addAttachCommand,
  addLogsCommand,
  addCancelCommand,
  addResultCommand,
  addPredictCommand,
  addDeleteEndpointCommand,
  addSweepCommand,
  addDoctorCommand,
  addSchemaCommand,
];

/** Runs one command line, without the program's name; answers the exit code. Never rejects. */
export async function runProgram(argv: string[], given: Omit<ProgramContext, 'end'>): Promise<number> {
  let exitCode: number = EXIT.ok;
  const context: ProgramContext = {
    ...given,
    end(code) {
      exitCode = code;
    },
  };
  // The line need not be one that commander understands.
  const isForPrograms = argv.includes('--json');
  const program = buildProgram(context, isForPrograms);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has told the reason; help and version are no mistakes.
    if (error.exitCode === 0) return EXIT.ok;
    if (isForPrograms) {
      const message = error.message.replace(/^error: /, '');
      const output = createOutput(given.streams, { json: true, ...nameCommand(program, argv) });
      output.failure({ code: 'InvalidInput', message, exitCode: EXIT.usage });
    }
    return EXIT.usage;
  }
}

/** The command that a line names, where there is one of that name. */
function nameCommand(program: Command, [name]: string[]): { command?: string } {
  return program.commands.some((command) => command.name() === name) ? { command: name } : {};
}

function buildProgram(context: ProgramContext, forPrograms: boolean): Command {
  const program = new Command('temporal-sagemaker')
    .description("SageMaker's fit() and deploy() as durable Temporal workflows")
    .addHelpText('before', 'Example:\n  $ temporal-sagemaker quickstart\n')
    .addHelpText('after', `\n${EXIT_CODES}`)
    .showHelpAfterError('(--help shows how)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.streams.stdout.write(text),
      // Programs are told by an event, and nothing else.
      writeErr: (text) => forPrograms || context.streams.stderr.write(text),
      getOutHelpWidth: () => context.streams.stdout.columns || 80,
      getErrHelpWidth: () => context.streams.stderr.columns || 80,
    })
    .version(readVersion());
  for (const add of COMMANDS) add(program, context);
  for (const command of program.commands) {
    command
      .option('--json', 'print one JSON object a line, the result last')
      .option('--quiet', 'print the result and errors alone')
      .option('--no-color', 'no colours, as with NO_COLOR');
  }
  return program;
}

const EXIT_CODES = `Exit codes: 0 done, 1 internal, 2 invalid input or usage, 3 not found, 4 permission,
5 job or endpoint failed, stopped or cancelled, 6 conflict, 7 --timeout ran out (the run goes on),
8 Temporal or AWS unreachable, 9 quota or capacity; 129, 130 and 143 interrupted by SIGHUP,
Ctrl-C and SIGTERM (the run goes on).`;

function readVersion(): string {
  const text = readFileSync(path.join(__dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
