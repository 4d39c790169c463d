/** Arguments of which no predictor can be made are refused before an endpoint is. */
import {
  csvSerializer,
  jsonDeserializer,
  RealTimePredictor,
  SageMakerError,
  streamDeserializer,
  type PredictorOptions,
} from '../../../src/client';
import { splitModelOptions } from '../../../src/client/model';

const WRONG = {
  timeoutMs: 0,
  serializer: { contentType: 'text/csv' },
  deserializer: 'json',
  contentType: '',
  accept: 3,
} as unknown as PredictorOptions;

const PROBLEMS = [
  'timeoutMs must be a whole number from 1 to 2147483647, in milliseconds',
  'serializer must be a function, or an object with a function serialize',
  'deserializer must be a function, or an object with a function deserialize or deserializeStream',
  'contentType must be a content type',
  'accept must be a content type',
];

function failureOf(attempt: () => unknown): SageMakerError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof SageMakerError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

test('a predictor tells everything that is wrong at once', () => {
  expect(failureOf(() => new RealTimePredictor('digits', WRONG))).toMatchObject({
    code: 'InvalidInput',
    problems: PROBLEMS,
    endpointName: 'digits',
  });
});

test('createModel and deploy tell the same, before anything is started', () => {
  expect(failureOf(() => splitModelOptions({ ...WRONG, env: {} } as never)).problems).toEqual(PROBLEMS);
  const notAClass = { predictorCls: 'RealTimePredictor' } as never;
  expect(failureOf(() => splitModelOptions(notAClass)).problems).toEqual(['predictorCls must be a class']);
});

test.each([
  {},
  { timeoutMs: 1, serializer: csvSerializer, deserializer: jsonDeserializer },
  {
    timeoutMs: 2 ** 31 - 1,
    serializer: () => 'x',
    deserializer: streamDeserializer,
    contentType: 'x/y',
    accept: 'y/x',
  },
])('what is right is taken: %j', (options) => {
  expect(() => new RealTimePredictor('digits', options as PredictorOptions)).not.toThrow();
  expect(() => splitModelOptions(options as never)).not.toThrow();
});
