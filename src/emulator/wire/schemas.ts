/**
 * The operations of the emulated services as the AWS SDK's own schemas describe them. The SDK's clients export them for
 * their own use, so this file and `codec.ts` are the only places that know their layout; `routes.ts` finds operations
 * here by what a request looks like.
 */
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as iam from '@aws-sdk/client-iam';
import * as s3 from '@aws-sdk/client-s3';
import * as sagemaker from '@aws-sdk/client-sagemaker';
import * as runtime from '@aws-sdk/client-sagemaker-runtime';
import * as sts from '@aws-sdk/client-sts';
import { NormalizedSchema } from '@smithy/core/schema';
import type { $SchemaRef } from '@smithy/types';
import type { Service } from '../world';

/** First element of the SDK's tuples: what kind of schema follows. */
const OPERATION = 9;
const ERROR = -3;

type OperationTuple = readonly [
  kind: typeof OPERATION,
  namespace: string,
  name: string,
  traits: unknown,
  input: $SchemaRef,
  output: $SchemaRef,
];

/** How a REST operation is told from others. */
export interface HttpTrait {
  method: string;
  /** Matches the path, without the bucket where there is one. */
  path: RegExp;
  /** The members that the groups of `path` give, in their order. */
  labels: string[];
  takesBucket: boolean;
  /** Query keys that are part of the operation's name, such as `uploads`; null where any value will do. */
  fixedQuery: { key: string; value: string | null }[];
  requiredQuery: string[];
  requiredHeaders: string[];
  successStatus: number;
}

/** One operation of one service. */
export interface Operation {
  service: Service;
  name: string;
  input: NormalizedSchema;
  output: NormalizedSchema;
  /** Absent for services that have one path for all. */
  http?: HttpTrait;
}

const MODULES: Record<Service, object> = {
  sagemaker,
  'sagemaker-runtime': runtime,
  logs,
  s3,
  sts,
  iam,
};

/** Operations of S3 that go to hosts of their own and have no bucket in their path. */
const UNROUTABLE = new Set(['ListDirectoryBuckets', 'WriteGetObjectResponse']);

function isTuple(value: unknown, kind: number): value is readonly unknown[] {
  return Array.isArray(value) && value[0] === kind;
}

/** Members that must be given: the SDK lists them first and says how many there are. */
function requiredMembers(schema: NormalizedSchema): string[] {
  const tuple: unknown = schema.getSchema();
  if (!Array.isArray(tuple)) return [];
  const [, , , , names, , count] = tuple as [unknown, unknown, unknown, unknown, string[], unknown, number?];
  return names.slice(0, count ?? 0);
}

/** `/endpoints/{EndpointName}/invocations` as an expression; `{Key+}` takes slashes too. */
function compilePath(pattern: string): { path: RegExp; labels: string[] } {
  const labels: string[] = [];
  const expression = pattern.replace(/\{(\w+)(\+?)\}/g, (_, name: string, greedy: string) => {
    labels.push(name);
    return greedy === '+' ? '(.+)' : '([^/]+)';
  });
  return { path: new RegExp(`^${expression}$`, 's'), labels };
}

function readHttpTrait(traits: unknown, input: NormalizedSchema): HttpTrait | undefined {
  if (typeof traits !== 'object' || traits === null || !('http' in traits)) return undefined;
  const [method, uri, successStatus] = traits.http as [method: string, uri: string, status: number];
  const [path = '/', search = ''] = uri.split('?');
  const fixedQuery = search
    .split('&')
    .filter((part) => part !== '' && !part.startsWith('x-id='))
    .map((part) => {
      const [key = '', value] = part.split('=');
      return { key, value: value ?? null };
    });
  let takesBucket = false;
  const requiredQuery: string[] = [];
  const requiredHeaders: string[] = [];
  if (input.isStructSchema()) {
    const required = new Set(requiredMembers(input));
    for (const [name, member] of input.structIterator()) {
      if (name === 'Bucket') takesBucket = true;
      const { httpQuery, httpHeader } = member.getMergedTraits();
      if (!required.has(name)) continue;
      if (httpQuery !== undefined) requiredQuery.push(httpQuery);
      if (httpHeader !== undefined) requiredHeaders.push(httpHeader.toLowerCase());
    }
  }
  return { method, ...compilePath(path), takesBucket, fixedQuery, requiredQuery, requiredHeaders, successStatus };
}

function readOperations(service: Service): Map<string, Operation> {
  const operations = new Map<string, Operation>();
  for (const value of Object.values(MODULES[service])) {
    if (!isTuple(value, OPERATION)) continue;
    const [, , name, traits, inputRef, outputRef] = value as unknown as OperationTuple;
    if (UNROUTABLE.has(name)) continue;
    const input = NormalizedSchema.of(inputRef);
    const http = readHttpTrait(traits, input);
    const output = NormalizedSchema.of(outputRef);
    operations.set(name, { service, name, input, output, ...(http === undefined ? {} : { http }) });
  }
  return operations;
}

const operationsOf = new Map<Service, Map<string, Operation>>();

/** All operations of a service that the SDK knows, by name. */
export function operationsOfService(service: Service): ReadonlyMap<string, Operation> {
  const known = operationsOf.get(service);
  if (known !== undefined) return known;
  const operations = readOperations(service);
  operationsOf.set(service, operations);
  return operations;
}

/** The member that carries the text of a modelled error: services differ in its first letter. */
export function messageMemberOf(service: Service, code: string): 'message' | 'Message' {
  const tuple = (MODULES[service] as Record<string, unknown>)[`${code}$`];
  if (!isTuple(tuple, ERROR)) return 'message';
  return (tuple[4] as string[]).includes('Message') ? 'Message' : 'message';
}
