/** Predictions, and each way in which they fail, against a real serving program. */
import { createServer } from 'node:net';
import {
  csvSerializer,
  connect,
  jsonDeserializer,
  jsonSerializer,
  RealTimePredictor,
  SageMakerError,
  startRun,
  stringDeserializer,
} from '../../../src/client';
import { mainJob, startRig, uniqueName, type Rig } from '../../support/rig';
import { removeScratchFolders } from '../../support/scratch';
import { makeIrisImage } from './iris-image';

const endpointName = uniqueName();
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ emulator: { simulated: false, images: { iris: makeIrisImage() } } });
  const session = await connect({ client: rig.server.client, taskQueue: rig.taskQueue });
  const input = mainJob(uniqueName(), { hyperparameters: { epochs: 2 } });
  await (await startRun(session, 'fitThenDeploy', { ...input, deploy: { ...input.deploy, endpointName } })).result();
});
afterAll(async () => {
  await rig.close();
  removeScratchFolders();
});
afterEach(() => rig.control.clearFaults());

async function failureOf(attempt: Promise<unknown>): Promise<SageMakerError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SageMakerError);
  return error as SageMakerError;
}

const invocations = async () => (await rig.calls('InvokeEndpoint')).length;

test('texts and bytes go as they are, and bytes come back', async () => {
  const predictor = new RealTimePredictor(endpointName);
  const answer = await predictor.predict('hello');
  expect(answer).toBeInstanceOf(Uint8Array);
  expect(JSON.parse(Buffer.from(answer).toString())).toMatchObject({ body: 'hello' });
  const again = await predictor.predict(new TextEncoder().encode('bytes'));
  expect(JSON.parse(Buffer.from(again).toString())).toMatchObject({ body: 'bytes' });
  predictor.close();
});

test.each([
  ["the serializer's and the deserializer's", {}, { type: 'application/json', accept: 'application/json' }],
  ['the explicit ones', { contentType: 'x/in', accept: 'x/out' }, { type: 'x/in', accept: 'x/out' }],
])('content types are %s', async (_which, types, seen) => {
  const predictor = new RealTimePredictor(endpointName, {
    serializer: jsonSerializer,
    deserializer: jsonDeserializer,
    ...types,
  });
  expect({ type: predictor.contentType, accept: predictor.accept }).toEqual(seen);
  expect(await predictor.predict({ a: 1 })).toMatchObject({ ...seen, body: '{"a":1}' });
  predictor.close();
});

test('the model that refuses is told with its own words and status, and asked once', async () => {
  const predictor = new RealTimePredictor(endpointName, { deserializer: stringDeserializer });
  const before = await invocations();
  const error = await failureOf(predictor.predict('nonsense'));
  expect(error).toMatchObject({ code: 'ModelError', reason: 'cannot read nonsense', modelStatus: 422, endpointName });
  expect(error.requestId).toBeDefined();
  expect((await invocations()) - before).toBe(1);
  predictor.close();
});

test('an answer that is not what was asked for is an error of the model', async () => {
  const predictor = new RealTimePredictor(endpointName, { serializer: csvSerializer, deserializer: jsonDeserializer });
  expect(await failureOf(predictor.predict([[1, 2]]))).toMatchObject({ code: 'ModelError', reason: '2,4' });
  predictor.close();
});

test('an endpoint that is not there is told so', async () => {
  const predictor = new RealTimePredictor(uniqueName('nobody'));
  const error = await failureOf(predictor.predict('x'));
  expect(error).toMatchObject({ code: 'EndpointNotFound', exitCode: 3, endpointName: predictor.endpointName });
  expect(error.message).toContain('region=us-east-1');
  predictor.close();
});

test.each([
  ['throttling', { action: 'throttle' }, 'AwsUnreachable'],
  ['a server error', { action: 'error', status: 500, code: 'InternalFailure' }, 'AwsUnreachable'],
  ['a connection that breaks', { action: 'lose' }, 'AwsUnreachable'],
  ['a refusal', { action: 'error', status: 403, code: 'AccessDeniedException', message: 'no' }, 'AccessDenied'],
] as const)('%s is told after one attempt', async (_what, fault, code) => {
  await rig.control.addFaults([{ operation: 'InvokeEndpoint', ...fault }]);
  const predictor = new RealTimePredictor(endpointName);
  const before = await invocations();
  expect(await failureOf(predictor.predict('x'))).toMatchObject({ code, endpointName });
  expect((await invocations()) - before).toBe(1);
  predictor.close();
});

test('wrong credentials are a matter of permission', async () => {
  const predictor = new RealTimePredictor(endpointName, {
    aws: { credentials: { accessKeyId: rig.emulator.credentials.accessKeyId, secretAccessKey: 'wrong' } },
  });
  expect(await failureOf(predictor.predict('x'))).toMatchObject({ code: 'AccessDenied', exitCode: 4 });
  predictor.close();
});

test('where nothing listens AWS is unreachable', async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const address = closed.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await new Promise((resolve) => closed.close(resolve));
  const predictor = new RealTimePredictor(endpointName, { aws: { endpoint: `http://127.0.0.1:${String(port)}` } });
  expect(await failureOf(predictor.predict('x'))).toMatchObject({ code: 'AwsUnreachable', exitCode: 8 });
  predictor.close();
});

test('a prediction is given up by its signal', async () => {
  await rig.control.addFaults([{ operation: 'InvokeEndpoint', action: 'hang' }]);
  const predictor = new RealTimePredictor(endpointName);
  const given = new AbortController();
  const asked = predictor.predict('x', { signal: given.signal });
  const rejected = expect(asked).rejects.toThrow('no longer');
  given.abort(new Error('no longer'));
  await rejected;
  predictor.close();
});

test('what cannot be sent is refused before it is', async () => {
  const before = await invocations();
  const plain = new RealTimePredictor<unknown>(endpointName);
  expect((await failureOf(plain.predict({ a: 1 }))).fix).toContain('serializer');
  expect(await failureOf(plain.predict(''))).toMatchObject({ code: 'InvalidInput' });
  expect(await failureOf(plain.predict(new Uint8Array()))).toMatchObject({ code: 'InvalidInput' });
  const tooLong = await failureOf(plain.predict('x'.repeat(6_291_457)));
  expect(tooLong.code).toBe('InvalidInput');
  expect(tooLong.why).toContain('6291457 bytes; an invocation takes 6291456');
  expect(await invocations()).toBe(before);
  plain.close();
});

test('as much as an invocation takes is taken', async () => {
  const predictor = new RealTimePredictor(endpointName, {
    serializer: csvSerializer,
    deserializer: stringDeserializer,
  });
  const row = Array.from({ length: 1_500_000 }, () => 10);
  const answer = await predictor.predict(row);
  expect(answer).toHaveLength('20,'.length * row.length - 1);
  predictor.close();
});

test('a closed predictor connects again when it is asked', async () => {
  const predictor = new RealTimePredictor(endpointName);
  await predictor.predict('x');
  predictor.close();
  await predictor.predict('y');
  predictor.close();
});
