/**
 * Whether a stream gets colours and a picture that is redrawn. Comes from the stream, the environment and `--no-color`;
 * `output.ts` goes by it, for each stream by itself.
 */
import { styleText } from 'node:util';

/** Colours that are told apart on light and dark terminals; one for each container, then again from the first. */
const CONTAINER_STYLES = ['cyan', 'magenta', 'blue', 'yellow', 'green'] as const;

type Style = (typeof CONTAINER_STYLES)[number] | 'red' | 'bold' | 'dim';

/** Puts a style around a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

interface StyleOptions {
  env: NodeJS.ProcessEnv;
  /** False with `--no-color`. */
  color?: boolean;
}

export function paintFor(stream: { isTTY?: boolean }, options: StyleOptions): Paint {
  if (!hasColor(stream, options)) return (_style, text) => text;
  // Node would judge by this process's own variables, and warn where two of them disagree.
  return (style, text) => styleText(style, text, { validateStream: false });
}

/** What a person says beats what the surroundings say: `--no-color`, FORCE_COLOR, NO_COLOR, then the terminal. */
export function hasColor(stream: { isTTY?: boolean }, { env, color = true }: StyleOptions): boolean {
  if (!color) return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** True where a block of lines can be taken back and drawn again. A build server's terminal keeps every drawing. */
export function canRedraw(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  const isBuild = env.CI !== undefined && env.CI !== '' && env.CI !== 'false' && env.CI !== '0';
  return stream.isTTY === true && env.TERM !== 'dumb' && !isBuild;
}

/** The style of a container's name: `algo-1` has the first one, in whatever order the containers speak. */
export function styleOfContainer(container: string): Style {
  const number = /\d+$/.exec(container)?.[0] ?? '1';
  return CONTAINER_STYLES[(Number(number) - 1) % CONTAINER_STYLES.length] ?? CONTAINER_STYLES[0];
}
