/**
 * `result RUN`: waits for a run's end without a word on the way, prints its result, and ends as it ends.
 */
import type { Command } from 'commander';
import { describeResult } from '../describe-run';
import { invoke, type CommonOptions, type ProgramContext } from '../invocation';
import { withSession } from '../with-session';

const EXAMPLE = `Example:
  $ temporal-sagemaker result digits-2026-03-01-12-00-00-000-k3j9x2ab --json
`;

export function addResultCommand(program: Command, context: ProgramContext): void {
  program
    .command('result')
    .description('wait for the end of a run and print its result')
    .addHelpText('before', EXAMPLE)
    .argument('<run>', 'its Workflow Id')
    .action(
      invoke<CommonOptions>(context, async (invocation) => {
        const { args, output, interrupted } = invocation;
        await withSession(invocation, async (session, { Run }) => {
          const run = await Run.attach(session, args[0] ?? '');
          const { workflowId, runId, workflowType } = run;
          const result = await run.result({ signal: interrupted, onNotice: (notice) => output.note(notice) });
          const fields = result as unknown as Record<string, unknown>;
          output.result({ workflowId, runId, ...fields }, describeResult(workflowType, fields));
        });
      }),
    );
}
