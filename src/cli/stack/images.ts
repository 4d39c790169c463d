/**
 * The images that the emulator of a stack knows: those named on the command line as NAME=DIR, and `digits`, which comes
 * with this package. Goes to the emulator, which runs `train` and `serve` in such a folder.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import { CommandFailure } from '../command-failure';

/** Beside `lib` (and `src`) in the package. */
export const DIGITS_FOLDER = path.join(__dirname, '..', '..', '..', 'examples', 'digits');

/**
 * Reads the values of `--image`.
 *
 * @throws CommandFailure InvalidInput with everything that is wrong with them
 */
export function readImages(given: string[]): Record<string, string> {
  const problems: string[] = [];
  const images: Record<string, string> = {};
  for (const pair of given) {
    const { name, folder, problem } = readImage(pair);
    if (problem === undefined) images[name] = folder;
    else problems.push(problem);
  }
  if (problems.length === 0) return { digits: DIGITS_FOLDER, ...images };
  throw new CommandFailure('InvalidInput', 'an image must be given as NAME=DIR', {
    problems,
    fix: 'Name a folder that holds the executables train and serve, as in --image mine=./container.',
  });
}

function readImage(pair: string): { name: string; folder: string; problem?: string } {
  const at = pair.lastIndexOf('=');
  const name = pair.slice(0, Math.max(0, at));
  const folder = path.resolve(pair.slice(at + 1));
  if (at < 1 || at === pair.length - 1) return { name, folder, problem: `--image ${pair} has no name or no folder` };
  if (!isFolder(folder)) return { name, folder, problem: `--image ${name}: ${folder} is not a folder` };
  return { name, folder };
}

function isFolder(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
