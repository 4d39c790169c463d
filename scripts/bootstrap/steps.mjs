// How a step of the bootstrap shows itself: one line when it begins, one every ten seconds, one when it is done, all on
// stderr. What its process prints is kept back and shown only when it fails.
import { spawn } from 'node:child_process';

const TELL_EVERY_MS = 10_000;
const OUTPUT_LIMIT_CHARACTERS = 200_000;

/** A failure whose message says everything; no stack is worth showing. */
export class StepFailed extends Error {}

export function tell(message) {
  process.stderr.write(`bootstrap: ${message}\n`);
}

/** Runs `work` under a name, telling of its progress. */
export async function showStep(name, work) {
  const start = performance.now();
  const seconds = (digits) => `${((performance.now() - start) / 1_000).toFixed(digits)} s`;
  tell(`${name} ...`);
  const timer = setInterval(() => tell(`${name} ... ${seconds(0)}`), TELL_EVERY_MS);
  try {
    const result = await work();
    tell(`${name}: done in ${seconds(1)}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

/**
 * Runs a program of Node's to its end.
 *
 * @throws StepFailed with all that it printed where it does not end with 0
 */
export async function runNode(args, { name, cwd, env = process.env, signal, onStart }) {
  signal?.throwIfAborted();
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (chunk) => {
    output = (output + chunk).slice(-OUTPUT_LIMIT_CHARACTERS);
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  const stop = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, killer) => resolve(killer ?? code));
    });
    if (child.pid !== undefined) await onStart?.(child.pid);
    const end = await ended;
    if (end !== 0) throw new StepFailed(`${output.trim()}\nbootstrap: ${name} failed (${end})`.trim());
    return output;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
