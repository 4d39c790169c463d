/**
 * Lost answers to writes: every write that the product makes, spoilt in every way that a network, a proxy or AWS itself
 * can spoil an answer. All cases live side by side on one emulator and one worker; each test waits for its own. The rows
 * come from AWS's model, and a test holds them against the journal of a healthy life.
 */
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { AwsClients } from '../../src/activities';
import { createStorageActivities } from '../../src/activities/storage';
import { failureOfRun } from '../support/failures';
import { findUnmet, liveThrough, type Life, type Spoiling } from '../support/lives';
import { startRig, uniqueName, type Rig } from '../support/rig';
import { runSideBySide } from '../support/stories';
import {
  ANSWERED_WITH_SOMETHING,
  EMPTY_WITHOUT_EFFECT,
  EMPTY_WITHOUT_EFFECT_TITLE,
  expectWholeLife,
  IMPATIENT,
  LIFE_WRITES,
  mapValues,
  OTHER_READS,
  PHASES,
  READS,
  SPOILT_WRITES,
  startTraining,
} from './answers-table';

jest.setTimeout(400_000);

/** Of one life: the stop has runs of its own. */
function writesThatMeet(kind: string): string[] {
  return LIFE_WRITES.filter((operation) => kind in SPOILT_WRITES || ANSWERED_WITH_SOMETHING.test(operation));
}

interface Stop {
  stops: number;
  ended: string;
  unmet: string[];
}

let rig: Rig;
let life: (about: string) => Promise<Life>;
let stopped: (kind: string) => Promise<Stop>;

beforeAll(async () => {
  rig = await startRig({ emulator: { phases: PHASES }, worker: IMPATIENT });
  await rig.control.addOutcomes([
    { kind: 'training job', resource: 'stop-.*', steps: [{ secondaryStatus: 'Training', durationMs: 1 }] },
  ]);
  const kinds = { ...SPOILT_WRITES, [EMPTY_WITHOUT_EFFECT_TITLE]: EMPTY_WITHOUT_EFFECT };
  const lives = mapValues(kinds, (spoiling, kind) => () => {
    const faults = writesThatMeet(kind).map((operation) => ({ operation, ...spoiling }));
    return liveThrough(rig, faults);
  });
  life = runSideBySide({ healthy: () => liveThrough(rig, []), ...lives }, 12);
  stopped = runSideBySide(
    mapValues(SPOILT_WRITES, (spoiling) => () => stopOne(spoiling)),
    6,
  );
});
afterAll(() => rig.close());

/** A run that is cancelled while its job trains. */
async function stopOne(spoiling: Spoiling): Promise<Stop> {
  const name = uniqueName('stop');
  const rules = await rig.control.addFaults([{ operation: 'StopTrainingJob', resource: name, ...spoiling }]);
  const handle = await startTraining(rig, name);
  await handle.cancel();
  const { code } = await failureOfRun(handle);
  const stops = (await rig.calls('StopTrainingJob')).filter(
    ({ resource, status }) => resource === name && status === 200,
  );
  return { stops: stops.length, ended: code, unmet: await findUnmet(rig, rules) };
}

describe('the table', () => {
  it('has every write and every read of a healthy life', async () => {
    const healthy = await life('healthy');
    expectWholeLife(healthy);
    const operations = new Set(healthy.calls.map(({ operation }) => operation));
    expect([...operations].sort()).toEqual([...LIFE_WRITES, ...READS, ...OTHER_READS].sort());
  });
});

describe('a write', () => {
  it.each(Object.keys(SPOILT_WRITES))('that meets %s takes effect once, whichever it is', async (kind) => {
    expectWholeLife(await life(kind));
    const { stops, ended, unmet } = await stopped(kind);
    expect(unmet).toEqual([]);
    expect(ended).toBe('Cancelled');
    // A stop may be sent again to what is stopping.
    expect(stops).toBeGreaterThanOrEqual(1);

    const bucket = uniqueName('bucket');
    const rules = await rig.control.addFaults([
      { operation: 'CreateBucket', resource: bucket, ...SPOILT_WRITES[kind]! },
    ]);
    expect(await ensureBucketPatiently(bucket)).toEqual({ made: true });
    expect(await findUnmet(rig, rules)).toEqual([]);
    await rig.s3.send(new HeadBucketCommand({ Bucket: bucket }));
  });

  it('that meets an empty 200 in the place of the effect is sent again, where AWS would have said more', async () => {
    expectWholeLife(await life(EMPTY_WITHOUT_EFFECT_TITLE));
  });
});

/** As Temporal would: what is retryable is tried again. */
async function ensureBucketPatiently(bucket: string): Promise<unknown> {
  const { requestTimeoutMs: requestTimeout } = IMPATIENT;
  const s3 = new S3Client({
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ requestTimeout, socketTimeout: requestTimeout, throwOnRequestTimeout: true }),
  });
  const { ensureBucket } = createStorageActivities({ s3, region: rig.emulator.region } as AwsClients);
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        const environment = new MockActivityEnvironment({ attempt });
        return await environment.run(ensureBucket, bucket, rig.emulator.region, rig.emulator.account);
      } catch (error) {
        if (!(error instanceof ApplicationFailure) || error.nonRetryable || attempt === 5) throw error;
      }
    }
  } finally {
    s3.destroy();
  }
}
