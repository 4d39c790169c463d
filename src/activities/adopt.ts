/**
 * Create = adopt or conflict. AWS's creates have no client token, so the name is the key: whatever a create answered,
 * what stands under the name is compared with the request and with the run tag. Used by training and hosting; the
 * verdict goes back to the workflow as made, adopted or a `NameTaken` failure.
 */
import { ListTagsCommand, type SageMakerClient, type Tag } from '@aws-sdk/client-sagemaker';
import { activityInfo } from '@temporalio/activity';
import { RUN_TAG, type ResourceKind } from '../contract';
import {
  answerOf,
  isTransient,
  lacksCredentials,
  readTrouble,
  requireMember,
  type AwsTrouble,
} from '../domain/aws-errors';
import { findDifferences } from '../domain/compare';
import { isSinceRunBegan } from '../domain/deadlines';
import { adviseOnDenial } from '../domain/missing-permission';
import { contentBaseIn } from '../domain/names';
import { findNewerFields } from '../schemas';
import { callAws, failureOf, failWith, type Coordinates } from './aws-errors';
import type { Created, RunMark } from './index';

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

/** A coordinate is one word, the same everywhere. */
const COORDINATE_OF: Partial<Record<ResourceKind, string>> = { 'training job': 'job', 'endpoint config': 'config' };

export async function createOrAdopt<Request extends object>(
  sagemaker: SageMakerClient,
  creation: Creation<Request>,
  run: RunMark,
): Promise<Created> {
  const { kind, name, operation, request } = creation;
  const at = { operation, region: run.region, [COORDINATE_OF[kind] ?? kind]: name };
  const sent = await trySending(creation, request);
  if ('arn' in sent) return { arn: sent.arn, adopted: false, isOwnWork: true, warnings: [] };
  if (!isTaggingDenied(sent.trouble)) return resolve(sagemaker, creation, run, sent.trouble, at, []);

  const { message } = sent.trouble;
  const denial = [message, adviseOnDenial(message)].filter((text) => text !== undefined).join('; ');
  const warnings = [`tagging is denied, so the ${kind} ${name} bears no run tag: ${denial}`];
  const untagged = { ...request, Tags: undefined };
  const again = await trySending(creation, untagged);
  if ('arn' in again) return { arn: again.arn, adopted: false, isOwnWork: true, warnings };
  return resolve(sagemaker, creation, run, again.trouble, at, warnings);
}

async function trySending<Request extends object>(
  { send }: Pick<Creation<Request>, 'send'>,
  request: Request,
): Promise<{ arn: string } | { trouble: AwsTrouble }> {
  try {
    return { arn: requireMember('an ARN', await send(request)) };
  } catch (error) {
    return { trouble: readTrouble(error, request) };
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
  // What the request refers to was made just before: AWS's own reads lag behind its writes, or someone has deleted it.
  if (trouble.meaning === 'absent' && creation.refersToOurs) throw failureOf(trouble, at, 'EndpointFailed');
  // An earlier attempt may have made it before its worker died, whatever this one was answered.
  const isFirst = activityInfo().attempt === 1;
  if (isFirst && trouble.meaning !== 'exists' && !isTransient(trouble.meaning)) throw failureOf(trouble, at);
  // Proof that this try made nothing, and no time to ask for more than one must.
  if (trouble.meaning === 'throttled' || lacksCredentials(trouble)) {
    throw failureOf(trouble, at, undefined, isFirst ? {} : { isEffectUnknown: true });
  }
  const standing = await describeStanding(creation, at);
  if (!standing) throw notMade(trouble, at);
  const newerFields = findNewerFields(creation.operation, creation.request);
  const differences = findDifferences(creation.request, standing.description, newerFields);
  const isUntagged = warnings.length > 0;
  const owner = await readOwner(sagemaker, standing.arn, at, { isUntagged });
  const isRecent = isAsYoungAs(run, standing);
  const isThisRuns = owner === run.runTag || (owner === undefined && isUntagged && isRecent);
  const isOurs = isThisRuns || (owner !== undefined && creation.ownedBy === 'any run');
  if (differences.length === 0 && isOurs) {
    return { arn: standing.arn, adopted: true, isOwnWork: isThisRuns && isRecent, warnings };
  }
  // Made since this run began and bearing its tag: what AWS does not tell is no sign of another.
  if (owner === run.runTag && isRecent && differences.every(({ isUntold }) => isUntold)) {
    const untold = differences.map(({ path }) => path).join(', ');
    const warning = `the ${creation.kind} ${creation.name} bears this run's tag, and AWS does not tell its ${untold}`;
    return { arn: standing.arn, adopted: true, isOwnWork: true, warnings: [...warnings, warning] };
  }
  // The name is the content: what no answer tells, since AWS's client drops fields that are newer, is in the name.
  const isNamedByContent = creation.ownedBy === 'any run' && contentBaseIn(creation.name) !== undefined;
  if (isOurs && isNamedByContent && differences.every(({ isUntold, isNewer }) => isUntold && isNewer)) {
    return { arn: standing.arn, adopted: true, isOwnWork: isThisRuns && isRecent, warnings };
  }
  const origin = owner === undefined ? `it bears no tag ${RUN_TAG}` : `it belongs to the run ${owner}`;
  const texts = differences.map(({ text }) => text);
  const found = texts.length > 0 ? texts : [origin];
  const what = `the ${creation.kind} ${creation.name} exists and is not this run's: ${found.join('; ')}`;
  throw failWith('NameTaken', what, at, {
    details: { ...answerOf(trouble), differences: [...texts, origin] },
  });
}

/** Nothing stands there. Only a refusal or a throttle is proof that nothing is still to come of it. */
function notMade(trouble: AwsTrouble, at: Coordinates): Error {
  if (trouble.meaning === 'exists') return failureOf(trouble, at, 'AwsUnreachable', { isEffectUnknown: true });
  return failureOf(trouble, at, undefined, trouble.meaning === 'unavailable' ? { isEffectUnknown: true } : {});
}

/** True for what was made since the run began: by this run, be it before a reset, if it bears this run's mark. */
function isAsYoungAs({ beganAt, preparedAt }: RunMark, { createdAt }: Standing): boolean {
  return createdAt !== undefined && isSinceRunBegan(createdAt.getTime(), beganAt ?? preparedAt);
}

function describeStanding(creation: Claim, at: Coordinates): Promise<Standing | undefined> {
  const operation = `${at.operation}, then a look at what stands there`;
  return callAws({ ...at, operation }, creation.describe, { isEffectUnknown: true });
}

/**
 * The run that a resource's tag names; undefined where it bears none. Not being allowed to read tags is a failure, not an
 * answer, but for a run that was not allowed to set them either.
 */
export async function readOwner(
  sagemaker: SageMakerClient,
  arn: string,
  at: Coordinates,
  { isUntagged = false } = {},
): Promise<string | undefined> {
  let nextToken: string | undefined;
  do {
    try {
      const page = await sagemaker.send(new ListTagsCommand({ ResourceArn: arn, NextToken: nextToken }));
      const tag = requireMember('Tags', page.Tags).find(({ Key }) => Key === RUN_TAG);
      if (tag) return tag.Value;
      nextToken = page.NextToken;
    } catch (error) {
      const trouble = readTrouble(error);
      if (isUntagged && trouble.meaning === 'denied') return undefined;
      // Just seen there: either reads lag, or it was deleted since. Who asks again will know.
      const code = trouble.meaning === 'absent' ? 'AwsUnreachable' : undefined;
      throw failureOf(trouble, { ...at, operation: 'ListTags' }, code, { isEffectUnknown: true });
    }
  } while (nextToken !== undefined);
  return undefined;
}
