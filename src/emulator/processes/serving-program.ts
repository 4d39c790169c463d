/**
 * One running `serve`: started with a network of its own and a relay into it, or on a free port where that cannot be,
 * and the way to reach it by HTTP.
 */
import { closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Launcher, ProgramEnd } from './launcher';
import { ownsListeningPort } from './port-owner';
import { followToEnd } from './program-end';

/** Where a serving program listens, as `http.request` takes it. */
export type ServingAddress = { socketPath: string } | { host: string; port: number };

export interface ServingOptions {
  command: readonly string[];
  workingFolder: string;
  env: Record<string, string>;
  /** What is at /opt/ml. */
  baseFolder: string;
  scratchFolder: string;
  onLines: (lines: string[]) => void;
}

export interface ServingProgram {
  /** Settles when the program has ended and nothing of it is left; never rejects. */
  ended: Promise<ProgramEnd>;
  /** True once `GET /ping` is answered with 200. */
  ping(): Promise<boolean>;
  /** Where the last successful ping was answered. */
  address(): ServingAddress;
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
}

/** SageMaker's port, on which an algorithm listens that knows nothing else. */
const CONTRACT_PORT = 8080;

/** A ping is to be answered within this time. */
const PING_LIMIT_MS = 2_000;

export async function startServingProgram(launcher: Launcher, options: ServingOptions): Promise<ServingProgram> {
  mkdirSync(options.scratchFolder, { recursive: true });
  const { ownNetwork } = launcher.isolation;
  const port = ownNetwork ? CONTRACT_PORT : await findFreePort();
  // A unix socket's path is limited to about a hundred bytes; by way of an open folder it is always short.
  const folderFd = ownNetwork ? openSync(options.scratchFolder, constants.O_RDONLY | constants.O_DIRECTORY) : undefined;
  // A socket of an earlier life would be taken for this one's.
  rmSync(path.join(options.scratchFolder, 'relay.sock'), { force: true });
  const program = launcher.start({
    command: options.command,
    workingFolder: options.workingFolder,
    env: { ...options.env, SAGEMAKER_BIND_TO_PORT: String(port) },
    baseFolder: options.baseFolder,
    scratchFolder: options.scratchFolder,
    network: ownNetwork ? 'relayed' : 'shared',
  });
  const ended = followToEnd(program, options.onLines).finally(() => {
    if (folderFd !== undefined) closeSync(folderFd);
  });
  const candidates: ServingAddress[] =
    folderFd === undefined
      ? [port, CONTRACT_PORT].map((candidate) => ({ host: '127.0.0.1', port: candidate }))
      : [{ socketPath: `/proc/self/fd/${String(folderFd)}/relay.sock` }];
  let address = candidates[0] ?? { host: '127.0.0.1', port };
  return {
    ended,
    address: () => address,
    signal: (name) => {
      program.signal(name);
    },
    async ping() {
      for (const candidate of candidates) {
        // Port 8080 of the machine may be anyone's.
        const foreign = 'port' in candidate && candidate.port !== port && !ownsListeningPort(program, candidate.port);
        if (!foreign && !program.hasEnded() && (await pingOnce(candidate))) {
          address = candidate;
          return true;
        }
      }
      return false;
    },
  };
}

function pingOnce(address: ServingAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ ...address, path: '/ping', agent: false, signal: AbortSignal.timeout(PING_LIMIT_MS) });
    ping.once('response', (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.once('error', () => {
      resolve(false);
    });
    ping.end();
  });
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('a listening socket has no port'));
      });
    });
  });
}
