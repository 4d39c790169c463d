/**
 * Child processes in tests: started with their output collected, ended for sure. `afterEach(endProcesses)` leaves
 * nothing behind, whatever a test did.
 */
import { spawn, type SpawnOptions } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './until';

export interface TestProcess {
  pid: number;
  /** All that the process has printed so far. */
  stdout(): string;
  stderr(): string;
  /** Writes to the process's stdin, where it has one. */
  write(text: string): void;
  closeInput(): void;
  kill(signal?: NodeJS.Signals): void;
  isRunning(): boolean;
  /** Resolves when the process has ended and its output is complete. */
  ended: Promise<ProcessEnd>;
  /** Waits until the output, stdout and stderr each for itself, matches; answers the match. */
  waitForOutput(pattern: RegExp, limitMs?: number): Promise<RegExpMatchArray>;
}

export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

const running = new Set<TestProcess>();

/** Starts a program with `stdin` as a pipe when asked for, else with none; `onStderr` sees what it says as it says it. */
export function startProcess(
  command: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env' | 'detached'> & { stdin?: boolean; onStderr?: (text: string) => void } = {},
): TestProcess {
  const { stdin = false, onStderr, ...rest } = options;
  const child = spawn(command, args, { ...rest, stdio: [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (output.stdout += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    output.stderr += chunk;
    onStderr?.(chunk);
  });

  let hasEnded = false;
  const ended = new Promise<ProcessEnd>((resolve, reject) => {
    child.once('error', (error) => {
      running.delete(started);
      reject(error);
    });
    child.once('exit', () => (hasEnded = true));
    child.once('close', (code, signal) => {
      running.delete(started);
      resolve({ code, signal, ...output });
    });
  });
  // A program that cannot be started at all is told to whoever awaits its end.
  ended.catch(() => undefined);

  const started: TestProcess = {
    pid: child.pid ?? -1,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    write: (text) => child.stdin?.write(text),
    closeInput: () => child.stdin?.end(),
    kill: (signal = 'SIGTERM') => child.kill(signal),
    isRunning: () => !hasEnded,
    ended,
    waitForOutput: (pattern, limitMs = 30_000) =>
      until(
        () => {
          const match = pattern.exec(output.stdout) ?? pattern.exec(output.stderr);
          if (match === null && hasEnded) throw new Error(`the process has ended: ${output.stdout}${output.stderr}`);
          return match;
        },
        { what: `${command} to print ${String(pattern)}`, limitMs },
      ),
  };
  running.add(started);
  return started;
}

/** Runs a program to its end. */
export async function runProcess(...args: Parameters<typeof startProcess>): Promise<ProcessEnd> {
  return startProcess(...args).ended;
}

/** Starts a TypeScript file of this repository in a Node of its own, straight from the source. */
export function startTypeScript(
  file: string,
  args: readonly string[] = [],
  options: Parameters<typeof startProcess>[2] = {},
): TestProcess {
  return startProcess(process.execPath, ['-r', join(__dirname, 'register-typescript.cjs'), file, ...args], options);
}

/** Kills every process that a test has left, and waits until it is gone. */
export async function endProcesses(): Promise<void> {
  for (const process of running) process.kill('SIGKILL');
  await until(() => running.size === 0, { what: 'killed processes to end' });
}

/** True while a process of this id runs. A dead one that nobody has collected yet does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/[)] Z /.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    // Not Linux, or just gone: the next look tells.
    return process.platform !== 'linux';
  }
}

/** Process ids of all that runs with this text in its environment, however it was started. Linux alone can tell. */
export function findByEnvironment(text: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return isAlive(pid) && readFileSync(`/proc/${String(pid)}/environ`, 'utf8').includes(text);
    } catch {
      // Somebody else's, or gone in between.
      return false;
    }
  });
}
