/**
 * Starts an algorithm's programs as processes that cannot outlive the emulator: with /opt/ml and, where asked, a network
 * of their own where the host allows namespaces, else as plain processes under a watcher. `isolation.ts` finds out
 * which; `training-host.ts` and `serving-program.ts` are its users.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { INNER_SCRIPT, OUTER_SCRIPT, RELAY_SOURCE, WATCH_SCRIPT } from './launch-scripts';
import { killMarked, makeMarker, MARKER_NAME } from './marker';

/** What the host allows. */
export interface Isolation {
  /** Programs get a mount and a process namespace: a true /opt/ml, and nothing that survives its process 1. */
  ownOptMl: boolean;
  /** Programs can have a network namespace: each serving program listens on a port 8080 of its own. */
  ownNetwork: boolean;
  /** The namespaces need a user namespace around them, because the emulator does not run as root. */
  userNamespace: boolean;
}

export const NO_ISOLATION: Isolation = { ownOptMl: false, ownNetwork: false, userNamespace: false };

export interface ProgramOptions {
  command: readonly string[];
  /** Working folder. */
  workingFolder: string;
  env: Record<string, string>;
  /** What is at /opt/ml, or at SAGEMAKER_BASE_DIR where /opt/ml cannot be given. */
  baseFolder: string;
  /** An empty folder for the launcher's own use. */
  scratchFolder: string;
  /** Takes the place of /etc/hosts, where that can be done. */
  hostsFile?: string;
  /** `none`: loopback alone; `relayed`: loopback alone, and port 8080 reachable by `relay.sock` in the scratch folder. */
  network: 'shared' | 'none' | 'relayed';
}

/** How a program ended: by exit code, by signal, or never having begun. */
export type ProgramEnd = { code: number } | { signal: NodeJS.Signals } | { error: string };

/** A program that was started. */
export interface RunningProgram {
  pid: number | undefined;
  /** What all its processes bear in their environment. */
  marker: string;
  /** It is process 1 of a namespace of its own. */
  isProcessOne: boolean;
  stdout: Readable;
  stderr: Readable;
  /** Settles when the program itself has ended, whoever still holds its output; never rejects. */
  ended: Promise<ProgramEnd>;
  hasEnded(): boolean;
  /** To the whole process group. */
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
  /** Ends all that the program left running. To be called after its end. */
  killRemains(): void;
}

export interface Launcher {
  isolation: Isolation;
  start(options: ProgramOptions): RunningProgram;
}

/** The launcher of one emulator. `folderName` is the mark's first part. */
export function createLauncher(isolation: Isolation, folderName: string): Launcher {
  return {
    isolation,
    start(options) {
      const marker = makeMarker(folderName);
      const env: Record<string, string> = { ...options.env, [MARKER_NAME]: marker };
      if (!isolation.ownOptMl) env.SAGEMAKER_BASE_DIR = options.baseFolder;
      const [file, ...args] = isolation.ownOptMl
        ? commandInNamespaces(isolation, options, `${MARKER_NAME}=${marker}`)
        : ['sh', '-c', WATCH_SCRIPT, 'watch', marker, options.workingFolder, ...options.command];
      // A process group of its own, so that a signal reaches all of it and nothing else. Descriptor 3 is held open by
      // the emulator alone: its end is what the watcher waits for.
      const child = spawn(file, args, {
        cwd: options.workingFolder,
        env,
        detached: true,
        stdio: isolation.ownOptMl ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'pipe', 'pipe', 'pipe'],
      });
      // What ends process 1 of a process namespace ends all in it; without one the mark finds who left the group.
      return followProgram(child, marker, isolation.ownOptMl);
    },
  };
}

function commandInNamespaces(isolation: Isolation, options: ProgramOptions, mark: string): [string, ...string[]] {
  const aside = path.join(options.scratchFolder, 'aside');
  mkdirSync(aside, { recursive: true });
  const network = isolation.ownNetwork && options.network !== 'shared';
  const relayFolder = isolation.ownNetwork && options.network === 'relayed' ? options.scratchFolder : '';
  const inner = ['sh', '-c', INNER_SCRIPT, 'inner', options.baseFolder, aside, options.hostsFile ?? ''];
  // In this order: the death signal must be set on what the emulator starts, and is kept by exec but not by fork.
  return [
    'setpriv',
    ...['--pdeathsig', 'KILL', 'unshare'],
    ...(isolation.userNamespace ? ['--user', '--map-current-user', '--keep-caps'] : []),
    ...(network ? ['--net'] : []),
    ...['sh', '-c', OUTER_SCRIPT, 'outer', network ? 'yes' : 'no', relayFolder, process.execPath, RELAY_SOURCE, mark],
    ...['unshare', '--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc'],
    ...[...inner, options.workingFolder, ...options.command],
  ];
}

function followProgram(child: ChildProcess, marker: string, isProcessOne: boolean): RunningProgram {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('a program was started without pipes for its output');
  let hasEnded = false;
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once('error', (error) => {
      hasEnded = true;
      resolve({ error: error.message });
    });
    // Not 'close': that waits for every process that inherited the output.
    child.once('exit', (code, signal) => {
      hasEnded = true;
      resolve(signal === null ? { code: code ?? 0 } : { signal });
    });
  });
  const watch = child.stdio[3];
  // The pipe to the watcher breaks when the program ends; that is told by 'exit'.
  watch?.on('error', () => undefined);
  const signalGroup = (name: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  return {
    pid: child.pid,
    marker,
    isProcessOne,
    stdout,
    stderr,
    ended,
    hasEnded: () => hasEnded,
    signal: (name) => {
      if (!hasEnded) signalGroup(name);
    },
    killRemains() {
      signalGroup('SIGKILL');
      if (!isProcessOne) killMarked((found) => found === marker);
    },
  };
}
