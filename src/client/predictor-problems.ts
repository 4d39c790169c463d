/**
 * What can be wrong with a predictor's arguments, found before anything is made: a deploy takes minutes and costs, and its
 * predictor is made last. Asked by `predictor.ts`, and by `model.ts` before a run is started.
 */
import { SageMakerError, type ErrorDetails } from './errors';
import type { PredictorOptions } from './predictor';

/** Longer ones would overflow the timer and fire at once. */
const TIMEOUT_MS_MAX = 2_147_483_647;

/** Arguments of a predictor as they may come from a program that no compiler has seen. */
type GivenArguments = {
  [Name in keyof Omit<PredictorOptions, 'session' | 'aws'> | 'predictorCls']?: unknown;
};

/** @throws {@link SageMakerError} `InvalidInput` with every problem */
export function requireUsable(given: GivenArguments, details: ErrorDetails = {}): void {
  const problems = findProblems(given);
  if (problems.length === 0) return;
  throw new SageMakerError('InvalidInput', 'A predictor cannot be made so:', {
    fix: 'Mend the arguments that the problems name.',
    ...details,
    problems,
  });
}

function findProblems({ timeoutMs, serializer, deserializer, contentType, accept, predictorCls }: GivenArguments) {
  const problems: string[] = [];
  const require = (isRight: boolean, problem: string): void => {
    if (!isRight) problems.push(problem);
  };
  require(timeoutMs === undefined ||
    isTimeout(timeoutMs), `timeoutMs must be a whole number from 1 to ${String(TIMEOUT_MS_MAX)}, in milliseconds`);
  require(serializer === undefined ||
    isFunctionOrHas(serializer, 'serialize'), 'serializer must be a function, or an object with a function serialize');
  require(deserializer === undefined ||
    isFunctionOrHas(
      deserializer,
      'deserialize',
      'deserializeStream',
    ), 'deserializer must be a function, or an object with a function deserialize or deserializeStream');
  for (const [name, type] of Object.entries({ contentType, accept })) {
    require(type === undefined || (typeof type === 'string' && type !== ''), `${name} must be a content type`);
  }
  require(predictorCls === undefined || typeof predictorCls === 'function', 'predictorCls must be a class');
  return problems;
}

function isTimeout(timeoutMs: unknown): boolean {
  return Number.isInteger(timeoutMs) && (timeoutMs as number) >= 1 && (timeoutMs as number) <= TIMEOUT_MS_MAX;
}

function isFunctionOrHas(value: unknown, ...methods: string[]): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  return methods.some((method) => typeof (value as Record<string, unknown>)[method] === 'function');
}
