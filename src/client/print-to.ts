/**
 * Prints lines to a stream of this process, for `fit` where it is given no function of one's own. A reader that goes away,
 * as `head` does, ends the printing alone: the run is waited for all the same.
 */
import type { Writable } from 'node:stream';

/** Prints one line a call. What the stream is used for beside this meets its errors as before. */
export function printTo(stream: Writable): (line: string) => void {
  let pending = 0;
  let isBroken = false;
  const onError = (): void => {
    isBroken = true;
  };
  return (line) => {
    if (isBroken) return;
    // Without a listener the stream's error would end the process. It comes after the callback of its write.
    if (pending === 0) stream.on('error', onError);
    pending += 1;
    stream.write(`${line}\n`, (error) => {
      pending -= 1;
      if (error) isBroken = true;
      else if (pending === 0 && !isBroken) stream.off('error', onError);
    });
  };
}
