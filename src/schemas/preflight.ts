/**
 * What AWS's published model refuses in the requests that an input would make, told in the words of whoever wrote the input:
 * by the argument, not by AWS's field. `check-input.ts` tells it beside its own problems.
 */
import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { findUnknownMembers, findViolations, KNOWN_REGIONS, type Violation } from '../service-model';
import { findArguments, valueAt } from './argument-behind';
import { describeConstraint } from './describe-constraint';
import { nameOf } from './describe-issue';
import { buildDryRequests, type DryRequests, type Planned } from './dry-requests';

interface Refusal {
  operation: string;
  violation: Violation;
  value: unknown;
}

/**
 * One sentence a problem, beginning with the argument where one is behind it. An input that is wrong by itself may make no
 * requests; then there is nothing to say here.
 *
 * @param isPart true where the input has lost what is refused by itself: requests may be wrong for want of that
 */
export function findModelProblems(input: Planned, isPart: boolean): string[] {
  const requests = buildOrNothing(input);
  if (!requests) return [];
  const refusals = findRefusals(requests);
  if (refusals.length === 0) return [];
  const read = (other: object) => {
    const built = buildDryRequests(other as Planned);
    return refusals.map(({ operation, violation }) => valueAt(built[operation], violation.path));
  };
  const paths = findArguments(input, read);
  return refusals.flatMap(({ operation, violation, value }, index) => {
    const path = paths[index];
    if (!path) return isPart ? [] : [`${operation}: ${violation.message}`];
    return [`${nameOf(path)} ${describeConstraint(violation.constraint, value)}`];
  });
}

function buildOrNothing(input: Planned): DryRequests | undefined {
  try {
    return buildDryRequests(input);
  } catch {
    return undefined;
  }
}

function findRefusals(requests: DryRequests): Refusal[] {
  return Object.entries(requests).flatMap(([operation, request]) =>
    findViolations(operation, request)
      .filter((violation) => !isNewerThanModel(violation))
      .map((violation) => ({ operation, violation, value: valueAt(request, violation.path) })),
  );
}

/** What AWS's published model refuses in a request: one sentence a problem, in AWS's words. */
export function checkRequest(operation: string, request: object): string[] {
  return findViolations(operation, request)
    .filter((violation) => !isNewerThanModel(violation))
    .map(({ message }) => `${operation}: ${message}`);
}

/** What is sent although AWS's model does not know it: AWS has newer machines, their images, and fields than any release. */
export function findUnknownParts(operation: string, request: object): string[] {
  const machines = findViolations(operation, request)
    .filter(isNewerThanModel)
    .map(
      ({ path, value }) =>
        `the ${/instanceType$/i.test(path) ? 'instance type' : 'machine image'} ${value ?? ''} is sent although AWS's model of this release does not know it [${operation}.${path}]`,
    );
  const fields = findUnknownMembers(operation, request).map(
    (path) =>
      `the field ${path} is sent although AWS's model of this release does not know it [operation=${operation}]`,
  );
  return [...machines, ...fields];
}

/** Names of the fields in a request, wherever they stand, that AWS's model does not know. */
export function findNewerFields(operation: string, request: object): ReadonlySet<string> {
  return new Set(findUnknownMembers(operation, request).map((path) => path.slice(path.lastIndexOf('.') + 1)));
}

/**
 * What is not wrong in the requests of a run, but may not be meant.
 *
 * @param region where they would be sent; undefined where only AWS's clients will know
 */
export function findRequestWarnings(requests: DryRequests, region?: string): string[] {
  const training = requests.CreateTrainingJob as CreateTrainingJobCommandInput | undefined;
  const isUnsaved = training?.EnableManagedSpotTraining === true && training.CheckpointConfig === undefined;
  return [
    ...(isUnsaved
      ? ['trainUseSpotInstances without checkpointS3Uri: whenever AWS takes the capacity away, all training is lost']
      : []),
    ...(region === undefined || KNOWN_REGIONS.includes(region)
      ? []
      : [`the region ${region} is asked although this release does not know it: it is newer, or misspelt`]),
    ...Object.entries(requests).flatMap(([operation, request]) => findUnknownParts(operation, request)),
  ];
}

function isNewerThanModel({ kind, path }: Violation): boolean {
  return kind === 'enum' && /(instanceType|inferenceAmiVersion)$/i.test(path);
}
