/**
 * `result RUN`: waits for a run's end, prints its result, and ends as it ends. Nothing else is on stdout: what is said on
 * the way goes to stderr, for programs too.
 */
import type { Command } from 'commander';
import { describeResult, resultFields } from '../describe-run';
import { describeUnreached, type LeftRun } from '../farewell';
import { untilLetGo } from '../follow-command';
import { addFollowerOptions } from '../follower-options';
import { keepTelling } from '../heartbeat';
import { invoke, type FollowerOptions, type ProgramContext } from '../invocation';
import type { Output } from '../output';
import { withSession } from '../with-session';

const EXAMPLE = `Example:
  $ temporal-sagemaker result digits-2026-03-01-12-00-00-000-k3j9x2ab --json
`;

export function addResultCommand(program: Command, context: ProgramContext): void {
  const command = program
    .command('result')
    .description('wait for the end of a run and print its result')
    .addHelpText('before', EXAMPLE)
    .argument('<run>', 'its Workflow Id');
  addFollowerOptions(command, { cancels: true }).action(
    invoke<FollowerOptions>(context, async (invocation) => {
      const { args, output, whenInterrupted } = invocation;
      whenInterrupted(() => describeUnreached(invocation, args[0] ?? ''));
      await withSession(invocation, async (session, { Run }) => {
        const run = await Run.attach(session, args[0] ?? '');
        const { workflowId, runId, workflowType } = run;
        const { startTime } = await run.status();
        const left: LeftRun = { workflowId, runId, startedAtMs: Date.parse(startTime) };
        const remark: Output['remark'] = (event) => {
          output.remark(event);
        };
        const stopHeartbeat = keepTelling(remark, workflowId, () => undefined);
        try {
          const result = await untilLetGo(invocation, run, left, (signal) =>
            run.result({ signal, onNotice: (message) => remark({ type: 'warning', message }) }),
          );
          const fields = resultFields(workflowType, result);
          output.result({ workflowId, runId, ...fields }, describeResult(workflowType, result));
        } finally {
          stopHeartbeat();
        }
      });
    }),
  );
}
