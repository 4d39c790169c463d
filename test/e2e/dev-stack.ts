/**
 * A dev stack as a process of its own, as `temporal-sagemaker dev` gives it to anyone. The browser tests look at the
 * Temporal UI of one; `lib/` must be built.
 */
import { join } from 'node:path';
import { isAlive, startProcess } from '../support/processes';
import { openStackWorld } from '../support/promises/stack-world';
import { until } from '../support/until';

const PROGRAM = join(__dirname, '../../lib/cli/main.js');
const START_LIMIT_MS = 90_000;

export interface DevStack {
  temporalAddress: string;
  temporalUiUrl: string;
  awsEndpointUrl: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  taskQueue: string;
  pids: { temporal: number; emulator: number; worker: number };
}

export async function startDevStack(): Promise<DevStack & { close: () => Promise<void> }> {
  const dev = startProcess(process.execPath, [PROGRAM, 'dev', '--json']);
  const [line] = await dev.waitForOutput(/^\{.*\}$/m, START_LIMIT_MS);
  const stack = JSON.parse(line) as DevStack;
  const world = await openStackWorld(stack);
  return {
    ...stack,
    async close() {
      try {
        await world.close();
      } finally {
        dev.kill('SIGINT');
        await dev.ended;
        const pids = Object.values(stack.pids);
        await until(() => !pids.some(isAlive), { what: 'the processes of the dev stack to end' });
      }
    },
  };
}

/** The variables that point clients and AWS's SDK at the stack. */
export function variablesOf(stack: DevStack): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: stack.temporalAddress,
    AWS_ENDPOINT_URL: stack.awsEndpointUrl,
    AWS_REGION: stack.region,
    AWS_ACCESS_KEY_ID: stack.accessKeyId,
    AWS_SECRET_ACCESS_KEY: stack.secretAccessKey,
  };
}
