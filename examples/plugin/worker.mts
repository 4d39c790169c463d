// A worker as Temporal's documentation makes one, with an activity of its own; the plugin adds what the steps of this
// package need. Ends at Ctrl-C, as Temporal's workers do.
import { fileURLToPath } from 'node:url';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import { SageMakerPlugin, workerOptionsFromEnvironment } from 'temporal-sagemaker/worker';

const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
const connection = await NativeConnection.connect(connectionOptions);
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue: 'models',
  workflowsPath: fileURLToPath(new URL('workflows.ts', import.meta.url)),
  activities: {
    async announce(text: string) {
      console.log(text);
    },
  },
  plugins: [new SageMakerPlugin(workerOptionsFromEnvironment())],
});
await worker.run();
await connection.close();
