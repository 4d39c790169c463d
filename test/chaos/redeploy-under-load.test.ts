/**
 * An endpoint that is asked without a pause while a deploy updates it: every request is answered, by the old model or the
 * new one, over real serving processes; a deploy that is rolled back costs none either.
 */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { join } from 'node:path';
import { jsonDeserializer, RealTimePredictor } from '../../src/client';
import type { DeployInput, DeployOnInstances, DeployResult } from '../../src/contract';
import { failureOfRun } from '../support/failures';
import { DATA_BUCKET, DEPLOY, ROLE, startRig, uniqueName, type Rig } from '../support/rig';
import { makeTarGz } from '../support/tar-file';

jest.setTimeout(180_000);

const LANES = 8;
const REQUESTS = 1_000;
/** So many are asked before the update may come to its end; the others see it happen. */
const BEFORE_THE_END = 900;
/** A machine that is slow to update is asked on; one that never does is not asked for ever. */
const REQUESTS_MAX = 100_000;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ emulator: { images: { scripted: join(__dirname, '../support/algorithms/scripted') } } });
  for (const content of ['old', 'new']) {
    const Body = makeTarGz([{ path: 'model.txt', content }]);
    await rig.s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: `${content}/model.tar.gz`, Body }));
  }
  await rig.control.setClock({ simulated: false });
});
afterAll(() => rig.close());

const inputOf = (endpointName: string, model: string, further: Partial<DeployOnInstances> = {}): DeployInput => ({
  modelData: `s3://${DATA_BUCKET}/${model}/model.tar.gz`,
  deploy: { ...DEPLOY, endpointName, image: 'scripted', role: ROLE, ...further },
});

interface Answered {
  model: string;
  /** True where it was asked after the deploy had ended. */
  isAfter: boolean;
}

/** Asks in lanes until a thousand are answered and the deploy has ended; what is not answered throws. */
async function askWhile(endpointName: string, deploy: () => Promise<unknown>): Promise<Answered[]> {
  const predictor = new RealTimePredictor(endpointName, { deserializer: jsonDeserializer });
  const answers: Answered[] = [];
  let asked = 0;
  let hasEnded = false;
  await rig.control.setClock({ phases: { Updating: 600_000 } });
  const lane = async () => {
    while ((asked < REQUESTS || !hasEnded) && asked < REQUESTS_MAX) {
      if (asked === BEFORE_THE_END) await rig.control.setClock({ phases: { Updating: 0 } });
      const body = `request ${String((asked += 1))}`;
      const isAfter = hasEnded;
      const answer = (await predictor.predict(body)) as { model: string; body: string };
      expect(answer.body).toBe(body);
      answers.push({ model: answer.model, isAfter });
    }
  };
  const deploying = deploy().finally(() => (hasEnded = true));
  try {
    await Promise.all([deploying, ...Array.from({ length: LANES }, lane)]);
    // The last word is the new state's.
    const { model } = (await predictor.predict('last')) as { model: string };
    answers.push({ model, isAfter: true });
    return answers;
  } finally {
    await deploying.catch(() => undefined);
    predictor.close();
  }
}

const countOf = (answers: Answered[], model: string) => answers.filter((answer) => answer.model === model).length;

it('each of a thousand requests during a redeploy is answered, by the old model or the new one', async () => {
  const name = uniqueName();
  await (await rig.start('deploy', inputOf(name, 'old'))).result();
  let updated: DeployResult | undefined;
  const answers = await askWhile(name, async () => {
    updated = (await (await rig.start('deploy', inputOf(name, 'new'))).result()) as DeployResult;
  });
  expect(updated?.updated).toBe(true);
  expect(answers.length).toBeGreaterThan(REQUESTS);
  expect(countOf(answers, 'old') + countOf(answers, 'new')).toBe(answers.length);
  expect(countOf(answers, 'old')).toBeGreaterThan(BEFORE_THE_END - LANES);
  // What was asked once the deploy had proven the new model, that model answered.
  expect(answers.filter(({ isAfter, model }) => isAfter && model !== 'new')).toEqual([]);
});

it('each of a thousand requests is answered by the old model while a deploy fails and is rolled back', async () => {
  const name = uniqueName();
  await (await rig.start('deploy', inputOf(name, 'old'))).result();
  const answers = await askWhile(name, async () => {
    const input = inputOf(name, 'new', { env: { BEHAVIOUR: 'exits' } });
    expect((await failureOfRun(await rig.start('deploy', input))).code).toBe('EndpointRolledBack');
  });
  expect(answers.length).toBeGreaterThan(REQUESTS);
  expect(countOf(answers, 'old')).toBe(answers.length);
});
