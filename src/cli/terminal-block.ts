/**
 * The block of lines at the foot of a terminal that is taken away and drawn again. `output.ts` owns the only one; what is
 * in it comes from a painter, such as `live-block.ts`.
 */
import { clearScreenDown, moveCursor } from 'node:readline';

const REDRAW_INTERVAL_MS = 250;
/** A log may have thousands of lines a second; the block is drawn again behind ten of them at most. */
const DRAWN_APART_MS = 100;

/** Draws the block. */
export type Painter = (columns: number, nowMs: number) => string[];

export interface TerminalBlock {
  /** Keeps a block up to date until the returned function is called, which leaves its last frame standing. */
  start(painter: Painter): () => void;
  /** The same for whichever block there is. */
  stop(): void;
  /** Takes the block away, lets something be written at once, and draws the block again, though not after every line. */
  around(write: () => void): void;
  isShown(): boolean;
}

export function createBlock(stream: NodeJS.WriteStream): TerminalBlock {
  let painter: Painter | undefined;
  let height = 0;
  let drawnAtMs = -Infinity;

  const erase = (): void => {
    if (height === 0) return;
    moveCursor(stream, 0, -height);
    clearScreenDown(stream);
    height = 0;
  };
  let late: NodeJS.Timeout | undefined;
  const draw = (): void => {
    if (!painter) return;
    clearTimeout(late);
    late = undefined;
    drawnAtMs = performance.now();
    const lines = painter(stream.columns || 80, Date.now());
    stream.write(lines.map((line) => `${line}\n`).join(''));
    height = lines.length;
  };

  /** Where it has only just been drawn: once for all that is written until it may be again. */
  const drawSoon = (): void => {
    const leftMs = drawnAtMs + DRAWN_APART_MS - performance.now();
    if (leftMs <= 0) draw();
    else if (painter) late ??= setTimeout(draw, leftMs);
  };

  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    if (!painter) return;
    clearInterval(timer);
    erase();
    draw();
    painter = undefined;
    height = 0;
  };

  return {
    start(given) {
      stop();
      painter = given;
      draw();
      timer = setInterval(() => {
        if (performance.now() - drawnAtMs < DRAWN_APART_MS) return;
        erase();
        draw();
      }, REDRAW_INTERVAL_MS);
      return () => {
        if (painter === given) stop();
      };
    },
    stop,
    around(write) {
      erase();
      write();
      drawSoon();
    },
    isShown: () => painter !== undefined,
  };
}
