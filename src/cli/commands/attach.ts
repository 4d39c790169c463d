/**
 * `attach RUN`: follows a run that was started here or elsewhere to its end, and ends as it ends.
 */
import type { Command } from 'commander';
import { invoke, type CommonOptions, type ProgramContext } from '../invocation';
import { followToTheEnd } from '../follow-command';
import { withSession } from '../with-session';

const EXAMPLE = `Example:
  $ temporal-sagemaker attach digits-2026-03-01-12-00-00-000-k3j9x2ab
`;

export function addAttachCommand(program: Command, context: ProgramContext): void {
  program
    .command('attach')
    .description('follow a run to its end')
    .addHelpText('before', EXAMPLE)
    .argument('<run>', 'its Workflow Id')
    .action(
      invoke<CommonOptions>(context, async (invocation) => {
        await withSession(invocation, async (session, client) => {
          const run = await client.Run.attach(session, invocation.args[0] ?? '');
          await followToTheEnd(invocation, session, client, run);
        });
      }),
    );
}
