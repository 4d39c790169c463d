/**
 * What the quickstart shows beside numbers: held-out digits next to the model's answers, and what to try while all is
 * still up. Text in, text out.
 */
import path from 'node:path';
import { stackVariables } from '../stack/environment';
import { PROGRAM } from '../stack/start-part';
import type { Stack } from '../stack/start-stack';
import { drawDigit } from './dataset';
import type { JudgedDigit } from './predictions';
import { QUICKSTART_DEPLOY, QUICKSTART_ESTIMATOR } from './train-and-deploy';

const GAP = '   ';

/** Digits side by side, each over the model's answer. */
export function describeExamples(judged: JudgedDigit[], columns: number): string[] {
  const pictures = judged.map(({ digit, answer }) => {
    const lines = drawDigit(digit.pixels);
    const verdict =
      digit.label === answer ? `model: ${String(answer)}` : `model: ${String(answer)} (it is ${String(digit.label)})`;
    const width = Math.max(verdict.length, ...lines.map((line) => line.length));
    return [...lines, verdict].map((line) => line.padEnd(width));
  });
  const shown: string[][] = [];
  for (const picture of pictures) {
    const width = [...shown, picture].reduce((sum, [line]) => sum + (line?.length ?? 0) + GAP.length, 0);
    if (width < columns) shown.push(picture);
  }
  const height = Math.max(0, ...shown.map((picture) => picture.length));
  return Array.from({ length: height }, (_, row) =>
    `  ${shown.map((picture) => picture[row] ?? '').join(GAP)}`.trimEnd(),
  );
}

/** Commands to copy: they work in a second terminal for as long as the stack is up. */
export function describeWhatToTry(stack: Stack, url: string | undefined, trainingData: string): string[] {
  const program = `node ${path.relative(process.cwd(), PROGRAM)}`;
  const slowRun = {
    estimator: { ...QUICKSTART_ESTIMATOR, hyperparameters: { epochs: 30, epoch_seconds: 1 } },
    fit: { inputs: trainingData },
    deploy: QUICKSTART_DEPLOY,
  };
  return [
    'All of it is still up. Look at the run:',
    `  ${url ?? stack.temporalUiUrl}`,
    '',
    'In a second terminal:',
    ...Object.entries(stackVariables(stack)).map(([name, value]) => `  export ${name}=${value}`),
    '',
    'Start a run of half a minute, end the worker while it trains, and start another one:',
    `  echo '${JSON.stringify(slowRun)}' | ${program} fit-then-deploy --spec - --detach`,
    `  kill -9 ${String(stack.pids.worker)}`,
    `  ${program} worker`,
    'It goes on where it was, with the same training job.',
    '',
    'Ctrl-C here takes all of it down.',
  ];
}
