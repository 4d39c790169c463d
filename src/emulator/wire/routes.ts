/**
 * Finds out which operation of which service a request asks for. JSON services name it in a header, STS and IAM in a
 * form, the REST services by method, path and query; S3's bucket stands in the path or in the host. `pipeline.ts` goes on
 * with what is found here.
 */
import { AwsError, type Service } from '../world';
import { decodeUrlPart, type RequestTarget } from './request-target';
import { operationsOfService, type HttpTrait, type Operation } from './schemas';

/** What a request asks for, before anything in it is believed. */
export interface Route {
  service: Service;
  /** Absent where the service is clear but the operation is none that it has, or stands in the body. */
  operation?: Operation;
  /** The operation's name, or the caller's word for it. */
  operationName: string;
  /** Members that the path held. */
  labels: Record<string, string>;
}

const TARGET_SERVICES: Record<string, Service> = { SageMaker: 'sagemaker', Logs_20140328: 'logs' };

/** The query protocol's services, by the version of the API that they are asked in. */
const QUERY_VERSIONS: Record<string, Service> = { '2011-06-15': 'sts', '2010-05-08': 'iam' };

function routeByTarget(target: string): Route {
  const [prefix = '', operationName = ''] = target.split('.');
  const service = TARGET_SERVICES[prefix];
  if (service === undefined) {
    return { service: 'sagemaker', operationName: operationName === '' ? 'Unknown' : operationName, labels: {} };
  }
  const operation = operationsOfService(service).get(operationName);
  return { service, operationName, labels: {}, ...(operation === undefined ? {} : { operation }) };
}

/** The service that a request says it was signed for; only to tell paths apart that two services could mean. */
function claimedService(headers: ReadonlyMap<string, string>, target: RequestTarget): string | undefined {
  const credential =
    /Credential=([^,\s]+)/.exec(headers.get('authorization') ?? '')?.[1] ??
    target.query.find(([key]) => key === 'X-Amz-Credential')?.[1];
  return credential?.split('/').at(-2);
}

/** The labels that a path gives to an operation, or undefined. */
function matchPath(http: HttpTrait, rawPath: string): Record<string, string> | undefined {
  const match = http.path.exec(rawPath);
  if (match === null) return undefined;
  return Object.fromEntries(http.labels.map((name, at) => [name, decodeUrlPart(match[at + 1] ?? '')]));
}

/** How exactly an operation describes a request; undefined where it does not describe it at all. */
function specificityOf(http: HttpTrait, query: ReadonlyMap<string, string>, headers: ReadonlyMap<string, string>) {
  for (const { key, value } of http.fixedQuery) {
    if (!query.has(key) || (value !== null && query.get(key) !== value)) return undefined;
  }
  if (!http.requiredQuery.every((key) => query.has(key))) return undefined;
  if (!http.requiredHeaders.every((name) => headers.has(name))) return undefined;
  return http.fixedQuery.length * 100 + http.requiredQuery.length * 10 + http.requiredHeaders.length;
}

function findRestOperation(
  service: Service,
  request: { method: string; rawPath: string; hasBucket: boolean },
  query: ReadonlyMap<string, string>,
  headers: ReadonlyMap<string, string>,
): { operation: Operation; labels: Record<string, string> } | undefined {
  let best: { operation: Operation; labels: Record<string, string>; specificity: number } | undefined;
  for (const operation of operationsOfService(service).values()) {
    const { http } = operation;
    if (http?.method !== request.method || http.takesBucket !== request.hasBucket) continue;
    const labels = matchPath(http, request.rawPath);
    const specificity = labels === undefined ? undefined : specificityOf(http, query, headers);
    if (labels === undefined || specificity === undefined) continue;
    if (best === undefined || specificity > best.specificity) best = { operation, labels, specificity };
  }
  return best;
}

/** `bucket.localhost`, where the client puts the bucket before the host. */
function bucketInHost(host: string): string | undefined {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return name.endsWith('.localhost') ? name.slice(0, -'.localhost'.length) : undefined;
}

function routeToS3(method: string, target: RequestTarget, headers: ReadonlyMap<string, string>): Route {
  const hostBucket = bucketInHost(headers.get('host') ?? '');
  const [, pathBucket = '', pathRest = ''] = /^\/([^/]*)(\/.*)?$/s.exec(target.rawPath) ?? [];
  const bucket = hostBucket ?? decodeUrlPart(pathBucket);
  const rest = hostBucket === undefined ? pathRest : target.rawPath;
  const request = { method, rawPath: rest === '' ? '/' : rest, hasBucket: bucket !== '' };
  const query = new Map(target.query);
  const found = findRestOperation('s3', request, query, headers);
  const labels: Record<string, string> = bucket === '' ? {} : { Bucket: bucket };
  if (found === undefined) return { service: 's3', operationName: method, labels };
  return {
    service: 's3',
    operation: found.operation,
    operationName: found.operation.name,
    labels: { ...labels, ...found.labels },
  };
}

/** Finds the operation, as far as it can be told without the body. */
export function findRoute(method: string, target: RequestTarget, headers: ReadonlyMap<string, string>): Route {
  const jsonTarget = headers.get('x-amz-target');
  if (jsonTarget !== undefined) return routeByTarget(jsonTarget);

  const signedFor = claimedService(headers, target);
  if (signedFor === 'sts' || signedFor === 'iam') {
    const operationName = target.query.find(([key]) => key === 'Action')?.[1] ?? 'Unknown';
    const operation = operationsOfService(signedFor).get(operationName);
    return { service: signedFor, operationName, labels: {}, ...(operation === undefined ? {} : { operation }) };
  }
  if (signedFor !== 's3' && target.rawPath.startsWith('/endpoints/')) {
    const request = { method, rawPath: target.rawPath, hasBucket: false };
    const found = findRestOperation('sagemaker-runtime', request, new Map(target.query), headers);
    const labels = found?.labels ?? {};
    const operationName = found?.operation.name ?? method;
    return { service: 'sagemaker-runtime', operationName, labels, ...(found ? { operation: found.operation } : {}) };
  }
  const isForm = headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') === true;
  if (isForm && method === 'POST' && target.rawPath === '/') {
    return { service: 'sts', operationName: 'Unknown', labels: {} };
  }
  return routeToS3(method, target, headers);
}

/** The rest of the route of a form: service and operation stand in its body. */
export function findQueryRoute(route: Route, parameters: ReadonlyMap<string, string>): Route {
  const operationName = parameters.get('Action') ?? route.operationName;
  const service = QUERY_VERSIONS[parameters.get('Version') ?? ''];
  if (service !== undefined && service !== route.service) {
    throw new AwsError('InvalidAction', `Could not find operation ${operationName} for this version`, 400);
  }
  const operation = operationsOfService(route.service).get(operationName);
  return { service: route.service, operationName, labels: {}, ...(operation === undefined ? {} : { operation }) };
}
