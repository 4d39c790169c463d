/**
 * How a command is told to stop: by a signal, because its time is up, or because nobody reads its output any more.
 * `main.ts` makes one AbortSignal out of these; commands that own processes take them down, commands that only watch let
 * go.
 */
import { EXIT } from '../domain/failures';

/** What interrupts a command. */
export type InterruptedBy = 'SIGHUP' | 'SIGINT' | 'SIGTERM' | 'EPIPE' | 'timeout';

/** Reason of the AbortSignal that every command gets. */
export class Interruption extends Error {
  /** 128 and the signal's number, as shells count; nothing is wrong where the reader has simply gone. */
  readonly exitCode: number;

  constructor(
    readonly by: InterruptedBy,
    message = by === 'EPIPE' ? 'the reader of the output has gone' : `interrupted by ${by}`,
  ) {
    super(message);
    this.name = 'Interruption';
    this.exitCode = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143, EPIPE: EXIT.ok, timeout: EXIT.timeout }[by];
  }
}

/** Aborts with an {@link Interruption} when the time is up; `clear` gives the timer back. */
export function interruptAfter(seconds: number | undefined): { signal: AbortSignal; clear: () => void } {
  const controller = new AbortController();
  if (seconds === undefined) return { signal: controller.signal, clear: () => undefined };
  const timer = setTimeout(() => {
    controller.abort(new Interruption('timeout', `not at the end within ${String(seconds)} s, as --timeout says`));
  }, seconds * 1000);
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
    },
  };
}

/** Rejects with the signal's reason as soon as it is aborted, else settles as `work` does. */
export async function untilInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stopListening = (): void => undefined;
  const interrupted = new Promise<never>((_resolve, reject) => {
    const listener = (): void => {
      reject(signal.reason as Error);
    };
    stopListening = (): void => {
      signal.removeEventListener('abort', listener);
    };
    if (signal.aborted) listener();
    else signal.addEventListener('abort', listener);
  });
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    stopListening();
  }
}

/** Resolves when the signal is aborted. */
export async function whenInterrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
