/**
 * Starts one part of the dev stack as a process of its own: this same program with another command. The part says in
 * its first line on stdout that it is ready, and with what; the rest of what it prints goes to its log file.
 */
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { closeOnce } from '../../temporal-server/close-once';
import { spawnGuarded } from '../../temporal-server/spawn-guarded';
import { CommandFailure } from '../command-failure';

/** The program itself, beside which this file lies. */
export const PROGRAM = path.join(__dirname, '..', 'main.js');

const READY_LIMIT_MS = 60_000;
const LOG_TAIL_LINES = 15;

export interface PartOptions {
  name: 'emulator' | 'worker';
  /** Command and options. */
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Where what it prints is kept. */
  logFile: string;
  /** How long it may take to end when asked to, before it is killed. */
  closeLimitMs: number;
  /** Gives up the start. */
  signal: AbortSignal;
}

export interface PartExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Part {
  name: string;
  pid: number;
  /** The object in its first line. */
  ready: Record<string, unknown>;
  /** Resolves when the process has gone, for whatever reason. */
  exited: Promise<PartExit>;
  /** SIGTERM, then SIGKILL after the limit. Resolves when the process has gone. */
  close: () => Promise<void>;
}

/** @throws CommandFailure with the last lines of the part's log */
export async function startPart(options: PartOptions): Promise<Part> {
  const log = openSync(options.logFile, 'a');
  const { args, env } = options;
  const child = spawnGuarded(process.execPath, [PROGRAM, ...args], { env, output: 'pipe', errors: log });
  closeSync(log);
  const exited = new Promise<PartExit>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
    child.once('error', () => {
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
  });
  const { pid } = child;
  if (pid === undefined) throw didNotStart(options, 'no process could be made');
  const close = closeOnce(child, exited, options.closeLimitMs);
  try {
    const ready = await waitForFirstLine(child, exited, options);
    return { name: options.name, pid, ready, exited, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function waitForFirstLine(
  child: ChildProcess,
  exited: Promise<PartExit>,
  options: PartOptions,
): Promise<Record<string, unknown>> {
  const limit = new AbortController();
  const signal = AbortSignal.any([options.signal, limit.signal]);
  if (!child.stdout) throw didNotStart(options, 'it has no output');
  const lines = createInterface({ input: child.stdout });
  const firstLine = new Promise<string>((resolve) => {
    // Later lines are read too, so that the part never waits for room in the pipe.
    lines.once('line', resolve);
  });
  try {
    const line = await Promise.race([
      firstLine,
      exited.then(({ code, signal: killer }) => {
        throw didNotStart(options, `it ended with ${killer ?? `exit code ${String(code)}`}`);
      }),
      pause(READY_LIMIT_MS, undefined, { signal }).then(() => {
        throw didNotStart(options, `it was not ready within ${String(READY_LIMIT_MS / 1000)} s`);
      }),
    ]);
    return JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    options.signal.throwIfAborted();
    throw error instanceof SyntaxError ? didNotStart(options, 'its first line is not JSON') : error;
  } finally {
    limit.abort();
  }
}

function didNotStart({ name, logFile }: PartOptions, reason: string): CommandFailure {
  return new CommandFailure('Internal', `the ${name} did not start: ${reason}`, {
    logTail: readTail(logFile),
    fix: 'Read its last log lines; start again when the cause is gone.',
  });
}

/** Last lines of a part's log; empty where there is none. */
export function readTail(logFile: string): string[] {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES);
  } catch {
    // A log that cannot be read must not hide the failure that it is read for.
    return [];
  }
}
