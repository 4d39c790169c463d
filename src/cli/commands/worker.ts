/**
 * `worker`: one worker, configured from the environment, until it is told to stop. Stopping drains: what is in flight
 * is handed back to Temporal, and no SageMaker job is touched.
 */
import type { Command } from 'commander';
import type { SageMakerWorker } from '../../worker';
import { invoke, type CommonOptions, type ProgramContext } from '../invocation';
import { untilInterrupted, whenInterrupted } from '../interruption';

const EXAMPLE = `Example:
  $ TEMPORAL_ADDRESS=127.0.0.1:7233 AWS_REGION=eu-central-1 temporal-sagemaker worker
`;

export function addWorkerCommand(program: Command, context: ProgramContext): void {
  program
    .command('worker')
    .description('run one worker, configured by TEMPORAL_* and AWS_* variables')
    .addHelpText('before', EXAMPLE)
    .action(
      invoke<CommonOptions>(
        context,
        async ({ output, env, stderr, interrupted }) => {
          output.note('starting the worker');
          const { installWorkerLog } = await import('../worker-log.js');
          await installWorkerLog(stderr, env);
          const worker = await untilInterrupted(startWorker(env), interrupted);
          const ended = worker.run();
          const interruption = whenInterrupted(interrupted).then(() => {
            worker.shutdown();
          });
          output.document({ ready: true, pid: process.pid }, 'The worker polls; Ctrl-C drains and stops it.');
          // A worker that ends by itself has failed, and says so by rejecting.
          await ended;
          if (interrupted.aborted) await interruption;
        },
        { takesDown: true },
      ),
    );
}

async function startWorker(env: NodeJS.ProcessEnv): Promise<SageMakerWorker> {
  const { createWorker, workerOptionsFromEnvironment } = await import('../../worker/index.js');
  return createWorker(workerOptionsFromEnvironment(env));
}
