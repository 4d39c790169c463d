/**
 * The second half of every command that waits: follows the run, says how to come back when it is let go of, cancels it
 * instead where that is asked for, and prints the result.
 */
import type { Run, Session } from '../client';
import type { WorkflowType } from '../contract';
import { describeResult, describeUse, resultFields } from './describe-run';
import { describeLeaving, describeStopping, type LeftRun } from './farewell';
import { followRun } from './follow-run';
import type { Interruption } from './interruption';
import type { FollowerOptions, Invocation } from './invocation';
import { describeEnd, readEnd } from './run-end';
import { runUrl } from './with-session';

export async function followToTheEnd<Options extends FollowerOptions, T extends WorkflowType>(
  invocation: Invocation<Options>,
  session: Session,
  run: Run<T>,
): Promise<void> {
  const { output, env } = invocation;
  const { workflowId, runId, workflowType } = run;
  const temporalUiUrl = runUrl(env, session.client.options.namespace, run);
  output.note(`${workflowType} ${workflowId}${temporalUiUrl === undefined ? '' : `  ${temporalUiUrl}`}`);
  const left: LeftRun = { workflowId, runId };
  const { result } = await untilLetGo(invocation, run, left, (signal) =>
    followRun(run, {
      output,
      signal,
      onProgress(progress, startedAtMs) {
        Object.assign(left, { progress, startedAtMs });
      },
    }),
  );
  for (const line of describeUse(result)) output.note(line);
  output.result(
    { workflowId, runId, ...(temporalUiUrl !== undefined && { temporalUiUrl }), ...resultFields(workflowType, result) },
    describeResult(workflowType, result),
  );
}

/**
 * Lets `follow` work until an interruption, and sees to what is said then. With `--on-interrupt cancel` a signal cancels
 * the run in place of that, and the following goes on to its end.
 */
export async function untilLetGo<T extends WorkflowType, Result>(
  invocation: Invocation<FollowerOptions>,
  run: Run<T>,
  left: LeftRun,
  follow: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { options, output, interrupted, whenInterrupted, onSignal } = invocation;
  const { workflowId, runId } = run;
  whenInterrupted(() => describeLeaving(invocation, left));
  const notCancelled = new AbortController();
  let interruption: Interruption | undefined;
  if (options.onInterrupt === 'cancel') {
    onSignal((given) => {
      interruption = given;
      output.note(`${given.message}: ${workflowId} is told to stop; once more leaves it alone with that`);
      whenInterrupted(() => describeStopping(invocation, left));
      run.cancel().catch((error: unknown) => {
        notCancelled.abort(error);
      });
    });
  }
  try {
    return await follow(AbortSignal.any([interrupted, notCancelled.signal]));
  } catch (error) {
    // What kept the run from being cancelled is what the command fails with.
    notCancelled.signal.throwIfAborted();
    if (interruption === undefined || interrupted.aborted) throw error;
    const end = await readEnd(run, error);
    const message = `${interruption.message}; the run has ended: ${end.outcome}`;
    whenInterrupted(() => ({
      lines: describeEnd(workflowId, end),
      details: { message, workflowId, runId, ledger: end.ledger },
    }));
    throw interruption;
  }
}
