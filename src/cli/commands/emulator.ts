/**
 * `emulator`: SageMaker, its runtime, S3, CloudWatch Logs, STS and IAM on loopback, until it is told to stop.
 */
import type { Command } from 'commander';
import { invoke, type CommonOptions, type ProgramContext } from '../invocation';
import { whenInterrupted } from '../interruption';
import { collect, readPort } from '../option-values';

interface EmulatorOptions extends CommonOptions {
  port: number;
  image: string[];
  folder?: string;
}

const EXAMPLES = `Examples:
  $ temporal-sagemaker emulator --port 4566
  $ temporal-sagemaker emulator --folder ./state --image churn=./containers/churn
`;

export function addEmulatorCommand(program: Command, context: ProgramContext): void {
  program
    .command('emulator')
    .description('run the SageMaker emulator alone')
    .addHelpText('before', EXAMPLES)
    .option('--port <n>', 'where to listen on loopback; 0 chooses', readPort, 0)
    .option('--image <name=dir>', 'an image it knows: a folder with train and serve (repeatable)', collect, [])
    .option('--folder <dir>', 'keep all state in this folder, and go on from what is in it')
    .action(
      invoke<EmulatorOptions>(
        context,
        async ({ options, output, env, interrupted }) => {
          const { startEmulator } = await import('../../emulator/index.js');
          const { readImages } = await import('../stack/images.js');
          const images = readImages(options.image);
          const emulator = await startEmulator({
            port: options.port,
            images,
            ...(options.folder !== undefined && { folder: options.folder }),
            ...(env.AWS_REGION !== undefined && { region: env.AWS_REGION }),
            onWarning: (message) => output.alert(`warning: ${message}`),
          });
          try {
            const { url, region, account, credentials } = emulator;
            const { accessKeyId, secretAccessKey } = credentials;
            output.document(
              { awsEndpointUrl: url, region, accessKeyId, secretAccessKey, account, pid: process.pid },
              [
                `export AWS_ENDPOINT_URL=${url}`,
                `export AWS_REGION=${region}`,
                `export AWS_ACCESS_KEY_ID=${accessKeyId}`,
                `export AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
              ].join('\n'),
            );
            output.note(`account ${account}; Ctrl-C stops the emulator`);
            await whenInterrupted(interrupted);
          } finally {
            await emulator.close();
          }
        },
        { takesDown: true },
      ),
    );
}
