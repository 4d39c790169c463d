/**
 * `quickstart`: the whole story on one machine in under a minute: a dev stack, real handwritten digits, one durable run
 * that trains and deploys, real predictions, and everything taken down again.
 */
import type { Command } from 'commander';
import { invoke, type CommonOptions, type ProgramContext } from '../invocation';

export interface QuickstartOptions extends CommonOptions {
  keep?: true;
  data?: string;
}

const EXAMPLES = `Examples:
  $ temporal-sagemaker quickstart
  $ temporal-sagemaker quickstart --keep
`;

export function addQuickstartCommand(program: Command, context: ProgramContext): void {
  program
    .command('quickstart')
    .description('train and deploy a model of handwritten digits on this machine, and ask it for predictions')
    .addHelpText('before', EXAMPLES)
    .option('--keep', 'leave all running for a look at the Temporal UI, until Ctrl-C')
    .option('--data <file>', 'other data of the same shape: CSV, 64 pixels and a label in each line, may be gzipped')
    .action(
      invoke<QuickstartOptions>(
        context,
        async (invocation) => {
          const { runQuickstart } = await import('../quickstart/run-quickstart.js');
          await runQuickstart(invocation);
        },
        { takesDown: true },
      ),
    );
}
