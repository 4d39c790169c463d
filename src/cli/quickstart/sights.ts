/**
 * What the quickstart shows beside numbers: held-out digits next to the model's answers, and what to try while all is
 * still up. Text in, text out.
 */
import { stackVariables } from '../stack/environment';
import type { Stack } from '../stack/start-stack';
import { drawDigit } from './dataset';
import type { JudgedDigit } from './predictions';

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

export function describeWhatToTry(stack: Stack, url: string | undefined): string[] {
  return [
    'All of it is still up.',
    `  look at the run:    ${url ?? stack.temporalUiUrl}`,
    `  end the worker:     kill -9 ${String(stack.pids.worker)}`,
    '  start another one:  in a second terminal,',
    ...Object.entries(stackVariables(stack)).map(([name, value]) => `    export ${name}=${value}`),
    '    npx temporal-sagemaker worker',
    '  start a run, end the worker half-way, start another: one training job, whatever you do.',
    'Ctrl-C takes all of it down.',
  ];
}
