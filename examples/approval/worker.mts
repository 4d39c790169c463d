// A worker that runs the workflows beside this file with this package's activities. Ends at Ctrl-C.
import { fileURLToPath } from 'node:url';
import { createWorker, workerOptionsFromEnvironment } from 'temporal-sagemaker/worker';

const worker = await createWorker({
  ...workerOptionsFromEnvironment(),
  taskQueue: 'approval',
  worker: { workflowsPath: fileURLToPath(new URL('workflows.ts', import.meta.url)) },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => worker.shutdown());
await worker.run();
