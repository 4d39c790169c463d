/** Workflows as a user would write them around ours: for own-workflow.test.ts, bundled for their own worker. */
import type { FitInput, FitResult } from '../../src/contract';
import { fit } from '../../src/workflows';

export * from '../../src/workflows';

/** Fits twice in one run, with no names given. */
export async function fitTwice(input: FitInput): Promise<[FitResult, FitResult]> {
  return [await fit(input), await fit(input)];
}
