/**
 * Starts a sweep. The orphans are found and removed by the workflow `sweep`; the answer is its {@link Run}.
 */
import type { SweepInput } from '../contract';
import type { Run } from './run';
import type { Session } from './session';
import { startRun } from './start';

/**
 * Starts a sweep: a run that finds what ended runs have left on AWS and, with `apply`, removes it. Without it, nothing is
 * touched.
 *
 * While a sweep of the region is open, the same call attaches to it; afterwards it starts another. Starting one is always
 * safe: what an open or unknown run made, what a run delivered, and what was made by others, no sweep removes.
 *
 * The workflow can be scheduled too, as any other: `startWorkflow` with the type `sweep`.
 *
 * @throws {@link SageMakerError} `InvalidInput`; `RunConflict` where an open sweep has other input; `TemporalUnreachable`
 * @see https://docs.temporal.io/develop/typescript/schedules
 *
 * @example
 * ```ts
 * import { connect, startSweep } from 'temporal-sagemaker/client';
 *
 * const session = await connect();
 * const found = await (await startSweep(session)).result();
 * for (const { verdict, kind, name, reason } of found.resources) console.log(verdict, kind, name, reason);
 *
 * // Every night, and for good.
 * const { client, taskQueue } = session;
 * const nightly = await client.schedule.create({
 *   scheduleId: 'nightly-sweep',
 *   spec: { calendars: [{ hour: 3 }] },
 *   action: { type: 'startWorkflow', workflowType: 'sweep', taskQueue, args: [{ apply: true }] },
 * });
 * console.log((await nightly.describe()).info.nextActionTimes[0]);
 * await session.close();
 * ```
 */
export function startSweep(session: Session, input: SweepInput = {}): Promise<Run<'sweep'>> {
  return startRun(session, 'sweep', input);
}
