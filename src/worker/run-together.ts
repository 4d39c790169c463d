/**
 * Two workers in one process that start, stop and fail as one: the main worker, which the caller runs and stops, and the
 * worker of the waits beside it. Called by the plugin.
 */
import { types } from 'node:util';
import type { NativeConnection, Worker } from '@temporalio/worker';
import { toWorkerError } from './errors';

/** How soon one worker follows the other. Temporal tells nobody that a worker starts or stops; its state has to be looked at. */
export const LOOK_EVERY_MS = 100;

/**
 * Settles once both have drained, with the failure that came first; what failed after it is behind its cause. The waits do
 * not stay for the main worker's grace time: they are handed over as soon as it is told to stop.
 *
 * @param mainRun the run of the main worker, already begun: whoever stops it right after `run()` must find it running
 */
export async function runTogether(
  main: Worker,
  mainRun: Promise<void>,
  createWaits: () => Promise<Worker>,
  waitsAt: Record<string, string>,
): Promise<void> {
  let waits: Worker | undefined;
  let hasMainEnded = false;
  let haveWaitsEnded = false;
  let unfollowed: Error | undefined;
  const failures: unknown[] = [];
  const noteFailure = (error: unknown): void => {
    failures.push(error);
  };

  const follow = (): void => {
    if (haveWaitsEnded && main.getState() === 'RUNNING') main.shutdown();
    if (waits?.getState() !== 'RUNNING') return;
    if (hasMainEnded || !['INITIALIZED', 'RUNNING'].includes(main.getState())) waits.shutdown();
    else if (main.connection && main.connection !== waits.connection) followTo(waits, main.connection);
  };
  /** Waits that are left behind on a connection that is given up would be lost without a word. */
  const followTo = (left: Worker, connection: NativeConnection): void => {
    try {
      left.connection = connection;
    } catch (error) {
      unfollowed = error instanceof Error ? error : new Error(String(error));
      left.shutdown();
    }
  };
  const looking = setInterval(follow, LOOK_EVERY_MS);

  const runs = [
    mainRun
      .finally(() => {
        hasMainEnded = true;
        follow();
      })
      .catch(noteFailure),
    // Also run where the main worker has ended meanwhile: only a run lets go of the connection.
    createWaits()
      .then(async (created) => {
        waits = created;
        await created.run();
        if (unfollowed) throw unfollowed;
      })
      // What the main worker throws is its caller's affair; this one the caller did not make.
      .catch((error: unknown) => {
        throw toWorkerError(error, waitsAt);
      })
      .finally(() => {
        haveWaitsEnded = true;
        follow();
      })
      .catch(noteFailure),
  ];
  await Promise.all(runs);
  clearInterval(looking);
  if (failures.length > 0) throw joinFailures(failures);
}

/** The first is why both ended; the other may have failed only because it was made to end. */
function joinFailures([first, ...later]: unknown[]): unknown {
  if (later.length === 0) return first;
  if (!types.isNativeError(first)) return new AggregateError([first, ...later], 'both workers failed');
  const behind = first.cause === undefined ? later : [first.cause, ...later];
  first.cause = new AggregateError(behind, 'what it came from, if anything, and what failed after it');
  return first;
}
