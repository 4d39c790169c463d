/**
 * The built program in tests, as its users have it: `node lib/cli/main.js`. Commands are run to their end with their
 * last JSON line read; what runs until it is stopped is started and waited for.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readEvents, type Event } from './events';
import { startProcess, type TestProcess } from './processes';
import { openStackWorld } from './promises/stack-world';
import type { EmulatorAddress } from './python';
import { temporalCliPath } from './temporal';

const PROGRAM = join(__dirname, '../../lib/cli/main.js');

/** Three processes have to come up, on a machine that may be busy. */
const READY_LIMIT_MS = 90_000;
const CLOSE_LIMIT_MS = 30_000;

/** What `dev --json` prints. */
export interface DevStack extends EmulatorAddress {
  temporalAddress: string;
  temporalUiUrl: string;
  taskQueue: string;
  pids: { temporal: number; emulator: number; worker: number };
}

export interface RunningPart<Ready> {
  /** The object it printed when it was ready. */
  ready: Ready;
  process: TestProcess;
  /** Tells it to stop and waits until it has. */
  close(): Promise<void>;
}

/** The dev stack with images of one's own: name to folder. Its promises are checked until it is closed. */
export async function startDev(images: Record<string, string>): Promise<RunningPart<DevStack>> {
  const dev = await startPart<DevStack>(['dev', '--json', ...imageOptions(images)], {
    ...process.env,
    TEMPORAL_CLI_PATH: temporalCliPath(),
  });
  const world = await openStackWorld(dev.ready);
  return {
    ...dev,
    async close() {
      try {
        await world.close();
      } finally {
        await dev.close();
      }
    },
  };
}

export function startEmulatorProcess(
  images: Record<string, string> = {},
): Promise<RunningPart<EmulatorAddress & { pid: number }>> {
  return startPart(['emulator', '--json', ...imageOptions(images)], process.env);
}

/** A worker beside the stack's own, started by hand. */
export function startWorkerProcess(stack: DevStack): Promise<RunningPart<{ pid: number }>> {
  return startPart(['worker', '--json'], stackEnvironment(stack));
}

export interface CommandEnd {
  exitCode: number | null;
  /** Every line of the output. */
  events: Event[];
  /** The last of them. */
  last: Event;
  stderr: string;
}

/** Runs a command against a stack to its end. */
export async function runCommand(
  stack: DevStack,
  args: string[],
  { input }: { input?: string } = {},
): Promise<CommandEnd> {
  const command = startProgram([...args, '--json'], stackEnvironment(stack), input !== undefined);
  if (input !== undefined) {
    command.write(input);
    command.closeInput();
  }
  const { code, stdout, stderr } = await command.ended;
  const events = readEvents(stdout);
  const last = events.at(-1);
  if (last === undefined) throw new Error(`${args.join(' ')} printed nothing, and on stderr: ${stderr}`);
  return { exitCode: code, events, last, stderr };
}

/** The environment that leads to a stack, made of what `dev --json` printed and nothing else. */
function stackEnvironment(stack: DevStack): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    TEMPORAL_ADDRESS: stack.temporalAddress,
    AWS_ENDPOINT_URL: stack.awsEndpointUrl,
    AWS_REGION: stack.region,
    AWS_ACCESS_KEY_ID: stack.accessKeyId,
    AWS_SECRET_ACCESS_KEY: stack.secretAccessKey,
  };
}

function imageOptions(images: Record<string, string>): string[] {
  return Object.entries(images).flatMap(([name, folder]) => ['--image', `${name}=${folder}`]);
}

async function startPart<Ready>(args: string[], env: NodeJS.ProcessEnv): Promise<RunningPart<Ready>> {
  const part = startProgram(args, env);
  const [line] = await part.waitForOutput(/^\{.*\}(?=\n)/, READY_LIMIT_MS);
  return {
    ready: JSON.parse(line) as Ready,
    process: part,
    async close() {
      part.kill('SIGTERM');
      const limit = setTimeout(() => part.kill('SIGKILL'), CLOSE_LIMIT_MS);
      const { code, stderr } = await part.ended;
      clearTimeout(limit);
      if (code !== 0 && code !== 143) throw new Error(`${args.join(' ')} ended with ${String(code)}: ${stderr}`);
    },
  };
}

function startProgram(args: string[], env: NodeJS.ProcessEnv, stdin = false): TestProcess {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: npm run build makes it`);
  return startProcess(process.execPath, [PROGRAM, ...args], { env, stdin });
}
