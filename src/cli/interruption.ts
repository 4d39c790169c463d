/**
 * How a command is told to stop: by a signal, or because nobody reads its output any more. `main.ts` makes one
 * AbortSignal out of these; commands that own processes take them down, commands that only watch let go.
 */

/** Reason of the AbortSignal that every command gets. */
export class Interruption extends Error {
  /** 128 and the signal's number, as shells count; nothing is wrong where the reader has simply gone. */
  readonly exitCode: number;

  constructor(readonly by: 'SIGHUP' | 'SIGINT' | 'SIGTERM' | 'EPIPE') {
    super(by === 'EPIPE' ? 'the reader of the output has gone' : `interrupted by ${by}`);
    this.name = 'Interruption';
    this.exitCode = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143, EPIPE: 0 }[by];
  }
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
