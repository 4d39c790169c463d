/**
 * The dev stack: Temporal server, emulator and worker as three processes that know of each other and of nothing else.
 * `dev` and `quickstart` start it, point people or a client at it, and take it down again, the worker first.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TASK_QUEUE } from '../../contract';
import { QUICK_POLLING, stackVariables, withoutAccounts, type StackAddresses } from './environment';
import { CommandFailure } from '../command-failure';
import { readTail, startPart, type Part, type PartExit, type PartOptions } from './start-part';

const WORKER_CLOSE_LIMIT_MS = 20_000;
const EMULATOR_CLOSE_LIMIT_MS = 10_000;

export interface StackOptions {
  env: NodeJS.ProcessEnv;
  /** Image name to folder. */
  images: Record<string, string>;
  /** Holds everything; kept at the end. @default a folder of its own, removed at the end */
  stateFolder?: string;
  /** Gives up the start; what was begun is taken down. */
  signal: AbortSignal;
  /** Told when a part ends that was not asked to. */
  onEnd: (part: string, exit: PartExit, logFile: string) => void;
  /** Told what is being waited for. */
  onProgress: (message: string) => void;
}

export interface Stack extends StackAddresses {
  taskQueue: string;
  pids: { temporal: number; emulator: number; worker: number };
  folder: string;
  /** The environment for a program that shall use the stack. */
  environment: NodeJS.ProcessEnv;
  /** Takes all down: worker, emulator, server. May be called again. A kept folder can be read for what went wrong. */
  close: (options?: { keepState?: boolean }) => Promise<void>;
}

/** Starts all three and resolves when each of them answers. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const folder =
    options.stateFolder !== undefined
      ? path.resolve(options.stateFolder)
      : await mkdtemp(path.join(tmpdir(), 'temporal-sagemaker-'));
  const logs = path.join(folder, 'logs');
  await mkdir(logs, { recursive: true });
  const logFile = (part: string): string => path.join(logs, `${part}.log`);

  const closers: (() => Promise<void>)[] = [];
  let isClosing = false;
  let closing: Promise<void> | undefined;
  const closeAll = async (keepState: boolean): Promise<void> => {
    isClosing = true;
    // Last begun, first ended.
    for (const close of closers.reverse()) await close();
    if (options.stateFolder === undefined && !keepState) await rm(folder, { recursive: true, force: true });
  };
  const close: Stack['close'] = ({ keepState = false } = {}) => (closing ??= closeAll(keepState));
  const watch = (part: string, exited: Promise<PartExit>): void => {
    void exited.then((exit) => {
      if (!isClosing) options.onEnd(part, exit, logFile(part));
    });
  };

  const env = withoutAccounts(options.env, folder);
  const begin = async (name: PartOptions['name'], args: string[], more: Record<string, string>, limitMs: number) => {
    const part = await startPart({
      name,
      args,
      env: { ...env, ...more },
      logFile: logFile(name),
      closeLimitMs: limitMs,
      signal: options.signal,
    });
    closers.push(part.close);
    watch(name, part.exited);
    return part;
  };

  try {
    options.onProgress('starting the Temporal server and the emulator');
    const [server, emulator] = await settleBoth(
      startServer(options, folder, logFile('temporal')).then((started) => {
        // Ended last, whichever was up first.
        closers.unshift(() => started.close());
        watch('temporal', started.exited);
        return started;
      }),
      begin(
        'emulator',
        ['emulator', '--json', '--folder', path.join(folder, 'emulator'), ...imageArguments(options.images)],
        {},
        EMULATOR_CLOSE_LIMIT_MS,
      ),
    );
    const addresses = {
      temporalAddress: server.address,
      temporalHttpUrl: server.httpUrl,
      temporalUiUrl: server.uiUrl ?? '',
      ...readEmulatorAddresses(emulator),
    };
    const variables = stackVariables(addresses);
    options.onProgress('starting the worker');
    const worker = await begin(
      'worker',
      ['worker', '--json'],
      { ...variables, ...QUICK_POLLING },
      WORKER_CLOSE_LIMIT_MS,
    );
    return {
      ...addresses,
      taskQueue: env.TEMPORAL_SAGEMAKER_TASK_QUEUE ?? TASK_QUEUE,
      pids: { temporal: server.pid, emulator: emulator.pid, worker: worker.pid },
      folder,
      environment: { ...env, ...variables },
      close,
    };
  } catch (error) {
    // The failure tells the last lines of the log it is about.
    await close();
    throw error;
  }
}

async function startServer(options: StackOptions, folder: string, logFile: string) {
  const { findTemporalCli, startTemporalServer } = await import('../../temporal-server/index.js');
  const { env, signal, onProgress } = options;
  try {
    const { path: cliPath } = await findTemporalCli({ env, signal, onProgress });
    return await startTemporalServer({ cliPath, dbFilename: path.join(folder, 'temporal.db'), logFile, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw withoutServer(error instanceof Error ? error.message : String(error), logFile);
  }
}

/** The first line says what happened; a list of what was tried and advice may follow. */
function withoutServer(text: string, logFile: string): CommandFailure {
  const [what = '', ...lines] = text.split('\n');
  const isTried = (line: string): boolean => line.startsWith('  - ');
  const advice = lines.slice(lines.findLastIndex(isTried) + 1).join(' ');
  return new CommandFailure('TemporalUnreachable', what.replace(/:$/, ''), {
    problems: lines.filter(isTried).map((line) => line.slice('  - '.length)),
    fix: !lines.some(isTried)
      ? 'Set TEMPORAL_CLI_PATH to an executable of the Temporal CLI that runs, or unset it.'
      : advice,
    logTail: readTail(logFile),
  });
}

function imageArguments(images: Record<string, string>): string[] {
  return Object.entries(images).flatMap(([name, folder]) => ['--image', `${name}=${folder}`]);
}

function readEmulatorAddresses({ ready }: Part): Omit<StackAddresses, `temporal${string}` & keyof StackAddresses> {
  const { awsEndpointUrl, region, accessKeyId, secretAccessKey } = ready as unknown as StackAddresses;
  return { awsEndpointUrl, region, accessKeyId, secretAccessKey };
}

/** Both results; where one fails, the other is still waited for, so that nothing starts after the take-down. */
async function settleBoth<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const settled = await Promise.allSettled([first, second]);
  const failed = settled.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason as Error;
  return Promise.all([first, second]);
}
