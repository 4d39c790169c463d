// Runs the command in the foreground, as if it stood in our place: its streams are ours, signals reach it, and we end
// as it ends. Called last, by prepare-and-run.mjs.
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

const FORWARDED = ['SIGTERM', 'SIGINT', 'SIGHUP'];

export async function runCommand(command, args, root) {
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].filter(Boolean).join(delimiter);
  const child = spawn(command === 'node' ? process.execPath : command, args, {
    cwd: root,
    env: { ...process.env, PATH: path },
    stdio: 'inherit',
  });

  // A terminal sends its interrupt to the whole group, so the child has it already; a second one means "at once".
  const isFromTerminal = (signal) => signal === 'SIGINT' && process.stdin.isTTY === true;
  const forward = (signal) => {
    if (!isFromTerminal(signal)) child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);

  const { code, killer, error } = await new Promise((resolve) => {
    child.once('error', (error) => resolve({ error }));
    child.once('exit', (code, killer) => resolve({ code, killer }));
  });
  for (const signal of FORWARDED) process.off(signal, forward);

  if (error !== undefined) {
    process.stderr.write(`bootstrap: ${command} cannot be run: ${error.message}\n`);
    process.exitCode = 127;
  } else if (killer !== null) {
    process.kill(process.pid, killer);
  } else {
    process.exitCode = code;
  }
}
