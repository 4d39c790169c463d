/** Serves a module of workflows by a worker of its own, runs each of them once, and says what became of it. */
import { setTimeout as pause } from 'node:timers/promises';
import { createWorker } from '../../src/worker';
import { uniqueName, type Rig } from '../support/rig';
import { uniqueTaskQueue } from '../support/temporal';

/** Runs the workflows that have an input, at once. One that fails, or has not ended in time, has an `error`. */
export async function runWorkflows(
  rig: Rig,
  { workflowsPath, inputs, limitMs }: { workflowsPath: string; inputs: Record<string, unknown>; limitMs: number },
): Promise<Record<string, unknown>> {
  const taskQueue = uniqueTaskQueue('docs');
  const worker = await createWorker({
    connection: rig.server.nativeConnection,
    taskQueue,
    pollMinIntervalMs: 100,
    pollMaxIntervalMs: 200,
    worker: { workflowsPath },
  });
  const running = worker.run();
  const done = new AbortController();
  try {
    const results = Object.entries(inputs).map(async ([type, input]): Promise<[string, unknown]> => {
      const handle = await rig.start(type, input, { taskQueue, workflowId: uniqueName(type) });
      const result = handle.result().catch((error: unknown) => ({ error }));
      const late = pause(limitMs, { error: `not ended within ${String(limitMs)} ms` }, { signal: done.signal });
      late.catch(() => undefined);
      return [type, await Promise.race([result, late])];
    });
    return Object.fromEntries(await Promise.all(results));
  } finally {
    done.abort();
    worker.shutdown();
    await running;
  }
}
