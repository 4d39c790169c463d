/**
 * Runs that meet their cancel and the answer that tells their outcome in one workflow task, with activities that stand in
 * for ours. Used where that is tested, and where a history of it is recorded.
 */
import type { TrainingJobChange } from '../../src/domain/training-status';
import type { Handle } from './rig';
import { STAND_IN_RUN, STAND_IN_TRAINING, standInHosting, withStandIns, type StandIns } from './stand-in-activities';
import { until } from './until';

const ARN = 'arn:aws:sagemaker:eu-central-1:123456789012:';
const MADE = { adopted: false, isOwnWork: true, warnings: [] };

/** An endpoint that comes to a status as its deploy is cancelled; `deleted` is added to as the run takes things away. */
export function crossDeploy(status: string, deleted: string[], see: (handle: Handle) => Promise<void>): Promise<void> {
  const hosting = standInHosting('iris');
  const { EndpointName: name = '', EndpointConfigName: endpointConfigName = '' } = hosting.endpoint;
  const endpoint = { name, arn: `${ARN}endpoint/${name}`, status, endpointConfigName };
  const made = () => Promise.resolve({ ...MADE, arn: endpoint.arn });
  const del = (kind: string) => () => {
    deleted.push(kind);
    return Promise.resolve({ wasThere: true });
  };
  const answer = () =>
    deleted.includes('endpoint')
      ? { absent: true as const }
      : { change: { endpoint, seen: { status, endpointConfigName } } };
  const { asked, release, held } = hold();
  return cross('deploy', { asked, release }, see, {
    prepare: () => Promise.resolve({ run: STAND_IN_RUN, hosting }),
    checkModelData: () => Promise.resolve(),
    createModel: made,
    createEndpointConfig: made,
    createEndpoint: made,
    describeHosting: () => Promise.resolve(null),
    awaitEndpointChange: () => held().then(answer),
    deleteEndpoint: del('endpoint'),
    deleteEndpointConfig: del('endpoint config'),
    deleteModel: del('model'),
    readLogTail: () => Promise.resolve([]),
  });
}

/** A training job that comes to a status as its fit is cancelled. */
export function crossFit(status: string, see: (handle: Handle) => Promise<void>): Promise<void> {
  const { TrainingJobName: name = '' } = STAND_IN_TRAINING.request;
  const arn = `${ARN}training-job/${name}`;
  const change: TrainingJobChange = {
    job: { name, arn, status, secondaryStatus: status },
    transitions: [],
    metrics: [],
    seen: { status, secondaryStatus: status, transitions: 0, trainingStarted: true },
  };
  const { asked, release, held } = hold();
  return cross('fit', { asked, release }, see, {
    prepare: () => Promise.resolve({ run: STAND_IN_RUN, training: STAND_IN_TRAINING }),
    createTrainingJob: () => Promise.resolve({ ...MADE, arn }),
    awaitTrainingJobChange: () => held().then(() => ({ change })),
    stopTrainingJob: () => Promise.resolve({ found: true }),
    readLogTail: () => Promise.resolve([]),
  });
}

/** A wait's first answer is held until its release; those after it are not. */
function hold() {
  let tellAsked!: () => void;
  const asked = new Promise<void>((resolve) => (tellAsked = resolve));
  let release!: () => void;
  const released = new Promise<void>((resolve) => (release = resolve));
  const held = () => {
    tellAsked();
    return released;
  };
  return { asked, release, held };
}

async function cross(
  type: 'fit' | 'deploy',
  { asked, release }: { asked: Promise<void>; release: () => void },
  see: (handle: Handle) => Promise<void>,
  standIns: StandIns,
): Promise<void> {
  await withStandIns(standIns, async (start, inOneTask) => {
    const handle = await start(type, {});
    await asked;
    await inOneTask(async () => {
      await handle.cancel();
      release();
      const isAnswered = async () => (await handle.describe()).raw.pendingActivities?.length === 0;
      await until(isAnswered, { what: 'the answer to reach the server', limitMs: 30_000 });
    });
    await see(handle);
  });
}
