/**
 * The control paths under `/_emulator/`: journal, resources, defects, faults, outcomes, policies, clock. They are not signed, so that a
 * shell can use them, and guarded against web pages instead: `server.ts` has checked the Host, writing needs a content
 * type that a page cannot send to another site without asking, and no answer allows other origins to read it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SettableClock } from '../clock';
import { InvalidControlRequest } from './fault-rules';
import type { Faults } from './faults';
import type { Journal } from './journal';
import type { Outcomes } from './outcomes';
import type { Guard } from '../identity/guard';
import type { StandingResource } from '../sagemaker/standing';
import type { AnswerDefect } from '../wire/answer-check';

export const CONTROL_PREFIX = '/_emulator/';

const BODY_BYTES_MAX = 1024 ** 2;
const BODY_MS_MAX = 10_000;
const HOLD_WAIT_MS_MAX = 60_000;
const HOLD_WAIT_MS_DEFAULT = 10_000;

interface ControlParts {
  journal: Journal;
  faults: Faults;
  outcomes: Outcomes;
  clock: SettableClock;
  guard: Guard;
  readResources: () => Promise<StandingResource[]>;
  /** @default none: nothing is checked */
  readDefects?: () => AnswerDefect[];
}

interface ControlAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

const failure = (status: number, message: string): ControlAnswer => ({ status, body: { message } });
const noSuchRule = (id: string) => failure(404, `There is no fault rule ${id}`);

function readWholeNumber(query: URLSearchParams, name: string, fallback: number, most: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most) {
    throw new InvalidControlRequest(`${name} must be a whole number up to ${String(most)}`);
  }
  return value;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  const late = setTimeout(() => {
    request.destroy(new InvalidControlRequest(`The body took longer than ${String(BODY_MS_MAX)} ms`));
  }, BODY_MS_MAX);
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      size += part.byteLength;
      if (size > BODY_BYTES_MAX) throw new InvalidControlRequest(`The body may hold ${String(BODY_BYTES_MAX)} bytes`);
      parts.push(part);
    }
  } finally {
    clearTimeout(late);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new InvalidControlRequest('The body is not valid JSON');
  }
}

/** The types a page can send without asking are all others than this one. */
function isJson(request: IncomingMessage): boolean {
  return /^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '');
}

function readCalls({ journal }: ControlParts, query: URLSearchParams): ControlAnswer {
  const operation = query.get('operation');
  const since = readWholeNumber(query, 'since', 0, Number.MAX_SAFE_INTEGER);
  const { entries, next } = journal.read(operation === null ? { since } : { since, operation });
  return { status: 200, body: entries, headers: { 'x-emulator-next': String(next) } };
}

async function readFault({ faults }: ControlParts, id: string, query: URLSearchParams): Promise<ControlAnswer> {
  const rule = faults.find(id);
  if (rule === undefined) return noSuchRule(id);
  const until = query.get('until');
  if (until === null) return { status: 200, body: rule };
  if (until !== 'held') return failure(400, 'until must be held');
  const timeoutMs = readWholeNumber(query, 'timeoutMs', HOLD_WAIT_MS_DEFAULT, HOLD_WAIT_MS_MAX);
  const held = await faults.untilHeld(id, timeoutMs);
  return held === undefined
    ? failure(408, `No call was held by ${id} within ${String(timeoutMs)} ms`)
    : { status: 200, body: held };
}

type Route = (
  parts: ControlParts,
  id: string,
  query: URLSearchParams,
  request: IncomingMessage,
) => ControlAnswer | Promise<ControlAnswer>;

const ROUTES: { path: RegExp; methods: Partial<Record<string, Route>> }[] = [
  { path: /^calls$/, methods: { GET: (parts, _id, query) => readCalls(parts, query) } },
  {
    path: /^resources$/,
    methods: { GET: async ({ readResources }) => ({ status: 200, body: await readResources() }) },
  },
  { path: /^defects$/, methods: { GET: ({ readDefects }) => ({ status: 200, body: readDefects?.() ?? [] }) } },
  {
    path: /^faults$/,
    methods: {
      GET: ({ faults }) => ({ status: 200, body: { rules: faults.list() } }),
      POST: async ({ faults }, _id, _query, request) => ({
        status: 200,
        body: { rules: faults.add(await readJson(request)) },
      }),
      DELETE: ({ faults }, _id, query) => {
        const id = query.get('id');
        if (id !== null && faults.find(id) === undefined) return noSuchRule(id);
        faults.remove(id ?? undefined);
        return { status: 200, body: { rules: faults.list() } };
      },
    },
  },
  { path: /^faults\/([\w-]+)$/, methods: { GET: (parts, id, query) => readFault(parts, id, query) } },
  {
    path: /^faults\/([\w-]+)\/release$/,
    methods: {
      POST: ({ faults }, id) => {
        const released = faults.release(id);
        return released === undefined ? noSuchRule(id) : { status: 200, body: { released } };
      },
    },
  },
  {
    path: /^policies$/,
    methods: {
      GET: ({ guard }) => ({ status: 200, body: { policies: guard.policies(), asked: guard.asked() } }),
      POST: async ({ guard }, _id, _query, request) => ({ status: 200, body: guard.set(await readJson(request)) }),
    },
  },
  {
    path: /^outcomes$/,
    methods: {
      GET: ({ outcomes }) => ({ status: 200, body: { rules: outcomes.list() } }),
      POST: async ({ outcomes }, _id, _query, request) => ({
        status: 200,
        body: { rules: outcomes.add(await readJson(request)) },
      }),
      DELETE: ({ outcomes }, _id, query) => {
        const id = query.get('id');
        if (id !== null && !outcomes.has(id)) return failure(404, `There is no outcome rule ${id}`);
        outcomes.remove(id ?? undefined);
        return { status: 200, body: { rules: outcomes.list() } };
      },
    },
  },
  {
    path: /^clock$/,
    methods: {
      GET: ({ clock }) => ({ status: 200, body: clock.settings() }),
      POST: async ({ clock }, _id, _query, request) => ({ status: 200, body: clock.set(await readJson(request)) }),
    },
  },
];

async function answer(parts: ControlParts, request: IncomingMessage): Promise<ControlAnswer> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const path = url.pathname.slice(CONTROL_PREFIX.length);
  for (const route of ROUTES) {
    const match = route.path.exec(path);
    if (match === null) continue;
    const method = request.method ?? 'GET';
    const run = route.methods[method];
    if (run === undefined) {
      const allow = Object.keys(route.methods).join(', ');
      return { ...failure(405, `${url.pathname} knows ${allow}`), headers: { allow } };
    }
    if (method !== 'GET' && !isJson(request)) {
      return failure(415, `${method} needs the header "content-type: application/json"`);
    }
    return run(parts, match[1] ?? '', url.searchParams, request);
  }
  return failure(404, `There is no ${url.pathname}`);
}

/** Answers the function that handles every request to a control path; it never rejects. */
export function createControl(
  parts: ControlParts,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    let answered: ControlAnswer;
    try {
      answered = await answer(parts, request);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      answered = failure(error instanceof InvalidControlRequest ? 400 : 500, message);
    }
    if (response.destroyed) return;
    response.writeHead(answered.status, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...answered.headers,
    });
    response.end(`${JSON.stringify(answered.body ?? {})}\n`);
  };
}
