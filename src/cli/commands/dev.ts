/**
 * `dev`: the Temporal server, the emulator and a worker on this machine, until it is told to stop. Prints where each is
 * once all are ready; starts no part again that ends by itself, since whoever ended it wants to see what happens.
 */
import type { Command } from 'commander';
import { invoke, type CommonOptions, type ProgramContext } from '../invocation';
import { whenInterrupted } from '../interruption';
import { collect } from '../option-values';
import type { Stack } from '../stack/start-stack';

interface DevOptions extends CommonOptions {
  image: string[];
  state?: string;
  keep?: true;
}

const EXAMPLES = `Examples:
  $ temporal-sagemaker dev
  $ temporal-sagemaker dev --image churn=./containers/churn
`;

export function addDevCommand(program: Command, context: ProgramContext): void {
  program
    .command('dev')
    .description('run a Temporal server with its UI, the SageMaker emulator and a worker on this machine')
    .addHelpText('before', EXAMPLES)
    .option(
      '--image <name=dir>',
      'an image the emulator knows: a folder with train and serve (repeatable)',
      collect,
      [],
    )
    .option('--state <dir>', 'keep all state in this folder, and go on from what is in it')
    .option('--keep', 'keep the temporary state folder at the end')
    .action(
      invoke<DevOptions>(
        context,
        async ({ options, output, env, interrupted }) => {
          const { startStack } = await import('../stack/start-stack.js');
          const { readImages } = await import('../stack/images.js');
          const stack = await startStack({
            env,
            images: readImages(options.image),
            ...(options.state !== undefined && { stateFolder: options.state }),
            signal: interrupted,
            onEnd(part, exit, logFile) {
              const how = exit.signal ?? `exit code ${String(exit.code)}`;
              output.alert(`${part} has ended (${how}) and is not started again; its log: ${logFile}`);
            },
            onProgress(message) {
              output.note(message);
            },
          });
          try {
            output.document(describeForPrograms(stack), await describeForPeople(stack));
            await whenInterrupted(interrupted);
            output.note('stopping worker, emulator and Temporal server');
          } finally {
            await stack.close({ keepState: options.keep ?? false });
          }
          if (options.keep) output.note(`kept: ${stack.folder}`);
        },
        { takesDown: true },
      ),
    );
}

function describeForPrograms(stack: Stack): object {
  const { temporalAddress, temporalHttpUrl, temporalUiUrl, awsEndpointUrl, region } = stack;
  const { accessKeyId, secretAccessKey, taskQueue, pids, folder } = stack;
  return {
    ...{ temporalAddress, temporalHttpUrl, temporalUiUrl, awsEndpointUrl, region },
    ...{ accessKeyId, secretAccessKey, taskQueue, pids, folder },
  };
}

async function describeForPeople(stack: Stack): Promise<string> {
  const { stackVariables } = await import('../stack/environment.js');
  const { pids } = stack;
  return [
    `Temporal    ${stack.temporalAddress}  (pid ${String(pids.temporal)})`,
    `Temporal UI ${stack.temporalUiUrl}`,
    `HTTP API    ${stack.temporalHttpUrl}`,
    `Emulator    ${stack.awsEndpointUrl}  (pid ${String(pids.emulator)})`,
    `Worker      task queue ${stack.taskQueue}  (pid ${String(pids.worker)})`,
    `State, logs ${stack.folder}`,
    '',
    'In another terminal:',
    ...Object.entries(stackVariables(stack)).map(([name, value]) => `  export ${name}=${value}`),
    '',
    'Ctrl-C stops all three.',
  ].join('\n');
}
