/**
 * One reader for all waits of a process: a single loop asks AWS about each watched resource at the pace that
 * `domain/pacing.ts` decides, and hands one answer to everyone who waits for it. Answers, and failed reads, go to
 * `waits.ts`; nothing is kept beyond the last watch.
 */
import { DescribeEndpointCommand, DescribeTrainingJobCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import { observeEndpoint, type EndpointObservation } from '../domain/endpoint-status';
import { scheduleReads, type Pace, type WatchState } from '../domain/pacing';
import { observeTrainingJob, type TrainingJobObservation } from '../domain/training-status';
import { readTrouble, type AwsTrouble } from '../domain/aws-errors';
import { createAwsClock } from './aws-clock';

/** What one read brought. */
export type Reading<Observation> = { observation: Observation } | { absent: true } | { trouble: AwsTrouble } | Tick;
/** A turn of the loop that brought nothing for this resource: the reader is alive, and that is all. */
interface Tick {
  tick: true;
}
type Listener<Observation> = (reading: Reading<Observation>) => void;

export interface StatusReader {
  /** Calls back on every read of this job, and on ticks between, until the answered function is called. */
  watchTrainingJob(name: string, listener: Listener<TrainingJobObservation>): () => void;
  watchEndpoint(name: string, listener: Listener<EndpointObservation>): () => void;
  /** What time it is at AWS, by its last answer: this host's clock may be wrong, or jump. */
  awsNowMs: () => number;
  /** Ends the loop; watches are not called again. */
  close(): void;
}

interface Watched extends WatchState {
  read: () => Promise<Reading<unknown> & { status?: string }>;
  listeners: Set<Listener<never>>;
}

/** The loop turns at least this often, however rarely it reads: a wait may have been given a short heartbeat time-out. */
const TICK_MS = 1_000;

export function createStatusReader(
  sagemaker: SageMakerClient,
  pace: Pace,
  requestTimeoutMs = 10_000,
  // A clock that counts on when the host's is set: an hour back would else be an hour without a read.
  now: () => number = () => performance.now(),
): StatusReader {
  const watched = new Map<string, Watched>();
  const awsNowMs = createAwsClock(sagemaker, now);
  let timer: NodeJS.Timeout | undefined;
  let lastTickMs = now();
  let isClosed = false;
  /** A body that stalls is no answer either: every read ends, so that none is waited for for ever. */
  const bounded = () => ({ abortSignal: AbortSignal.timeout(requestTimeoutMs) });

  /** One turn of the loop: sends the reads that are due and sleeps until the next. */
  function turn(): void {
    clearTimeout(timer);
    if (isClosed || watched.size === 0) return;
    const { due, sleepMs } = scheduleReads([...watched.values()], now(), pace);
    for (const key of due) void readOnce(key);
    tick();
    timer = setTimeout(turn, Math.min(sleepMs, TICK_MS));
  }

  /** However many wait, and however rarely each is read for: all hear that the loop turns. */
  function tick(): void {
    if (now() - lastTickMs < TICK_MS) return;
    lastTickMs = now();
    for (const { listeners } of [...watched.values()]) {
      for (const listener of [...listeners]) listener({ tick: true } as never);
    }
  }

  async function readOnce(key: string): Promise<void> {
    const watch = watched.get(key);
    if (!watch) return;
    watch.isBeingRead = true;
    watch.lastReadMs = now();
    watch.hurriedMs = undefined;
    const reading = await watch.read();
    watch.isBeingRead = false;
    watch.failures = 'trouble' in reading ? watch.failures + 1 : 0;
    watch.spread = Math.random();
    if (reading.status !== undefined && reading.status !== watch.status) {
      watch.status = reading.status;
      watch.sinceMs = now();
    }
    if (isClosed) return;
    for (const listener of [...watch.listeners]) listener(reading as never);
    turn();
  }

  function watchResource(key: string, read: Watched['read'], listener: Listener<never>): () => void {
    const known = watched.get(key);
    if (known) {
      known.listeners.add(listener);
      // A waiter that came late is not to wait for the others' pace.
      known.hurriedMs ??= now();
    } else {
      const fresh = {
        status: undefined,
        sinceMs: now(),
        lastReadMs: undefined,
        hurriedMs: undefined,
        failures: 0,
        spread: 0,
        isBeingRead: false,
      };
      watched.set(key, { name: key, read, listeners: new Set([listener]), ...fresh });
    }
    turn();
    return () => {
      const watch = watched.get(key);
      watch?.listeners.delete(listener);
      if (watch?.listeners.size === 0) watched.delete(key);
    };
  }

  return {
    watchTrainingJob: (name, listener) =>
      watchResource(
        `training job ${name}`,
        () =>
          readSafely(async () => {
            const observation = observeTrainingJob(
              await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }), bounded()),
              name,
            );
            return { observation, status: observation.secondaryStatus };
          }),
        listener,
      ),
    watchEndpoint: (name, listener) =>
      watchResource(
        `endpoint ${name}`,
        () =>
          readSafely(async () => {
            const observation = observeEndpoint(
              await sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }), bounded()),
              name,
            );
            return { observation, status: observation.status };
          }),
        listener,
      ),
    awsNowMs,
    close() {
      isClosed = true;
      clearTimeout(timer);
      watched.clear();
    },
  };
}

/** A read never throws: what went wrong is an answer to those who wait. */
async function readSafely<T extends object>(
  read: () => Promise<T>,
): Promise<T | { absent: true } | { trouble: AwsTrouble }> {
  try {
    return await read();
  } catch (error) {
    const trouble = readTrouble(error);
    return trouble.meaning === 'absent' ? { absent: true } : { trouble };
  }
}
