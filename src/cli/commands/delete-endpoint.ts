/**
 * `delete-endpoint ENDPOINT`: deletes an endpoint, and its config and model where they are ours, as a run of its own.
 */
import type { Command } from 'commander';
import { describeLedger } from '../describe-run';
import { invoke, type CommonOptions, type ProgramContext } from '../invocation';
import { warnWithoutWorker, withSession } from '../with-session';

const EXAMPLE = `Example:
  $ temporal-sagemaker delete-endpoint digits
`;

export function addDeleteEndpointCommand(program: Command, context: ProgramContext): void {
  program
    .command('delete-endpoint')
    .description('delete an endpoint, and its config and model where they are ours')
    .addHelpText('before', EXAMPLE)
    .argument('<endpoint>', 'its name')
    .action(
      invoke<CommonOptions>(context, async (invocation) => {
        const { args, output, interrupted, whenInterrupted } = invocation;
        const endpointName = args[0] ?? '';
        await withSession(invocation, async (session, { startRun }) => {
          const run = await startRun(session, 'deleteEndpoint', { endpointName });
          const { workflowId, runId } = run;
          whenInterrupted(() => [`no longer followed; the run ${workflowId} goes on deleting`]);
          await warnWithoutWorker(run, output);
          const result = await run.result({ signal: interrupted, onNotice: (notice) => output.note(notice) });
          const { deleted, left } = result;
          output.result({ workflowId, runId, ...result }, describeLedger([...deleted, ...left]).join('\n'));
        });
      }),
    );
}
