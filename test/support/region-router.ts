/**
 * One AWS address for many emulators: each request goes to the emulator of the region that it is signed for. So workers
 * of one process, told apart by nothing but their option `region`, each have an AWS of their own. What a region's gate
 * makes of a call on its way is in `call-gate.ts`.
 */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What AWS answered, whole. */
export interface AwsAnswer {
  status: number;
  body: string;
}

/** One call on its way. */
export interface CallOnItsWay {
  /** AWS's name of the operation. */
  operation: string;
  /** Hands it on to the emulator, at most once. */
  forward(): Promise<AwsAnswer>;
  /** Hands the emulator's answer back; resolves when it is written. */
  answer(): Promise<void>;
  /** Ends it without an answer. */
  drop(): void;
}

export interface RegionRouter {
  url: string;
  /** From now on calls that are signed for this region go to `target`, through `pass`. */
  open(region: string, target: string, pass: (call: CallOnItsWay) => Promise<void>): void;
  shut(region: string): void;
  close(): Promise<void>;
}

interface Region {
  target: string;
  pass: (call: CallOnItsWay) => Promise<void>;
}

export async function startRegionRouter(): Promise<RegionRouter> {
  const regions = new Map<string, Region>();

  const route = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(incoming);
    const region = regions.get(
      /Credential=[^/]+\/\d+\/([^/]+)\//.exec(incoming.headers.authorization ?? '')?.[1] ?? '',
    );
    // A region that is shut has nobody to answer: the caller's own time-out ends the call.
    if (!region) return;
    let reply: { head: IncomingMessage; body: Buffer } | undefined;
    await region.pass({
      operation: nameOperation(incoming, body),
      async forward() {
        const onward = request(new URL(incoming.url ?? '/', region.target), {
          method: incoming.method,
          headers: incoming.headers,
        });
        onward.end(body);
        const [head] = (await once(onward, 'response')) as [IncomingMessage];
        reply = { head, body: await readAll(head) };
        return { status: head.statusCode ?? 502, body: reply.body.toString('utf8') };
      },
      async answer() {
        if (!reply || response.destroyed) return;
        const { 'transfer-encoding': _chunked, ...headers } = reply.head.headers;
        response.writeHead(reply.head.statusCode ?? 502, headers);
        const written = Promise.race([once(response, 'finish'), once(response, 'close')]);
        response.end(reply.body);
        await written;
      },
      drop: () => response.destroy(),
    });
  };

  const server = createServer((incoming, response) => {
    route(incoming, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    open: (region, target, pass) => regions.set(region, { target, pass }),
    shut: (region) => regions.delete(region),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

/** JSON services name the operation in a header, STS and IAM in their form, S3 by method and path. */
function nameOperation({ headers, method = '', url = '/' }: IncomingMessage, body: Buffer): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1) ?? target;
  if (method === 'POST') return new URLSearchParams(body.toString('utf8')).get('Action') ?? 'POST';
  const kind = /^\/[^/]+\/?$/.test(url.split('?')[0] ?? '') ? 'Bucket' : 'Object';
  const verb: Record<string, string> = {
    HEAD: 'Head',
    GET: 'Get',
    DELETE: 'Delete',
    PUT: kind === 'Bucket' ? 'Create' : 'Put',
  };
  return `${verb[method] ?? method}${kind}`;
}
