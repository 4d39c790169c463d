/**
 * `status RUN`: where a run stands, from the run itself or, with no worker alive, from Temporal's own record.
 */
import type { Command } from 'commander';
import { invoke, type CommonOptions, type ProgramContext } from '../invocation';
import { runUrl, withSession } from '../with-session';

const EXAMPLE = `Example:
  $ temporal-sagemaker status digits-2026-03-01-12-00-00-000-k3j9x2ab
`;

export function addStatusCommand(program: Command, context: ProgramContext): void {
  program
    .command('status')
    .description('tell where a run stands')
    .addHelpText('before', EXAMPLE)
    .argument('<run>', 'its Workflow Id')
    .action(
      invoke<CommonOptions>(context, async (invocation) => {
        const { args, output, env } = invocation;
        await withSession(invocation, async (session, { Run }) => {
          const run = await Run.attach(session, args[0] ?? '');
          const [status, progress] = await Promise.all([run.status(), run.progress()]);
          const { workflowId, workflowType } = run;
          const { status: temporalStatus, closed, startTime, closeTime } = status;
          const temporalUiUrl = runUrl(env, session.client.options.namespace, run);
          const { describeStatus } = await import('../describe-run.js');
          output.result(
            {
              ...{ workflowId, runId: run.runId, workflowType, temporalStatus, closed, startTime, closeTime },
              ...progress,
              ...(temporalUiUrl !== undefined && { temporalUiUrl }),
            },
            describeStatus(status, progress, Date.now()),
          );
        });
      }),
    );
}
