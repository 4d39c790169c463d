/**
 * A stand-in for the container around `examples/digits`: a folder with what SageMaker puts below /opt/ml, and the two
 * programs started in it as SageMaker starts them.
 */
import { join } from 'node:path';
import { readDigits, splitDigits, toCsv, type Digit } from '../../src/cli/quickstart/dataset';
import { startProcess, type ProcessEnd, type TestProcess } from '../support/processes';
import { makeScratchFolder } from '../support/scratch';

const DIGITS_FOLDER = join(__dirname, '../../examples/digits');
export const DIGITS_FILE = join(DIGITS_FOLDER, 'digits.csv.gz');

export const split = splitDigits(readDigits(DIGITS_FILE), { seed: 11 });

export interface Container {
  /** Stands for /opt/ml. */
  folder: string;
  start(program: 'train' | 'serve', env?: Record<string, string>): TestProcess;
  train(): Promise<ProcessEnd>;
}

export interface ContainerContents {
  hyperparameters?: Record<string, string>;
  /** Path below input/data to its content. */
  data?: Record<string, string>;
  /** Path below /opt/ml to its content. */
  files?: Record<string, string>;
}

export function makeContainer({ hyperparameters = {}, data = {}, files = {} }: ContainerContents): Container {
  const inputs = Object.entries(data).map(([path, content]): [string, string] => [`input/data/${path}`, content]);
  const folder = makeScratchFolder({
    'input/config/hyperparameters.json': JSON.stringify(hyperparameters),
    ...Object.fromEntries(inputs),
    ...files,
  });
  const start = (program: string, env: Record<string, string> = {}) =>
    startProcess(join(DIGITS_FOLDER, program), [program], {
      cwd: folder,
      env: { PATH: process.env['PATH'], SAGEMAKER_BASE_DIR: folder, ...env },
    });
  return { folder, start, train: () => start('train').ended };
}

/** Both channels, of digits that do not overlap. */
export function channels(training: Digit[] = split.training): Record<string, string> {
  return { 'training/digits.csv': toCsv(training), 'validation/digits.csv': toCsv(split.heldOut) };
}

/** The values of one metric in a log, epoch by epoch. */
export function metric(log: string, name: string): number[] {
  return [...log.matchAll(new RegExp(`^epoch=.*\\b${name}=([0-9.]+)`, 'gm'))].map(([, value]) => Number(value));
}
