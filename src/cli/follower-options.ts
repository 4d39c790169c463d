/**
 * The options of every command that waits for a run, in one place so that they read and mean the same everywhere.
 */
import { InvalidArgumentError, Option, type Command } from 'commander';

/** 28 days, as long as a training job may take at most, do not fit into a timer. */
const TIMEOUT_SECONDS_MAX = 2_000_000;

/** Adds `--timeout` and, where letting go is one of two ways, `--on-interrupt`. */
export function addFollowerOptions(command: Command, { cancels }: { cancels: boolean }): Command {
  command.option('--timeout <seconds>', 'stop waiting after this time, with exit code 7; the run goes on', readTimeout);
  if (!cancels) return command;
  return command.addOption(
    new Option('--on-interrupt <how>', 'what Ctrl-C or SIGTERM does: let go of the run, or cancel it and wait')
      .choices(['detach', 'cancel'])
      .default('detach'),
  );
}

function readTimeout(value: string): number {
  const seconds = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || seconds <= 0 || seconds > TIMEOUT_SECONDS_MAX) {
    throw new InvalidArgumentError(`a time-out is more than 0 and at most ${String(TIMEOUT_SECONDS_MAX)} seconds.`);
  }
  return seconds;
}
