/**
 * `attach RUN`: follows a run that was started here or elsewhere to its end, and ends as it ends. Its log is told from the
 * first line, however late one comes; of a run that has ended, all of it.
 */
import type { Command } from 'commander';
import { describeUnreached } from '../farewell';
import { followToTheEnd } from '../follow-command';
import { addFollowerOptions } from '../follower-options';
import { invoke, type FollowerOptions, type ProgramContext } from '../invocation';
import { withSession } from '../with-session';

const EXAMPLE = `Example:
  $ temporal-sagemaker attach digits-2026-03-01-12-00-00-000-k3j9x2ab
`;

export function addAttachCommand(program: Command, context: ProgramContext): void {
  const command = program
    .command('attach')
    .description('follow a run to its end, its log from the first line')
    .addHelpText('before', EXAMPLE)
    .argument('<run>', 'its Workflow Id');
  addFollowerOptions(command, { cancels: true }).action(
    invoke<FollowerOptions>(context, async (invocation) => {
      const [workflowId = ''] = invocation.args;
      invocation.whenInterrupted(() => describeUnreached(invocation, workflowId));
      await withSession(invocation, async (session, client) => {
        const run = await client.Run.attach(session, workflowId);
        await followToTheEnd(invocation, session, run);
      });
    }),
  );
}
