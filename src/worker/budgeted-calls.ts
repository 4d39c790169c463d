/**
 * What the worker's AWS clients have in common beyond their settings: one budget of retries, and credentials that are
 * looked for anew when AWS no longer takes them. Added to each client by `aws-clients.ts`, around everything the SDK does.
 */
import { lacksCredentials, NOT_SENT, readTrouble } from '../domain/aws-errors';
import type { RetryBudget } from '../domain/retry-budget';
import type { CredentialsKeeper } from './credentials-keeper';

/** The part of an SDK client that is used here; the five clients' own types have nothing in common. */
interface AnyClient {
  middlewareStack: {
    add(
      middleware: (
        next: (args: { input: object }) => Promise<{ output: object }>,
        context: { commandName?: string },
      ) => (args: { input: object }) => Promise<{ output: object }>,
      options: { step: 'initialize'; name: string; priority: 'high' },
    ): void;
  };
}

/** What a call is about: enough to tell a retry from another call. */
const NAMES = [
  'TrainingJobName',
  'EndpointName',
  'EndpointConfigName',
  'ModelName',
  'ResourceArn',
  'Bucket',
  'Key',
  'RoleName',
  'logGroupName',
  'logStreamNamePrefix',
  'logStreamName',
  'NextToken',
  'nextToken',
];
/** A bill hangs on these, and Temporal retries each no more than once a minute. */
const NEVER_HELD_BACK = /^(Stop|Delete)/;

function nameCall(commandName: string, input: object): string {
  const named = input as Record<string, unknown>;
  return [commandName, ...NAMES.map((name) => named[name]).filter((value) => typeof value === 'string')].join(' ');
}

/** Thrown in the place of a call; `domain/aws-errors.ts` reads it as a throttle. */
function notSent(commandName: string): Error {
  const error = new Error(
    `${commandName.replace(/Command$/, '')} was not sent: AWS throttles or fails, and this worker's budget of retries is ` +
      'spent for the moment',
  );
  error.name = NOT_SENT;
  return error;
}

/** AWS says only that they are not good; why no others were found is known here. */
function withProblem(error: unknown, problem: string | undefined): unknown {
  if (problem === undefined || !(error instanceof Error) || error.message.includes(problem)) return error;
  error.message = `${error.message}; no others were found: ${problem}`;
  return error;
}

/** @param isPaced true for a client whose caller slows down by itself: its calls count, and are never held back */
export function keepWithinBudget(
  client: unknown,
  { budget, keeper, isPaced = false }: { budget: RetryBudget; keeper: CredentialsKeeper; isPaced?: boolean },
): void {
  const { middlewareStack } = client as AnyClient;
  middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const call = nameCall(commandName, args.input);
        const isExempt = isPaced || NEVER_HELD_BACK.test(commandName);
        if (!isExempt && !budget.take(call, performance.now())) throw notSent(commandName);
        const signedWith = keeper.generation();
        const settle = (error?: unknown): void => {
          const meaning = error === undefined ? undefined : readTrouble(error).meaning;
          budget.settle(call, meaning === 'throttled' || meaning === 'unavailable', performance.now());
        };
        try {
          const answer = await next(args).catch(async (error: unknown) => {
            if (!lacksCredentials(readTrouble(error))) throw error;
            // AWS did not take it, so it has had no effect.
            if (await keeper.renew(signedWith)) return next(args);
            throw withProblem(error, keeper.problem());
          });
          settle();
          return answer;
        } catch (error) {
          settle(error);
          throw error;
        }
      },
    { step: 'initialize', name: 'temporalSageMakerBudget', priority: 'high' },
  );
}
