/**
 * Reads one request into a call: service, operation and members. It goes in two steps, because faults and refusals need
 * the name of what a call is about before its members are known to be right: `beginReading` gives the raw members,
 * `finish` checks types and constraints and decodes. `pipeline.ts` does both.
 */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { describeViolations, findViolations, isModelled } from '../../service-model';
import { AwsError, type Service } from '../world';
import { asMalformed, decodeJson, decodeQuery, decodeRest, rawPayloadMember } from './codec';
import { unknownOperation, validationCodeOf } from './error-answers';
import { readBody, streamBody, type IncomingBody } from './request-body';
import { decodeUrlPart, type RequestTarget } from './request-target';
import { findQueryRoute, type Route } from './routes';
import type { Operation } from './schemas';
import type { Verified } from './signature';

/** Largest body that is read whole, by service; S3's objects are streamed and know no limit here. */
const BODY_BYTES_MAX: Record<Service, number> = {
  sagemaker: 4 * 1024 ** 2,
  'sagemaker-runtime': 6_291_456,
  logs: 4 * 1024 ** 2,
  s3: 4 * 1024 ** 2,
  sts: 256 * 1024,
  iam: 256 * 1024,
};

export interface BegunReading {
  route: Route;
  /** Members as far as they can be told, neither checked nor decoded. */
  rawMembers: unknown;
  finish(): Promise<{ operation: Operation; input: Record<string, unknown>; body: Readable }>;
}

interface VerifiedRequest {
  request: IncomingMessage;
  target: RequestTarget;
  headers: ReadonlyMap<string, string>;
  verified: Verified;
}

function knownOperation(route: Route): Operation {
  if (route.operation === undefined) throw unknownOperation(route.service, route.operationName);
  return route.operation;
}

function refuseViolations(operation: Operation, members: unknown): void {
  if (!isModelled(operation.name)) return;
  const violations = findViolations(operation.name, members);
  const [first] = violations;
  if (first === undefined) return;
  if (first.kind === 'type') throw new AwsError('SerializationException', first.message);
  throw new AwsError(validationCodeOf(operation.service), describeViolations(violations));
}

function parseJson(bytes: Buffer): unknown {
  if (bytes.byteLength === 0) return {};
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON');
  }
}

async function beginJson(route: Route, incoming: IncomingBody): Promise<BegunReading> {
  const members = parseJson(await readBody(incoming, BODY_BYTES_MAX[route.service]));
  return {
    route,
    rawMembers: members,
    async finish() {
      const operation = knownOperation(route);
      refuseViolations(operation, members);
      return { operation, input: await decodeJson(operation, members), body: Readable.from([]) };
    },
  };
}

function parseForm(text: string): [string, string][] {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [key = '', ...value] = part.replaceAll('+', '%20').split('=');
      return [decodeUrlPart(key), decodeUrlPart(value.join('='))];
    });
}

async function beginQuery(begun: Route, incoming: IncomingBody, target: RequestTarget): Promise<BegunReading> {
  const form = (await readBody(incoming, BODY_BYTES_MAX[begun.service])).toString('utf8');
  const parameters = new Map([...target.query, ...parseForm(form)]);
  const route = findQueryRoute(begun, parameters);
  return {
    route,
    rawMembers: Object.fromEntries(parameters),
    finish() {
      const operation = knownOperation(route);
      const input = decodeQuery(operation, parameters);
      refuseViolations(operation, input);
      return Promise.resolve({ operation, input, body: Readable.from([]) });
    },
  };
}

/** A presigned URL may carry in its query what else would be headers. */
function headersAndHoisted(headers: ReadonlyMap<string, string>, target: RequestTarget): Record<string, string> {
  const all = Object.fromEntries(headers);
  for (const [key, value] of target.query) {
    const name = key.toLowerCase();
    if (name.startsWith('x-amz-')) all[name] ??= value;
  }
  // The framing is taken off before anyone else looks.
  const encodings = (all['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim());
  const kept = encodings.filter((encoding) => encoding !== 'aws-chunked' && encoding !== '');
  if (kept.length > 0) all['content-encoding'] = kept.join(',');
  else delete all['content-encoding'];
  if (all['x-amz-decoded-content-length'] !== undefined) all['content-length'] = all['x-amz-decoded-content-length'];
  return all;
}

function beginRest(route: Route, incoming: IncomingBody, target: RequestTarget): BegunReading {
  return {
    route,
    rawMembers: route.labels,
    async finish() {
      const operation = knownOperation(route);
      const raw = rawPayloadMember(operation.input);
      const request = {
        labels: route.labels,
        query: new Map(target.query),
        headers: headersAndHoisted(incoming.headers, target),
      };
      const streamed = raw !== undefined && route.service === 's3';
      const bytes = streamed ? undefined : await readBody(incoming, BODY_BYTES_MAX[route.service]);
      const parsed = bytes === undefined || raw !== undefined ? request : { ...request, body: bytes };
      const input = await decodeRest(operation, parsed).catch((error: unknown) => {
        throw asMalformed(operation, error);
      });
      refuseViolations(operation, raw === undefined ? input : { ...input, [raw]: bytes });
      return { operation, input, body: bytes === undefined ? streamBody(incoming) : Readable.from([bytes]) };
    },
  };
}

/** Reads as much of a request as tells what it is about. */
export async function beginReading(route: Route, verifiedRequest: VerifiedRequest): Promise<BegunReading> {
  const { request, target, headers, verified } = verifiedRequest;
  const incoming: IncomingBody = { service: route.service, request, headers, verified };
  switch (route.service) {
    case 'sagemaker':
    case 'logs':
      return beginJson(route, incoming);
    case 'sts':
    case 'iam':
      return beginQuery(route, incoming, target);
    case 's3':
    case 'sagemaker-runtime':
      return beginRest(route, incoming, target);
  }
}
