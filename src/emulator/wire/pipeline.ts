/**
 * One AWS request from the socket to its answer: find the operation, verify the signature, read the call, meet the
 * faults, check, handle, record, answer. `server.ts` hands over everything that is not for the control paths; the
 * handlers of the services do the work.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createEarlierAnswers,
  isRemembered,
  readAffectedBy,
  type EarlierAnswers,
  type ReadAnswer,
} from '../control/earlier-answers';
import type { Faults, Verdict } from '../control/faults';
import type { FaultRule } from '../control/fault-rules';
import type { Journal, RecordedCall } from '../control/journal';
import { applyMergePatch } from '../control/merge-patch';
import { DISK_FULL, isDiskFull } from '../disk';
import { AwsError, type Call, type Handler, type Handlers, type Service } from '../world';
import type { AnswerCheck } from './answer-check';
import { encodeJson, encodeQuery, encodeRest, type EncodedAnswer } from './codec';
import { encodeError, internalError, queryNamespaceOf, throttlingError, unknownOperation } from './error-answers';
import { beginReading } from './read-call';
import { readRequestFacts, type RequestFacts } from './request-facts';
import { readRequestTarget } from './request-target';
import { nameResource } from './resource-name';
import { findRoute, type Route } from './routes';
import type { Operation } from './schemas';
import { discardBody, sendAnswer, sendPart } from './send-answer';
import { verifySignature, type Credentials } from './signature';

/** What the wire needs of the rest of the emulator. */
export interface WireParts {
  region: string;
  credentials: Credentials;
  handlers: Record<Service, Handlers>;
  /** Puts the handler of a caller's call behind its policy. @default everyone may do everything */
  protect?: (handler: Handler) => Handler;
  journal: Journal;
  faults: Faults;
  /** @default answers are not checked */
  answerCheck?: AnswerCheck;
  now: () => number;
  warn: (message: string) => void;
}

/** One request on its way; what is not known yet has a value that can be answered with. */
interface Passage {
  requestId: string;
  route: Route;
  resource: string | null;
  facts: RequestFacts;
  request: IncomingMessage;
  response: ServerResponse;
}

/** Several headers of one name are one, joined as signatures want it. */
function readHeaders(request: IncomingMessage): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  const { rawHeaders } = request;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    const value = (rawHeaders[at + 1] ?? '').trim();
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return headers;
}

function encode(operation: Operation, output: unknown, requestId: string): EncodedAnswer | Promise<EncodedAnswer> {
  switch (operation.service) {
    case 'sagemaker':
    case 'logs':
      return encodeJson(operation, output);
    case 'sts':
    case 'iam':
      return encodeQuery(operation, output, { xmlNamespace: queryNamespaceOf(operation.service), requestId });
    case 's3':
    case 'sagemaker-runtime':
      return encodeRest(operation, output);
  }
}

/** The answer that a fault rule gives in the place of the true one. */
function encodeFault(rule: FaultRule, passage: Passage): EncodedAnswer {
  const { service } = passage.route;
  const base = rule.action === 'throttle' ? throttlingError(service) : internalError(service);
  const status = rule.status ?? base.status;
  if (rule.body !== undefined) {
    const contentType = rule.contentType ?? 'text/plain';
    // AWS has no pages: these are a proxy's.
    return { status, headers: { 'content-type': contentType }, body: rule.body, isOthers: contentType === 'text/html' };
  }
  const error = new AwsError(rule.code ?? base.code, rule.message ?? base.message, status);
  return encodeError(service, error, passage.requestId);
}

type Handling = (call: Call) => unknown;

/** Runs a handler; what it refuses with is an answer too. */
async function answerOf(handler: Handling, call: Call): Promise<ReadAnswer> {
  try {
    return { output: await handler(call) };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** A read's answer as earlier ones and patches make it. */
function changeAnswer(
  answer: ReadAnswer,
  changes: readonly FaultRule[],
  recall: (ago: { back?: number; ageMs?: number }) => ReadAnswer | undefined,
): ReadAnswer {
  return changes.reduce((present, { action, back, ageMs, patch }) => {
    if (action === 'stale') {
      return recall({ ...(back !== undefined && { back }), ...(ageMs !== undefined && { ageMs }) }) ?? present;
    }
    return 'error' in present ? present : { output: applyMergePatch(present.output, patch) };
  }, answer);
}

function statusOf(operation: Operation, answer: ReadAnswer): number {
  if (!('error' in answer)) return operation.http?.successStatus ?? 200;
  return answer.error instanceof AwsError ? answer.error.status : 500;
}

function closeConnection(response: ServerResponse, reset: boolean): void {
  if (reset) response.socket?.resetAndDestroy();
  response.destroy();
}

/** Answers the function that handles every AWS request; it never rejects. */
export function createWire(parts: WireParts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { journal, faults, warn } = parts;
  const earlier: EarlierAnswers = createEarlierAnswers(parts.now);

  const record = (passage: Passage, status: number, answered: boolean): RecordedCall =>
    journal.record({
      operation: passage.route.operationName,
      time: new Date(parts.now()).toISOString(),
      status,
      resource: passage.resource,
      answered,
      ...passage.facts,
    });

  const send = async (passage: Passage, answer: EncodedAnswer, recorded: RecordedCall) => {
    const { response, request, requestId, route } = passage;
    if (response.destroyed) {
      recorded.setAnswered(false);
      discardBody(answer);
      return;
    }
    response.once('close', () => {
      if (!response.writableFinished) recorded.setAnswered(false);
    });
    try {
      await sendAnswer(response, answer, { service: route.service, requestId, headOnly: request.method === 'HEAD' });
    } catch (error) {
      recorded.setAnswered(false);
      response.destroy();
      const reason = error instanceof Error ? error.message : String(error);
      warn(`An answer was broken off: ${reason} [operation=${route.operationName}, requestId=${requestId}]`);
    }
  };

  const asAwsError = (passage: Passage, error: unknown): AwsError => {
    if (error instanceof AwsError) return error;
    const { route, requestId } = passage;
    if (isDiskFull(error)) {
      warn(`A call was refused: ${DISK_FULL} [operation=${route.operationName}, requestId=${requestId}]`);
      return internalError(route.service);
    }
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    warn(`A defect of the emulator: ${reason} [operation=${route.operationName}, requestId=${requestId}]`);
    return internalError(route.service);
  };

  const sendError = (passage: Passage, error: unknown) => {
    const awsError = asAwsError(passage, error);
    const recorded = record(passage, awsError.status, true);
    return send(passage, encodeError(passage.route.service, awsError, passage.requestId), recorded);
  };

  /** An answer that cannot be written is a defect; the effect stands all the same. */
  const encodeAnswer = async (passage: Passage, operation: Operation, answer: ReadAnswer): Promise<EncodedAnswer> => {
    try {
      if ('error' in answer) throw answer.error;
      return await encode(operation, answer.output, passage.requestId);
    } catch (error) {
      return encodeError(operation.service, asAwsError(passage, error), passage.requestId);
    }
  };

  /** What a verdict before the effect makes of a call; true where it goes on. */
  const passBefore = async (passage: Passage, verdict: Verdict): Promise<boolean> => {
    if (verdict.kind === 'go on') return true;
    if (verdict.kind === 'close') {
      record(passage, 0, false);
      closeConnection(passage.response, verdict.reset);
      return false;
    }
    if (verdict.kind === 'break off') throw new Error('there is no answer yet to break off');
    const answer = encodeFault(verdict.rule, passage);
    // Made up, a success is none.
    await send(passage, answer, record(passage, answer.status < 300 ? 0 : answer.status, true));
    return false;
  };

  const handle = async (passage: Passage, signal: AbortSignal) => {
    const { request, requestId } = passage;
    const target = readRequestTarget(request.url ?? '/');
    const headers = readHeaders(request);
    passage.facts = readRequestFacts(headers.get('user-agent'));
    passage.route = findRoute(request.method ?? 'GET', target, headers);
    passage.resource = nameResource(passage.route.service, passage.route.labels);
    const { service } = passage.route;
    const verified = verifySignature(
      { service, method: request.method ?? 'GET', target, headers },
      { credentials: parts.credentials, region: parts.region, nowMs: parts.now() },
    );
    const reading = await beginReading(passage.route, { request, target, headers, verified });
    passage.route = reading.route;
    passage.resource = nameResource(service, reading.rawMembers);
    if (service === 'sagemaker') passage.facts = readRequestFacts(headers.get('user-agent'), reading.rawMembers);
    const faultable = () => ({ operation: passage.route.operationName, resource: passage.resource, requestId });

    const before = faults.meet('before', faultable());
    if (before !== undefined && !(await passBefore(passage, await before.run()))) return;

    const { operation, input, body } = await reading.finish();
    const handler = parts.handlers[service][operation.name];
    if (handler === undefined) throw unknownOperation(service, operation.name);
    const call: Call = { service, operation: operation.name, input, requestId, body, signal };
    const affected = readAffectedBy(operation.name);
    const read = affected === undefined ? undefined : (parts.handlers[service][affected] as Handling | undefined);
    const rememberRead = async () => {
      if (affected === undefined || read === undefined || passage.resource === null) return;
      earlier.remember(affected, passage.resource, await answerOf(read, { ...call, operation: affected }));
    };
    await rememberRead();
    const outcome = await answerOf((parts.protect?.(handler) ?? handler) as Handling, call);
    // What the handler left unread must not block the connection.
    body.destroy();
    if ('error' in outcome) outcome.error = asAwsError(passage, outcome.error);
    else parts.answerCheck?.check(operation, passage.resource, outcome.output);

    // From the effect on, every way out is recorded, in the order of the effects.
    const after = faults.meet('after', faultable(), 'error' in outcome);
    const recorded = record(passage, statusOf(operation, outcome), after === undefined);
    await rememberRead();
    if (isRemembered(operation.name)) earlier.remember(operation.name, passage.resource, outcome);
    if (after === undefined) {
      await send(passage, await encodeAnswer(passage, operation, outcome), recorded);
      return;
    }
    const verdict = await after.run();
    const changes = verdict.kind === 'go on' ? verdict.changes : [];
    const changed = changeAnswer(outcome, changes, (ago) => earlier.recall(operation.name, passage.resource, ago));
    const answer = await encodeAnswer(passage, operation, changed);
    switch (verdict.kind) {
      case 'go on':
        // An answer in the place of the true one: that one stays withheld.
        if (changes.length === 0) recorded.setAnswered(true);
        await send(passage, answer, recorded);
        return;
      case 'break off':
        await sendPart(passage.response, answer, {
          service,
          requestId,
          amount: verdict.sent === 'all' ? 'all' : 'half',
        });
        if (verdict.sent === 'all') recorded.setAnswered(true);
        await verdict.over;
        closeConnection(passage.response, verdict.reset);
        return;
      case 'close':
        discardBody(answer);
        closeConnection(passage.response, verdict.reset);
        return;
      case 'answer':
        discardBody(answer);
        await send(passage, encodeFault(verdict.rule, passage), recorded);
    }
  };

  return async (request, response) => {
    response.setHeader('date', new Date(parts.now()).toUTCString());
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const route: Route = { service: 's3', operationName: request.method ?? 'GET', labels: {} };
    const passage: Passage = { requestId: randomUUID(), route, resource: null, facts: {}, request, response };
    try {
      await handle(passage, gone.signal);
    } catch (error) {
      await sendError(passage, error);
    }
  };
}
