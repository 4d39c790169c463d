/**
 * Create = adopt or conflict. AWS's creates have no client token, so the name is the key: whatever a create answered,
 * what stands under the name is compared with the request and with the run tag. Used by training and hosting; the
 * verdict goes back to the workflow as made, adopted or a `NameTaken` failure.
 */
import { ListTagsCommand, type SageMakerClient, type Tag } from '@aws-sdk/client-sagemaker';
import { RUN_TAG, type ResourceKind } from '../contract';
import { isTransient } from '../domain/aws-errors';
import { findDifferences } from '../domain/compare';
import { callAws, failureOf, failWith, readTrouble, type AwsTrouble, type Coordinates } from './aws-errors';
import type { Created, RunMark } from './index';

/** Clocks of AWS and the worker may differ by this much when a resource without tags is judged by its age. */
const CLOCK_SKEW_MS = 5_000;

/** What stands under a name. */
export interface Standing {
  arn: string;
  createdAt: Date | undefined;
  /** The Describe answer, in the request's own field names. */
  description: object;
}

/** What is to stand under a name, and how to look. */
interface Claim {
  kind: ResourceKind;
  name: string;
  operation: string;
  request: object;
  /** Undefined where there is nothing of this name. */
  describe: () => Promise<Standing | undefined>;
  /** Whose an equal resource may be: only this run's, or any run of ours (names that are their content). */
  ownedBy: 'this run' | 'any run';
  /** True where the request names a resource that the same run has just made. */
  refersToOurs?: boolean;
}

export interface Creation<Request extends object> extends Claim {
  request: Request & { Tags?: Tag[] | undefined };
  /** Sends the create and answers the ARN. */
  send: (request: Request) => Promise<string | undefined>;
}

export async function createOrAdopt<Request extends object>(
  sagemaker: SageMakerClient,
  creation: Creation<Request>,
  run: RunMark,
): Promise<Created> {
  const { kind, name, operation, request, send } = creation;
  const at = { operation, region: run.region, [kind.replaceAll(' ', '')]: name };
  const sent = await trySending(() => send(request));
  if ('arn' in sent) return { arn: sent.arn, adopted: false, warnings: [] };
  if (!isTaggingDenied(sent.trouble)) return resolve(sagemaker, creation, run, sent.trouble, at, []);

  const warnings = [`tagging is denied, so the ${kind} ${name} bears no run tag: ${sent.trouble.message}`];
  const untagged = { ...request, Tags: undefined };
  const again = await trySending(() => send(untagged));
  if ('arn' in again) return { arn: again.arn, adopted: false, warnings };
  return resolve(sagemaker, creation, run, again.trouble, at, warnings);
}

async function trySending(send: () => Promise<string | undefined>): Promise<{ arn: string } | { trouble: AwsTrouble }> {
  try {
    return { arn: (await send()) ?? '' };
  } catch (error) {
    return { trouble: readTrouble(error) };
  }
}

/** AWS names the action it refused. */
function isTaggingDenied({ meaning, message }: AwsTrouble): boolean {
  return meaning === 'denied' && /:AddTags\b/i.test(message);
}

/** A create that was not answered with success: looks at what stands under the name, and only then says what it means. */
async function resolve(
  sagemaker: SageMakerClient,
  creation: Claim,
  run: RunMark,
  trouble: AwsTrouble,
  at: Coordinates,
  warnings: string[],
): Promise<Created> {
  // What the request refers to was made just before: AWS's own reads lag behind its writes.
  if (trouble.meaning === 'absent' && creation.refersToOurs) throw failureOf(trouble, at, 'AwsUnreachable');
  if (trouble.meaning !== 'exists' && !isTransient(trouble.meaning)) throw failureOf(trouble, at);
  const standing = await describeStanding(creation, at);
  if (!standing) {
    // "Exists" beside nothing is a name still being freed, or a read that lags behind: nothing of ours was made.
    throw failureOf(trouble, at, trouble.meaning === 'exists' ? 'AwsUnreachable' : undefined);
  }
  const differences = findDifferences(creation.request, standing.description);
  const owner = await readOwner(sagemaker, standing.arn, at);
  if (differences.length === 0 && isOurs(owner, standing, creation, run, warnings.length > 0)) {
    return { arn: standing.arn, adopted: true, warnings };
  }
  const origin = owner === undefined ? `it bears no tag ${RUN_TAG}` : `it belongs to the run ${owner}`;
  const found = differences.length > 0 ? differences : [origin];
  throw failWith(
    'NameTaken',
    `the ${creation.kind} ${creation.name} exists and is not this run's: ${found.join('; ')}`,
    at,
    {
      details: { reason: trouble.message, differences: [...differences, origin] },
    },
  );
}

function describeStanding(creation: Claim, at: Coordinates): Promise<Standing | undefined> {
  return callAws({ ...at, operation: `${at.operation}, then a look at what stands there` }, creation.describe);
}

function isOurs(
  owner: string | undefined,
  standing: Standing,
  { ownedBy }: Claim,
  run: RunMark,
  isUntagged: boolean,
): boolean {
  if (owner !== undefined) return ownedBy === 'any run' || owner === run.runTag;
  const begunMs = Date.parse(run.preparedAt) - CLOCK_SKEW_MS;
  return isUntagged && standing.createdAt !== undefined && standing.createdAt.getTime() >= begunMs;
}

/** The run that a resource's tag names; undefined where it bears none, or where tags may not be read. */
export async function readOwner(sagemaker: SageMakerClient, arn: string, at: Coordinates): Promise<string | undefined> {
  let nextToken: string | undefined;
  do {
    try {
      const page = await sagemaker.send(new ListTagsCommand({ ResourceArn: arn, NextToken: nextToken }));
      const tag = page.Tags?.find(({ Key }) => Key === RUN_TAG);
      if (tag) return tag.Value;
      nextToken = page.NextToken;
    } catch (error) {
      const trouble = readTrouble(error);
      if (trouble.meaning === 'denied' || trouble.meaning === 'absent') return undefined;
      throw failureOf(trouble, { ...at, operation: 'ListTags' });
    }
  } while (nextToken !== undefined);
  return undefined;
}
