/** Predictions, and each way in which they fail, against a real serving program. */
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  csvSerializer,
  connect,
  jsonDeserializer,
  jsonSerializer,
  npyDeserializer,
  npySerializer,
  RealTimePredictor,
  SageMakerError,
  startRun,
  streamDeserializer,
  streamSerializer,
  stringDeserializer,
  type PredictorOptions,
} from '../../../src/client';
import { mainJob, startRig, uniqueName, type Rig } from '../../support/rig';
import { removeScratchFolders } from '../../support/scratch';
import { until } from '../../support/until';
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

test.each([
  ['its functions’ own', {}, { type: 'x/from-function', accept: 'x/to-function' }],
  ['the explicit ones', { contentType: 'x/in', accept: 'x/out' }, { type: 'x/in', accept: 'x/out' }],
])('functions of one’s own serve as serializers; content types are %s', async (_which, types, seen) => {
  const serializer = Object.assign((words: string[]) => words.join(' '), { contentType: 'x/from-function' });
  const deserializer = Object.assign(
    (body: Uint8Array, contentType: string) => ({
      contentType,
      seen: JSON.parse(Buffer.from(body).toString()) as unknown,
    }),
    { accept: 'x/to-function' },
  );
  const predictor = new RealTimePredictor(endpointName, { serializer, deserializer, ...types });
  expect(await predictor.predict(['a', 'b'])).toEqual({
    contentType: 'application/json',
    seen: expect.objectContaining({ ...seen, body: 'a b' }) as unknown,
  });
  predictor.close();
});

test('what a function of one’s own throws is passed on as it is', async () => {
  const mine = new RangeError('mine');
  const fail = (): never => {
    throw mine;
  };
  const before = await invocations();
  await expect(new RealTimePredictor(endpointName, { serializer: fail }).predict(1 as never)).rejects.toBe(mine);
  expect(await invocations()).toBe(before);
  const reading = new RealTimePredictor(endpointName, { deserializer: fail });
  await expect(reading.predict('x')).rejects.toBe(mine);
  reading.close();
});

test('arrays go and come in NumPy’s format', async () => {
  const predictor = new RealTimePredictor(endpointName, { serializer: npySerializer, deserializer: npyDeserializer });
  const array = { data: Float32Array.of(1.5, -2, 3, 4), shape: [2, 2], dtype: 'float32' } as const;
  expect(await predictor.predict(array)).toEqual(array);
  predictor.close();
});

describe('streams', () => {
  test('go collected and come as they arrive', async () => {
    const predictor = new RealTimePredictor(endpointName, {
      serializer: streamSerializer,
      contentType: 'text/csv',
      deserializer: streamDeserializer,
    });
    const { stream, contentType } = await predictor.predict(Readable.from(['1,2\n', '3']));
    expect(stream).toBeInstanceOf(Readable);
    expect({ contentType, text: await text(stream) }).toEqual({ contentType: 'text/csv', text: '2,4\n6' });
    predictor.close();
  });

  test('change nothing in how a refusal is told', async () => {
    const predictor = new RealTimePredictor(endpointName, { deserializer: streamDeserializer });
    expect(await failureOf(predictor.predict('nonsense'))).toMatchObject({ code: 'ModelError', modelStatus: 422 });
    predictor.close();
  });

  describe('of a model that takes its time', () => {
    let answers: ((response: ServerResponse) => void)[] = [];
    const server = createHttpServer((_request, response) => answers.shift()?.(response));
    beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
    afterAll(() => new Promise((resolve) => server.close(resolve)));

    async function begin(further: PredictorOptions = {}) {
      const answering = new Promise<ServerResponse>((resolve) => {
        answers = [resolve];
      });
      const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
      const predictor = new RealTimePredictor<string, { stream: Readable }>(endpointName, {
        ...(further as object),
        aws: { endpoint },
        deserializer: streamDeserializer,
      });
      const asked = predictor.predict('x');
      const response = await answering;
      response.write('first');
      const { stream } = await asked;
      return { stream, response, predictor };
    }

    test('are read before their end', async () => {
      const { stream, response, predictor } = await begin();
      const chunks: string[] = [];
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        chunks.push(String(chunk));
        response.end('last');
      }
      expect(chunks).toEqual(['first', 'last']);
      predictor.close();
    });

    test('that break off fail with the coordinates', async () => {
      const { stream, response, predictor } = await begin();
      const failed = failureOf(text(stream));
      response.destroy();
      expect(await failed).toMatchObject({ code: 'AwsUnreachable', endpointName });
      predictor.close();
    });

    test('end with the time that was given', async () => {
      const { stream, predictor } = await begin({ timeoutMs: 2_000 });
      expect((await failureOf(text(stream))).why).toContain('within 2 s (timeoutMs)');
      predictor.close();
    });
  });
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
  const error = await failureOf(predictor.predict([[1, 2]]));
  expect(error).toMatchObject({ code: 'ModelError', reason: '2,4', endpointName });
  expect(error.why).toContain(`[endpoint=${endpointName}, region=us-east-1]`);
  expect(error.requestId).toBeDefined();
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

test('without a region it is said where to set one, and nothing is sent', async () => {
  const before = await invocations();
  const region = () => Promise.reject(new Error('Region is missing'));
  const error = await failureOf(new RealTimePredictor(endpointName, { aws: { region } }).predict('x'));
  expect(error).toMatchObject({ code: 'InvalidInput', endpointName });
  expect(error.fix).toContain('AWS_REGION');
  expect(await invocations()).toBe(before);
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

test.each([
  ['AWS', 'x', [{ operation: 'InvokeEndpoint', action: 'hang' }]],
  ['the model', 'silence', []],
] as const)('%s that does not answer is told when the time is over, and asked once', async (_who, data, faults) => {
  await rig.control.addFaults([...faults]);
  const before = await invocations();
  const predictor = new RealTimePredictor(endpointName, { timeoutMs: 2_000 });
  const error = await failureOf(predictor.predict(data));
  expect(error).toMatchObject({ code: 'AwsUnreachable', endpointName });
  expect(error.why).toBe(
    `InvokeEndpoint: no answer within 2 s (timeoutMs) [endpoint=${endpointName}, region=us-east-1]`,
  );
  expect(error.fix).toContain('smaller batches');
  // The journal has a call once it has ended on that side too.
  await rig.control.clearFaults();
  await until(async () => (await invocations()) > before, { what: 'the invocation in the journal' });
  expect((await invocations()) - before).toBe(1);
  predictor.close();
});

test('a model that AWS gives up on is told as one that gave no answer', async () => {
  const message = 'Your invocation timed out while waiting for a response from container primary.';
  await rig.control.addFaults([
    { operation: 'InvokeEndpoint', action: 'error', status: 424, code: 'ModelError', message },
  ]);
  const predictor = new RealTimePredictor(endpointName);
  const error = await failureOf(predictor.predict('x'));
  expect(error).toMatchObject({ code: 'ModelError', reason: message, modelStatus: undefined });
  expect(error.why).toContain('The model gave no answer: Your invocation timed out');
  expect(error.fix).toContain(`/aws/sagemaker/Endpoints/${endpointName}`);
  predictor.close();
});

test('data that never comes is not waited for, and nothing is sent', async () => {
  const before = await invocations();
  const predictor = new RealTimePredictor(endpointName, { serializer: streamSerializer, timeoutMs: 100 });
  const error = await failureOf(predictor.predict(new Readable({ read: () => undefined })));
  expect(error).toMatchObject({ code: 'InvalidInput', endpointName });
  expect(error.why).toContain('not serialized within 0.1 s');
  expect(await invocations()).toBe(before);
});

test.each([0, -1, 1.5, Number.NaN, 2 ** 31])('a timeoutMs of %d is refused', (timeoutMs) => {
  expect(() => new RealTimePredictor(endpointName, { timeoutMs })).toThrow('timeoutMs must be a whole number from 1');
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
  expect(tooLong).toMatchObject({ endpointName });
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
