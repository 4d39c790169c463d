/**
 * `delete-endpoint ENDPOINT`: deletes an endpoint, and its config and model where they are ours, as a run of its own.
 */
import type { Command } from 'commander';
import { describeLedger, resultFields } from '../describe-run';
import { describeLeaving, describeUnknownStart } from '../farewell';
import { addFollowerOptions } from '../follower-options';
import { keepTelling } from '../heartbeat';
import { invoke, type FollowerOptions, type ProgramContext } from '../invocation';
import { warnWithoutWorker, withSession } from '../with-session';

const EXAMPLE = `Example:
  $ temporal-sagemaker delete-endpoint digits
`;

export function addDeleteEndpointCommand(program: Command, context: ProgramContext): void {
  const command = program
    .command('delete-endpoint')
    .description('delete an endpoint, and its config and model where they are ours')
    .addHelpText('before', EXAMPLE)
    .argument('<endpoint>', 'its name');
  addFollowerOptions(command, { cancels: false }).action(
    invoke<FollowerOptions>(context, async (invocation) => {
      const { args, output, interrupted, whenInterrupted } = invocation;
      const endpointName = args[0] ?? '';
      await withSession(invocation, async (session, { startRun }) => {
        whenInterrupted(() => describeUnknownStart(invocation));
        const run = await startRun(session, 'deleteEndpoint', { endpointName });
        const { workflowId, runId, workflowType } = run;
        whenInterrupted(() => describeLeaving(invocation, { workflowId, runId }));
        await warnWithoutWorker(run, output);
        const stopHeartbeat = keepTelling(
          (event) => output.emit(event),
          workflowId,
          () => 'Deleting',
        );
        try {
          const result = await run.result({
            signal: interrupted,
            onNotice: (message) => output.emit({ type: 'warning', message }),
          });
          const text = describeLedger([...result.deleted, ...result.left]).join('\n');
          output.result({ workflowId, runId, ...resultFields(workflowType, result) }, text);
        } finally {
          stopHeartbeat();
        }
      });
    }),
  );
}
