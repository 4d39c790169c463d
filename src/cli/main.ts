#!/usr/bin/env node
/**
 * The program `temporal-sagemaker`: the only file that touches the process itself, its arguments, signals and exit.
 * Everything else is in `program.ts`.
 */
import { Interruption } from './interruption';
import { runProgram } from './program';

// Which Node the AWS SDK will want next year is for those who build this program, not for those who run it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const interruption = new AbortController();

for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    const reason = new Interruption(signal);
    // The second time somebody means it; processes that a command owns end with ours.
    if (interruption.signal.aborted) process.exit(reason.exitCode);
    interruption.abort(reason);
  });
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    interruption.abort(new Interruption('EPIPE'));
  });
}

void runProgram(process.argv.slice(2), {
  env: process.env,
  script: process.argv[1] ?? __filename,
  stdin: process.stdin,
  streams: { stdout: process.stdout, stderr: process.stderr },
  interrupted: interruption.signal,
}).then((exitCode) => {
  // What is still open (connections, native threads) must not keep a finished program alive.
  process.stdout.write('', () => process.exit(exitCode));
});
