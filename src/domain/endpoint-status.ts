/**
 * What an endpoint's Describe answer means. Comes from the status reader and from reads before an update; decides what
 * a deploy does next and how it ended. InService alone proves nothing: what serves is told by the config's name.
 */
import type { DescribeEndpointCommandOutput } from '@aws-sdk/client-sagemaker';
import { isSinceRunBegan } from './deadlines';
import { UNTOLD } from './known-statuses';
import { withoutUndefined } from './training-status';

/** A Describe answer as plain JSON. */
export interface EndpointObservation {
  name: string;
  arn: string;
  status: string;
  /** The config that serves, or that a first creation is bringing up; empty where AWS does not tell. */
  endpointConfigName: string;
  /** The config of an update under way. */
  pendingConfigName?: string;
  failureReason?: string;
  creationTime?: string;
  lastModifiedTime?: string;
  /** True where it keeps requests in S3, which an update goes on with unless it is told otherwise. */
  capturesData?: boolean;
  /** Members that an answer must have and this one had not. */
  lacks?: string[];
}

/** How much of an endpoint the workflow has seen. */
export interface EndpointCursor {
  status: string;
  endpointConfigName: string;
  lastModifiedTime?: string;
  /** Members that any answer lacked until now. */
  lacks?: string[];
}

export interface EndpointChange {
  endpoint: EndpointObservation;
  seen: EndpointCursor;
}

/** Reads an answer about the endpoint of this name. */
export function observeEndpoint(
  answer: DescribeEndpointCommandOutput,
  name = answer.EndpointName ?? '',
): EndpointObservation {
  const lacks = [
    ...(answer.EndpointStatus ? [] : ['EndpointStatus']),
    ...(answer.EndpointConfigName ? [] : ['EndpointConfigName']),
  ];
  return withoutUndefined({
    name,
    arn: answer.EndpointArn ?? '',
    status: answer.EndpointStatus ?? UNTOLD,
    endpointConfigName: answer.EndpointConfigName ?? '',
    pendingConfigName: answer.PendingDeploymentSummary?.EndpointConfigName,
    failureReason: answer.FailureReason,
    creationTime: answer.CreationTime?.toISOString(),
    lastModifiedTime: answer.LastModifiedTime?.toISOString(),
    capturesData: answer.DataCaptureConfig?.EnableCapture === true ? true : undefined,
    lacks: lacks.length > 0 ? lacks : undefined,
  });
}

/**
 * The observation with the status that was seen before, where this answer tells none. A config that is not told stays
 * untold: by the one before, a new endpoint would look like the old.
 */
export function completeEndpoint(endpoint: EndpointObservation, seen: EndpointCursor | undefined): EndpointObservation {
  return endpoint.status === UNTOLD ? { ...endpoint, status: seen?.status ?? UNTOLD } : endpoint;
}

/** Statuses in which an endpoint takes no update and no delete; unknown ones count among them. */
export function isSettled(status: string): boolean {
  return ['InService', 'Failed', 'OutOfService', 'UpdateRollbackFailed'].includes(status);
}

/** True where the endpoint serves this config or is on its way to it. */
export function isBound(endpoint: EndpointObservation, config: string | undefined): boolean {
  return (endpoint.pendingConfigName ?? endpoint.endpointConfigName) === config;
}

/**
 * What a run finds that it has done to an endpoint before it was reset: created it, or sent its update.
 *
 * @param config the config that the run asks for
 * @param run its tag, and when it began; without that, nothing is told from what others did
 * @param isOwnConfig true where the config is this run's own work
 */
export function findOwnWork(
  { endpoint, owner }: { endpoint: EndpointObservation; owner?: string },
  config: string,
  run: { runTag: string; beganAt?: string },
  isOwnConfig: boolean,
): 'create' | 'update' | undefined {
  if (run.beganAt === undefined || !isBound(endpoint, config)) return undefined;
  const isSince =
    endpoint.creationTime !== undefined && isSinceRunBegan(Date.parse(endpoint.creationTime), run.beganAt);
  if (owner === run.runTag && isSince) return 'create';
  return isOwnConfig ? 'update' : undefined;
}

export function isNewForEndpoint(endpoint: EndpointObservation, seen: EndpointCursor | undefined): boolean {
  if (!seen) return true;
  if (isOlder(endpoint.lastModifiedTime, seen.lastModifiedTime)) return false;
  return (
    endpoint.status !== seen.status ||
    (endpoint.endpointConfigName !== '' && endpoint.endpointConfigName !== seen.endpointConfigName) ||
    (endpoint.lacks ?? []).some((member) => !seen.lacks?.includes(member)) ||
    // A settled endpoint that was touched since has been through an update that no read caught.
    (isSettled(endpoint.status) && isOlder(seen.lastModifiedTime, endpoint.lastModifiedTime))
  );
}

export function changeOfEndpoint(endpoint: EndpointObservation, seen?: EndpointCursor): EndpointChange {
  const lacks = [...new Set([...(seen?.lacks ?? []), ...(endpoint.lacks ?? [])])];
  return {
    endpoint,
    seen: withoutUndefined({
      status: endpoint.status,
      endpointConfigName: endpoint.endpointConfigName,
      lastModifiedTime: endpoint.lastModifiedTime ?? seen?.lastModifiedTime,
      lacks: lacks.length > 0 ? lacks : undefined,
    }),
  };
}

/** Out of service is no end: AWS may bring the endpoint back. */
export type EndpointVerdict = 'settling' | 'serves' | 'failed' | 'out of service' | 'rolled back' | 'superseded';

/**
 * How our create or update of an endpoint has ended, if it has.
 *
 * @param config the config that we asked for
 * @param before the endpoint as it was before our update; undefined for a first creation
 * @param wasUnderWay true once Updating, RollingBack or a newer LastModifiedTime was seen after our update: without
 *   that, InService on the old config may be a read from before it
 */
export function judgeEndpoint(
  endpoint: EndpointObservation,
  config: string,
  before: EndpointObservation | undefined,
  wasUnderWay: boolean,
): EndpointVerdict {
  switch (endpoint.status) {
    case 'InService':
      if (endpoint.endpointConfigName === config) return 'serves';
      // What serves is not told: neither proof nor failure.
      if (endpoint.endpointConfigName === '') return 'settling';
      // Any third config is that of a deploy that came after ours.
      if (endpoint.endpointConfigName !== before?.endpointConfigName) return 'superseded';
      return wasUnderWay || hasMovedOn(endpoint, before) ? 'rolled back' : 'settling';
    case 'Failed':
      return before && !wasUnderWay && !hasMovedOn(endpoint, before) ? 'settling' : 'failed';
    case 'OutOfService':
      return before && !wasUnderWay && !hasMovedOn(endpoint, before) ? 'settling' : 'out of service';
    case 'UpdateRollbackFailed':
      return before?.status === endpoint.status && !wasUnderWay && !hasMovedOn(endpoint, before)
        ? 'settling'
        : 'failed';
    default:
      return 'settling';
  }
}

/** True for statuses that only an update of ours or of others can have brought about. */
export function isUpdateUnderWay(status: string): boolean {
  return status === 'Updating' || status === 'RollingBack';
}

function hasMovedOn(endpoint: EndpointObservation, before: EndpointObservation): boolean {
  return isOlder(before.lastModifiedTime, endpoint.lastModifiedTime);
}

function isOlder(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a < b;
}
