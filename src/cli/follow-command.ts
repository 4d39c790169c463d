/**
 * The second half of every command that waits: follows the run, says how to come back when it is interrupted, and
 * prints the result.
 */
import type { Run, Session } from '../client';
import type { WorkflowType } from '../contract';
import { describeResult, describeUse } from './describe-run';
import { followRun } from './follow-run';
import type { CommonOptions, Invocation } from './invocation';
import { runUrl, type ClientModule } from './with-session';

export async function followToTheEnd<Options extends CommonOptions, T extends WorkflowType>(
  { output, env, interrupted, whenInterrupted }: Invocation<Options>,
  session: Session,
  client: ClientModule,
  run: Run<T>,
): Promise<void> {
  const { workflowId, runId, workflowType } = run;
  whenInterrupted(() => [
    `no longer followed; the run ${workflowId} goes on`,
    `follow it again: temporal-sagemaker attach ${workflowId}`,
    `stop it and remove what it made: temporal-sagemaker cancel ${workflowId}`,
  ]);
  const temporalUiUrl = runUrl(env, session.client.options.namespace, run);
  output.note(`${workflowType} ${workflowId}${temporalUiUrl === undefined ? '' : `  ${temporalUiUrl}`}`);
  const { result } = await followRun(run, { output, client, signal: interrupted });
  const fields = result as unknown as Record<string, unknown>;
  for (const line of describeUse(fields)) output.note(line);
  output.result(
    { workflowId, runId, ...(temporalUiUrl !== undefined && { temporalUiUrl }), ...fields },
    describeResult(workflowType, fields),
  );
}
