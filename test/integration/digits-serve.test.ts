/** The digits' serving program as a process, with a model that its training program made. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { toCsv } from '../../src/cli/quickstart/dataset';
import { endProcesses, type TestProcess } from '../support/processes';
import { removeScratchFolders } from '../support/scratch';
import { channels, makeContainer, split, type Container } from './digits-container';

const CSV = 'text/csv';
const JSON_TYPE = 'application/json';
let container: Container;
let serving: TestProcess;
let url: string;

async function serve(from: Container): Promise<[TestProcess, string]> {
  const started = from.start('serve', { SAGEMAKER_BIND_TO_PORT: '0' });
  const [, port = ''] = await started.waitForOutput(/serving on port (\d+)/);
  return [started, `http://127.0.0.1:${port}`];
}

beforeAll(async () => {
  container = makeContainer({ data: channels(), hyperparameters: { epochs: '6' } });
  expect(await container.train()).toMatchObject({ code: 0 });
  [serving, url] = await serve(container);
});
afterAll(async () => {
  await endProcesses();
  removeScratchFolders();
});

interface Prediction {
  label: number;
  probability: number;
  probabilities: number[];
}

const invoke = async (body: string, headers: Record<string, string>) => {
  const response = await fetch(`${url}/invocations`, { method: 'POST', body, headers });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};
const predictionsOf = (text: string) => (JSON.parse(text) as { predictions: Prediction[] }).predictions;
const pixelRows = (count: number) => split.heldOut.slice(0, count).map(({ pixels }) => pixels);

it('answers a ping', async () => {
  const response = await fetch(`${url}/ping`);
  expect([response.status, await response.text()]).toEqual([200, '']);
});

it('labels digits it has not seen, line by line, in CSV', async () => {
  const answer = await invoke(toCsv(split.heldOut, { labels: false }), { 'content-type': 'text/csv; charset=utf-8' });
  expect(answer).toMatchObject({ status: 200, type: CSV });
  const labels = answer.text.trim().split('\n').map(Number);
  expect(labels).toHaveLength(split.heldOut.length);
  const right = labels.filter((label, at) => label === split.heldOut[at]!.label).length;
  expect(right / labels.length).toBeGreaterThanOrEqual(0.9);
});

it('gives probabilities that add up to one, in JSON', async () => {
  const answer = await invoke(JSON.stringify({ instances: pixelRows(3) }), { 'content-type': JSON_TYPE });
  expect(answer).toMatchObject({ status: 200, type: JSON_TYPE });
  const predictions = predictionsOf(answer.text);
  expect(predictions).toHaveLength(3);
  for (const { label, probability, probabilities } of predictions) {
    expect(probabilities).toHaveLength(10);
    expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
    expect(probability).toBe(Math.max(...probabilities));
    expect(probabilities[label]).toBe(probability);
  }
});

it.each([
  ['an array of rows', JSON.stringify(pixelRows(1))],
  ['one row', JSON.stringify(pixelRows(1)[0])],
  ['one row as the instances', JSON.stringify({ instances: pixelRows(1)[0] })],
  ['features', JSON.stringify({ instances: [{ features: pixelRows(1)[0] }] })],
])('takes %s', async (_what, body) => {
  const answer = await invoke(body, { 'content-type': JSON_TYPE, accept: CSV });
  expect(answer).toMatchObject({ status: 200, type: CSV, text: expect.stringMatching(/^\d\n$/) as string });
});

it.each([
  [CSV, JSON_TYPE, JSON_TYPE],
  [JSON_TYPE, CSV, CSV],
  [CSV, '*/*', CSV],
  [JSON_TYPE, '*/*', JSON_TYPE],
  [CSV, 'application/*', JSON_TYPE],
  [CSV, 'application/x-npy, application/json;q=0.5, text/csv;q=0.9', CSV],
])('answers a request of %s that accepts %s in %s', async (sent, accept, type) => {
  const body = sent === CSV ? toCsv(split.heldOut.slice(0, 1), { labels: false }) : JSON.stringify(pixelRows(1));
  expect(await invoke(body, { 'content-type': sent, accept })).toMatchObject({ status: 200, type });
});

it.each([
  [415, 'send text/csv or application/json', 'x', { 'content-type': 'image/png' }],
  [415, 'no Content-Type', 'x', { 'content-type': '' }],
  [406, 'accept text/csv or application/json', '[]', { 'content-type': JSON_TYPE, accept: 'image/png' }],
  [400, 'holds no rows', '', { 'content-type': CSV }],
  [400, 'holds no rows', '[]', { 'content-type': JSON_TYPE }],
  [400, 'not JSON', '{', { 'content-type': JSON_TYPE }],
  [400, 'send {"instances"', '{"rows": []}', { 'content-type': JSON_TYPE }],
  [400, 'send {"instances"', 'null', { 'content-type': JSON_TYPE }],
  [400, 'row 1 is no array', '[null]', { 'content-type': JSON_TYPE }],
  [400, 'row 2 has 1 values', JSON.stringify([...pixelRows(1), [1]]), { 'content-type': JSON_TYPE }],
  [400, 'row 1, pixel 64', JSON.stringify([...pixelRows(1)[0]!.slice(1), '5']), { 'content-type': JSON_TYPE }],
  [400, 'leave the label out', toCsv(split.heldOut.slice(0, 1)), { 'content-type': CSV }],
  [400, 'line 1, pixel 1 is no number from 0 to 16', `17${',0'.repeat(63)}`, { 'content-type': CSV }],
  [400, 'line 1, pixel 1 is no number from 0 to 16', ','.repeat(63), { 'content-type': CSV }],
  [413, 'larger than 6291456 bytes', '0'.repeat(6 * 1024 ** 2 + 1), { 'content-type': CSV }],
])('refuses nonsense with %d and says: %s', async (status, complaint, body, headers) => {
  const answer = await invoke(body, headers);
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(complaint);
});

it('knows no other paths and methods', async () => {
  expect((await fetch(`${url}/`)).status).toBe(404);
  expect((await fetch(`${url}/invocations`)).status).toBe(405);
});

it('ends on SIGTERM, once what it has begun is answered', async () => {
  const [other, otherUrl] = await serve(container);
  const answered = fetch(`${otherUrl}/ping`);
  expect((await answered).status).toBe(200);
  other.kill('SIGTERM');
  expect(await other.ended).toMatchObject({ code: 0, signal: null });
  expect(serving.isRunning()).toBe(true);
});

it.each([
  ['is missing', undefined],
  ['is torn', '{"format": "digits-net'],
  ['is of another kind', '{"format": "other"}'],
  ['lacks weights', '{"format": "digits-network/1", "hiddenUnits": 2, "hiddenWeights": [1]}'],
])('does not start where the model %s', async (_what, model) => {
  const broken = makeContainer({});
  if (model !== undefined) {
    mkdirSync(join(broken.folder, 'model'));
    writeFileSync(join(broken.folder, 'model/model.json'), model);
  }
  const { code, stderr } = await broken.start('serve', { SAGEMAKER_BIND_TO_PORT: '0' }).ended;
  expect(code).toBe(1);
  expect(stderr).toContain('model/model.json cannot be loaded');
});

it('says so where the port is taken', async () => {
  const holder = createServer().listen(0);
  await new Promise((resolve) => holder.once('listening', resolve));
  try {
    const { port } = holder.address() as AddressInfo;
    const { code, stderr } = await container.start('serve', { SAGEMAKER_BIND_TO_PORT: String(port) }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`cannot listen on port ${String(port)}`);
  } finally {
    holder.close();
  }
});
