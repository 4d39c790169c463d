/**
 * Callers that mean the emulator ill: headers and bodies that never end, bodies of a gigabyte, more connections than there
 * are. Each is let go of in bounded time, the emulator's memory stays small, and a good client is answered meanwhile. The
 * emulator is a process of its own, as `dev` runs it.
 */
import { ListTrainingJobsCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { startEmulatorProcess, type RunningPart } from '../support/command-line';
import { until } from '../support/until';

const ATTACK_LIMIT_MS = 60_000;
const HOST = 'host: 127.0.0.1\r\n';
const CONTROL_POST = `POST /_emulator/faults HTTP/1.1\r\n${HOST}content-type: application/json\r\n`;
const UNSIGNED_CALL = `POST / HTTP/1.1\r\n${HOST}content-type: application/x-amz-json-1.1\r\nx-amz-target: SageMaker.CreateModel\r\n`;
const UNSIGNED_UPLOAD = `PUT /bucket/key HTTP/1.1\r\n${HOST}`;
const FOREIGN_POST = 'POST /_emulator/faults HTTP/1.1\r\nhost: evil.example\r\n';
const GIGABYTE = 2 ** 30;

let emulator: RunningPart<{
  awsEndpointUrl: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  pid: number;
}>;
let port: number;
let sagemaker: SageMakerClient;
/** A connection that was there before, and is used all the while. */
const kept = new Agent({ keepAlive: true, maxSockets: 1 });

beforeAll(async () => {
  emulator = await startEmulatorProcess();
  const { awsEndpointUrl, region, accessKeyId, secretAccessKey } = emulator.ready;
  port = Number(new URL(awsEndpointUrl).port);
  sagemaker = new SageMakerClient({ endpoint: awsEndpointUrl, region, credentials: { accessKeyId, secretAccessKey } });
}, 120_000);
afterAll(async () => {
  kept.destroy();
  sagemaker.destroy();
  await emulator.close();
});

/** What was said on a connection until it was closed, from either side. */
interface Conversation {
  socket: Socket;
  received(): string;
}

function converse(first: string): Conversation {
  let received = '';
  const socket = connect(port, '127.0.0.1');
  socket.on('data', (part) => (received += part.toString('latin1')));
  // Being cut off is what these callers are for.
  socket.on('error', () => undefined);
  socket.on('connect', () => socket.write(first));
  return { socket, received: () => received };
}

/** Sends a piece at a time, for ever; the pieces are what a caller may take its time with. */
function drip({ socket }: Conversation, piece: string): void {
  const dripping = setInterval(() => socket.write(piece), 500);
  socket.once('close', () => {
    clearInterval(dripping);
  });
}

function pour({ socket }: Conversation, bytes: number): void {
  const chunk = Buffer.alloc(64 * 1024, ' ');
  let left = bytes;
  const go = (): void => {
    while (left > 0 && !socket.destroyed) {
      left -= chunk.length;
      if (!socket.write(chunk)) {
        // What has come in meanwhile is read before more goes out.
        socket.once('drain', () => setImmediate(go));
        return;
      }
    }
    socket.end();
  };
  socket.once('connect', go);
}

function askClock(agent: Agent | false): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: '/_emulator/clock', agent }, (response) => {
      response.resume();
      response.once('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    asked.once('error', reject);
    asked.end();
  });
}

const isClosed = (all: readonly Conversation[]): boolean => all.every(({ socket }) => socket.destroyed);
const many = (count: number, make: () => Conversation): Conversation[] => Array.from({ length: count }, make);

/** Asks until all attackers are gone; each question must have its answer. */
async function staysResponsive(attackers: readonly Conversation[]): Promise<void> {
  await until(
    async () => {
      const statuses = await Promise.all([askClock(kept), askClock(false)]);
      expect(statuses).toEqual([200, 200]);
      await sagemaker.send(new ListTrainingJobsCommand({}));
      return isClosed(attackers);
    },
    { what: 'the attackers to be let go of', limitMs: ATTACK_LIMIT_MS, intervalMs: 200 },
  );
}

test('callers that never come to an end are let go of, while others are answered', async () => {
  const attackers = {
    'headers, a byte at a time': many(100, () => {
      const slow = converse(`GET / HTTP/1.1\r\n${HOST}x-slow: `);
      drip(slow, 'y');
      return slow;
    }),
    'a request that never begins': many(50, () => converse('')),
    'a control body, a byte at a time': many(50, () => {
      const slow = converse(`${CONTROL_POST}content-length: 1000\r\n\r\n`);
      drip(slow, ' ');
      return slow;
    }),
    'a body behind a refusal, a byte at a time': many(50, () => {
      const slow = converse(`${UNSIGNED_UPLOAD}content-length: 1000000\r\n\r\n`);
      drip(slow, 'x');
      return slow;
    }),
  };
  const all = Object.values(attackers).flat();
  await staysResponsive(all);
  expect(attackers['headers, a byte at a time'].map(({ received }) => received().slice(0, 12))).toEqual(
    Array.from({ length: 100 }, () => 'HTTP/1.1 408'),
  );
  for (const { received } of attackers['a body behind a refusal, a byte at a time']) {
    expect(received()).toMatch(/^HTTP\/1.1 403/);
  }
}, 120_000);

test('bodies of a gigabyte and floods of headers are refused, and leave its memory as it was', async () => {
  const bodies = [CONTROL_POST, UNSIGNED_CALL, UNSIGNED_UPLOAD, FOREIGN_POST].map((head) => {
    const large = converse(`${head}content-length: ${String(GIGABYTE)}\r\n\r\n`);
    pour(large, GIGABYTE);
    return large;
  });
  const floods = many(20, () => converse(`GET / HTTP/1.1\r\n${HOST}${`x: ${'y'.repeat(1_000)}\r\n`.repeat(200)}`));
  await staysResponsive([...bodies, ...floods]);
  expect(bodies.map(({ received }) => received().slice(0, 12))).toEqual([
    'HTTP/1.1 400',
    'HTTP/1.1 403',
    'HTTP/1.1 403',
    'HTTP/1.1 403',
  ]);
  for (const { received } of floods) expect(received()).toMatch(/^(HTTP\/1.1 431|$)/);
  expect(peakMemoryBytes()).toBeLessThan(GIGABYTE / 2);
}, 120_000);

test('more connections than it takes are dropped; who was there is answered, and soon everybody is again', async () => {
  const attackers = many(3_000, () => converse(''));
  await until(() => attackers.filter(({ socket }) => socket.destroyed).length >= 900, {
    what: 'connections over the limit to be dropped',
    limitMs: ATTACK_LIMIT_MS,
  });
  expect(isClosed(attackers)).toBe(false);
  expect(await askClock(kept)).toBe(200);
  await until(
    async () => {
      expect(await askClock(kept)).toBe(200);
      return (await askClock(false)) === 200;
    },
    { what: 'a new client to be answered', limitMs: ATTACK_LIMIT_MS, intervalMs: 500 },
  );
  for (const { socket } of attackers) socket.destroy();
  expect(emulator.process.stderr()).toMatch(/More than 2048 connections: further ones are dropped/);
}, 120_000);

/** The largest that the emulator's process has been; where the system does not tell, nothing is known. */
function peakMemoryBytes(): number {
  if (process.platform !== 'linux') return 0;
  const status = readFileSync(`/proc/${String(emulator.ready.pid)}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
}
