/**
 * An outage is not amplified: fifty runs meet five minutes in which AWS throttles or fails, and minutes two to five see at
 * most 1.1 times the calls of the same minutes in health. Counted in the emulators' journals. Time is compressed: every
 * interval that the worker keeps is COMPRESSED times shorter than its default. Health and outages pass side by side, each in
 * a world of its own, so that a busy machine holds up all of them alike.
 */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { DeployInput, FitInput } from '../../src/contract';
import type { FaultRuleInput } from '../../src/emulator';
import { RETRY_INTERVALS_MS } from '../../src/domain/backoff';
import { resolveOptions } from '../../src/worker/options';
import {
  DATA_BUCKET,
  DEPLOY,
  ESTIMATOR,
  mainJob,
  ROLE,
  startRig,
  uniqueName,
  type Handle,
  type Rig,
} from '../support/rig';
import { until } from '../support/until';

jest.setTimeout(240_000);

const COMPRESSED = 10;
const MINUTE_MS = 60_000 / COMPRESSED;
/** Of fifty runs: those that wait for their training, those that wait for their endpoint, those that are about to create. */
const RUNS = { training: 20, hosting: 15, creating: 15 };
/** Everything but the question who asks: a run that has not begun has nothing that could be amplified. */
const OPERATIONS = [
  'CreateTrainingJob',
  'DescribeTrainingJob',
  'CreateModel',
  'DescribeModel',
  'CreateEndpointConfig',
  'DescribeEndpointConfig',
  'CreateEndpoint',
  'DescribeEndpoint',
  'ListTags',
  'HeadObject',
];
type Rules = Omit<FaultRuleInput, 'operation'>[];
const VARIANTS: Record<string, Rules> = {
  'throttles nine calls in ten': [{ action: 'throttle', probability: 0.9, seed: 7 }],
  'answers 500 and 503': [
    { action: 'error', status: 503, code: 'ServiceUnavailable', probability: 0.5, seed: 7 },
    { action: 'error', status: 500, code: 'InternalFailure' },
  ],
};

async function startWorld(): Promise<Rig> {
  const { pace } = resolveOptions({});
  const rig = await startRig({
    worker: {
      pollMinIntervalMs: pace.minIntervalMs / COMPRESSED,
      pollMaxIntervalMs: pace.maxIntervalMs / COMPRESSED,
      readsPerSecond: pace.readsPerSecond * COMPRESSED,
      retryMinIntervalMs: RETRY_INTERVALS_MS.least / COMPRESSED,
      retryMaxIntervalMs: RETRY_INTERVALS_MS.most / COMPRESSED,
      requestTimeoutMs: 10_000,
    },
  });
  // AWS's clients look for their address with their first call: before the next world takes its place in the environment.
  await (await rig.start('fitThenDeploy', mainJob(uniqueName('first')))).result();
  return rig;
}

const startFit = (rig: Rig): Promise<Handle> => {
  const fit = { inputs: `s3://${DATA_BUCKET}/iris`, jobName: uniqueName('storm') };
  return rig.start('fit', { estimator: ESTIMATOR, fit } satisfies FitInput);
};
const startDeploy = (rig: Rig): Promise<Handle> => {
  const deploy = { ...DEPLOY, endpointName: uniqueName('storm'), image: 'iris', role: ROLE };
  return rig.start('deploy', { modelData: `s3://${DATA_BUCKET}/given/model.tar.gz`, deploy } satisfies DeployInput);
};
const HOURS_MS = 3_600_000;
const several = (count: number, start: () => Promise<Handle>) => Promise.all(Array.from({ length: count }, start));

/** Thirty-five runs that wait, for their training or their endpoint. */
async function startWaiting(rig: Rig): Promise<Handle[]> {
  await rig.s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: 'given/model.tar.gz', Body: 'a model' }));
  await rig.control.setClock({ phases: { Training: HOURS_MS, Creating: HOURS_MS } });
  const waiting = [
    ...(await several(RUNS.training, () => startFit(rig))),
    ...(await several(RUNS.hosting, () => startDeploy(rig))),
  ];
  await until(
    async () => {
      const statuses = (await rig.control.resources()).map(({ description }) => description);
      const trains = statuses.filter(({ SecondaryStatus }) => SecondaryStatus === 'Training').length;
      const creates = statuses.filter(({ EndpointStatus }) => EndpointStatus === 'Creating').length;
      return trains === RUNS.training && creates === RUNS.hosting;
    },
    { what: 'the runs to wait', limitMs: 120_000, intervalMs: 500 },
  );
  return waiting;
}

interface Experiment {
  rig: Rig;
  handles: Handle[];
  calls: number;
}

/** Five minutes of an outage, or of health: fifteen runs more that are about to create, and what is called meanwhile. */
async function passFiveMinutes(rig: Rig, waiting: Handle[], rules: Rules): Promise<Experiment> {
  await rig.control.addFaults(OPERATIONS.flatMap((operation) => rules.map((rule) => ({ operation, ...rule }))));
  const beganMs = Date.now();
  const creating = [
    ...(await several(Math.ceil(RUNS.creating / 2), () => startFit(rig))),
    ...(await several(Math.floor(RUNS.creating / 2), () => startDeploy(rig))),
  ];
  const [fromMs, toMs] = [beganMs + MINUTE_MS, beganMs + 5 * MINUTE_MS];
  await until(() => Date.now() > toMs, { what: 'five minutes to pass', limitMs: 10 * MINUTE_MS, intervalMs: 100 });
  const times = (await rig.control.calls()).map(({ time }) => Date.parse(time));
  await rig.control.clearFaults();
  await rig.control.setClock({ phases: { Training: 20, Creating: 20 } });
  const calls = times.filter((timeMs) => timeMs >= fromMs && timeMs < toMs).length;
  return { rig, handles: [...waiting, ...creating], calls };
}

describe('minutes two to five of an outage', () => {
  const experiments = new Map<string, Experiment>();
  const rigs: Rig[] = [];
  beforeAll(async () => {
    const outages: [string, Rules][] = [['health', []], ...Object.entries(VARIANTS)];
    for (const _outage of outages) rigs.push(await startWorld());
    const waiting = await Promise.all(rigs.map(startWaiting));
    await Promise.all(
      outages.map(async ([name, rules], i) => {
        experiments.set(name, await passFiveMinutes(rigs[i]!, waiting[i]!, rules));
      }),
    );
  });
  afterAll(async () => {
    for (const rig of rigs) await rig.close();
  });

  it.each(Object.keys(VARIANTS))('in which AWS %s see at most 1.1 times the calls of health', (name) => {
    const [inStorm, inHealth] = [experiments.get(name)!.calls, experiments.get('health')!.calls];
    const ratio = inStorm / inHealth;
    process.stdout.write(
      `AWS ${name}: ${String(inStorm)} calls, in health ${String(inHealth)}, ratio ${ratio.toFixed(2)} ` +
        `(50 runs, minutes 2 to 5, time compressed ${String(COMPRESSED)} times)\n`,
    );
    expect(ratio).toBeLessThanOrEqual(1.1);
  });

  it.each(['health', ...Object.keys(VARIANTS)])('all fifty runs complete when it is over: %s', async (name) => {
    const { handles } = experiments.get(name)!;
    await Promise.all(handles.map((handle) => handle.result()));
    const ends = await Promise.all(handles.map(async (handle) => (await handle.describe()).status.name));
    expect(ends).toEqual(Array.from({ length: RUNS.training + RUNS.hosting + RUNS.creating }, () => 'COMPLETED'));
  });
});
