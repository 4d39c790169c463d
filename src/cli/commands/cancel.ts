/**
 * `cancel RUN`: asks a run to stop and waits until it has cleaned up; says what was stopped and removed. A run that had
 * ended is told as it is.
 */
import type { Command } from 'commander';
import type { Run } from '../../client';
import { describeStopping } from '../farewell';
import { addFollowerOptions } from '../follower-options';
import { keepTelling } from '../heartbeat';
import { invoke, type FollowerOptions, type ProgramContext } from '../invocation';
import { describeEnd, readEnd, readGoodEnd, type RunEnd } from '../run-end';
import { warnWithoutWorker, withSession } from '../with-session';

const EXAMPLE = `Example:
  $ temporal-sagemaker cancel digits-2026-03-01-12-00-00-000-k3j9x2ab
`;

export function addCancelCommand(program: Command, context: ProgramContext): void {
  const command = program
    .command('cancel')
    .description('stop a run, wait until it has removed what it made, and tell what became of it')
    .addHelpText('before', EXAMPLE)
    .argument('<run>', 'its Workflow Id');
  addFollowerOptions(command, { cancels: false }).action(
    invoke<FollowerOptions>(context, async (invocation) => {
      const { args, output, interrupted, whenInterrupted } = invocation;
      await withSession(invocation, async (session, { Run }) => {
        const run = await Run.attach(session, args[0] ?? '');
        const { workflowId, runId } = run;
        const wasOver = (await run.status()).closed;
        await run.cancel();
        whenInterrupted(() => describeStopping(invocation, { workflowId, runId }));
        if (!wasOver) output.note(`${workflowId} has been told to stop; waiting until it has`);
        if (!wasOver) await warnWithoutWorker(run, output);
        const stopHeartbeat = keepTelling(
          (event) => output.emit(event),
          workflowId,
          () => undefined,
        );
        try {
          const end = await awaitEnd(run, interrupted, (message) => output.emit({ type: 'warning', message }));
          output.result({ workflowId, runId, ...end }, describeEnd(workflowId, end, wasOver).join('\n'));
        } finally {
          stopHeartbeat();
        }
      });
    }),
  );
}

async function awaitEnd(run: Run, signal: AbortSignal, onNotice: (notice: string) => void): Promise<RunEnd> {
  let result: Awaited<ReturnType<Run['result']>>;
  try {
    result = await run.result({ signal, onNotice });
  } catch (error) {
    signal.throwIfAborted();
    return readEnd(run, error);
  }
  return readGoodEnd(run, result);
}
