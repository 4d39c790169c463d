/** A prediction gives up where the AWS SDK waits without end before it asks anyone. */
import { RealTimePredictor, type PredictorOptions } from '../../../src/client';

const never = (): Promise<never> => new Promise(() => undefined);

const HANGING: [string, NonNullable<PredictorOptions['aws']>][] = [
  ['credentials', { region: 'eu-central-1', credentials: never }],
  ['a region', { region: never }],
];

test.each(HANGING)('%s that never come are given up after timeoutMs', async (_what, aws) => {
  const predictor = new RealTimePredictor('digits', { aws, timeoutMs: 50 });
  await expect(predictor.predict('x')).rejects.toMatchObject({
    code: 'AwsUnreachable',
    why: expect.stringContaining('no answer within 0.05 s (timeoutMs) [endpoint=digits'),
    fix: expect.stringContaining('credentials'),
  });
  predictor.close();
});

test.each(HANGING)('%s that never come are given up by the signal', async (_what, aws) => {
  const predictor = new RealTimePredictor('digits', { aws });
  const given = new AbortController();
  const asked = predictor.predict('x', { signal: given.signal });
  const rejected = expect(asked).rejects.toThrow('no longer');
  given.abort(new Error('no longer'));
  await rejected;
  predictor.close();
});
