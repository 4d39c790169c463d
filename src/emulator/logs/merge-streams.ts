/**
 * Several log streams read as one, in the order of time: what FilterLogEvents searches. One block of
 * each stream is held at a time.
 */
import { type LogFile, type PlacedEvent, readForward } from './log-file';

export interface MergedEvent extends PlacedEvent {
  stream: string;
  /** Where it stands in the merged order: time, stream, offset. */
  place: [timeMs: number, stream: string, offset: number];
}

/** What the blocks of all streams may take together, but for the smallest block that is worth reading. */
const ALL_BLOCKS_BYTES = 16 * 1024 ** 2;
const MIN_BLOCK_BYTES = 4096;
const MAX_BLOCK_BYTES = 64 * 1024;

/** @param after Leaves out all up to this place. */
export function* mergeStreams(
  files: readonly LogFile[],
  after: MergedEvent['place'] | undefined,
): Generator<MergedEvent, undefined> {
  const share = Math.floor(ALL_BLOCKS_BYTES / Math.max(1, files.length));
  const blockBytes = Math.min(Math.max(share, MIN_BLOCK_BYTES), MAX_BLOCK_BYTES);
  const sources = files.map((file) => placeEvents(file, blockBytes));
  const heads = sources.map((source) => source.next().value);
  for (;;) {
    let first: MergedEvent | undefined;
    let from = -1;
    for (const [at, head] of heads.entries()) {
      if (head && (!first || comparePlaces(head.place, first.place) < 0)) {
        first = head;
        from = at;
      }
    }
    if (!first) return;
    heads[from] = sources[from]?.next().value;
    if (!after || comparePlaces(first.place, after) > 0) yield first;
  }
}

/** A time that goes back within a stream counts as the latest before it: so the order of each stream is kept. */
function* placeEvents(file: LogFile, blockBytes: number): Generator<MergedEvent, undefined> {
  let timeMs = 0;
  for (const event of readForward(file, file.head, blockBytes)) {
    timeMs = Math.max(timeMs, event.timestamp);
    yield { ...event, stream: file.stream, place: [timeMs, file.stream, event.start] };
  }
}

function comparePlaces(a: MergedEvent['place'], b: MergedEvent['place']): number {
  return a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : a[2] - b[2]);
}
