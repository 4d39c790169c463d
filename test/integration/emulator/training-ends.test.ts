/**
 * The ways in which a training job ends, and what is known of it meanwhile.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  BUCKET,
  openSageMakerWorld,
  secondaryStatuses,
  train,
  TRAINING_LOGS,
  trainingRequest,
  untilOver,
} from '../../support/sagemaker-world';
import type { SageMakerWorld } from '../../support/sagemaker-world';
import { readTarGz } from '../../support/tar-file';
import { until } from '../../support/until';
import { findCommands } from '../../support/find-commands';

let sagemaker: SageMakerWorld;
beforeAll(async () => {
  sagemaker = await openSageMakerWorld();
});
afterAll(async () => {
  await sagemaker.close();
  sagemaker.remove();
});

function findJobFolder(job: string): string | undefined {
  const training = path.join(sagemaker.world.folder, 'processes', 'training');
  const name = existsSync(training) ? readdirSync(training).find((folder) => folder.startsWith(`${job}-`)) : undefined;
  return name === undefined ? undefined : path.join(training, name);
}

beforeEach(() => {
  delete sagemaker.phases.Downloading;
});

describe('a job fails', () => {
  test('with what the algorithm wrote, cut so that the exit code is still told', async () => {
    const script = 'head -c 3000 /dev/zero | tr "\\0" x > $ML/output/failure; echo kept > $ML/output/data/log; exit 3';
    const job = await train(sagemaker, 'failing', script);
    expect(job).toMatchObject({ TrainingJobStatus: 'Failed', SecondaryStatus: 'Failed' });
    expect(job.FailureReason).toMatch(/^AlgorithmError: x+, exit code: 3$/);
    expect(job.FailureReason).toHaveLength(1_024);
    expect(secondaryStatuses(job)).toEqual(['Starting', 'Downloading', 'Training', 'Failed']);
    expect(await readTarGz(await sagemaker.read('out/failing/output/output.tar.gz'))).toEqual({ log: 'kept\n' });
    expect(sagemaker.world.objects.head(BUCKET, 'out/failing/output/model.tar.gz')).toBeUndefined();
  });

  test.each([
    ['without a word', 'exit 7', ', exit code: 7'],
    ['as what it ran was killed', 'sh -c "kill -KILL \\$\\$"; exit $?', ', exit code: 137'],
    ['with a link in place of its words', 'ln -s /etc/passwd $ML/output/failure; exit 1', ', exit code: 1'],
    ['with a program that is not there', 'exec /no/such/program', ', exit code: 127'],
  ])('%s', async (what, script, reason) => {
    const job = await train(sagemaker, `failing-${what.replaceAll(/\W/g, '-')}`, script);
    expect(job.TrainingJobStatus).toBe('Failed');
    expect(job.FailureReason).toContain(`AlgorithmError: ${reason}`);
  });

  test('for an image that nobody knows, in AWS’s words', async () => {
    const algorithm = { TrainingImage: 'no-such-image', TrainingInputMode: 'File' };
    const job = await train(sagemaker, 'imageless', '', { AlgorithmSpecification: algorithm });
    expect(job.TrainingJobStatus).toBe('Failed');
    expect(job.FailureReason).toBe(
      'ClientError: Cannot pull algorithm container. Either the image does not exist or its permissions are incorrect.',
    );
    expect(job).toHaveProperty('TrainingEndTime');
  });

  test('for a key that would be written outside of its channel', async () => {
    await sagemaker.put('climbing/../../../escaped', 'x');
    const source = { S3DataType: 'S3Prefix', S3Uri: `s3://${BUCKET}/climbing/` };
    const channels = [{ ChannelName: 'training', DataSource: { S3DataSource: source } }];
    const job = await train(sagemaker, 'climbing', 'true', { InputDataConfig: channels });
    expect(job.FailureReason).toContain('ClientError: Data download failed:');
  });
});

test('an image is known by its name in the account’s registry, too', async () => {
  const image = '123456789012.dkr.ecr.us-east-1.amazonaws.com/scripted:latest';
  const algorithm = { TrainingImage: image, TrainingInputMode: 'File' };
  expect((await train(sagemaker, 'registry', 'true', { AlgorithmSpecification: algorithm })).TrainingJobStatus).toBe(
    'Completed',
  );
});

test('an entry point and arguments of the job’s own take the place of train', async () => {
  const algorithm = {
    TrainingImage: 'scripted',
    TrainingInputMode: 'File',
    ContainerEntrypoint: ['sh', '-c', 'echo "$0 and $1"'],
    ContainerArguments: ['first', 'second'],
  };
  await train(sagemaker, 'own-entry', '', { AlgorithmSpecification: algorithm });
  expect(sagemaker.readLog(TRAINING_LOGS, 'own-entry/')).toEqual(['first and second']);
});

test('metrics are seen while the job runs, and the last values stay', async () => {
  const algorithm = {
    TrainingImage: 'scripted',
    TrainingInputMode: 'File',
    MetricDefinitions: [
      { Name: 'loss', Regex: 'loss=([0-9.]+)' },
      { Name: 'accuracy', Regex: 'accuracy=([0-9.]+)' },
    ],
  };
  const script =
    'echo loss=0.5; echo loss=0.25 accuracy=0.75; until [ -e $ML/go ]; do sleep 0.05; done; echo loss=0.125';
  await sagemaker.ask('CreateTrainingJob', trainingRequest('measured', script, { AlgorithmSpecification: algorithm }));
  const valuesOf = async (): Promise<Record<string, number>> => {
    const job: { FinalMetricDataList?: { MetricName: string; Value: number }[] } = await sagemaker.ask(
      'DescribeTrainingJob',
      { TrainingJobName: 'measured' },
    );
    return Object.fromEntries((job.FinalMetricDataList ?? []).map(({ MetricName, Value }) => [MetricName, Value]));
  };
  await until(async () => (await valuesOf()).accuracy === 0.75, { what: 'metrics of a running job' });
  expect((await valuesOf()).loss).toBe(0.25);
  writeFileSync(path.join(findJobFolder('measured') ?? '', 'algo-1', 'ml', 'go'), '');
  await untilOver(sagemaker, 'measured');
  expect(await valuesOf()).toEqual({ loss: 0.125, accuracy: 0.75 });
});

test('what an algorithm leaves running neither holds its job up nor outlives it', async () => {
  const job = await train(sagemaker, 'forking', 'sleep 3700 & echo $! > $ML/model/pid; exit 0');
  expect(job.TrainingJobStatus).toBe('Completed');
  expect(findCommands(/^sleep 3700$/)).toEqual([]);
});

test('an algorithm that does not listen yet when it is asked to stop is asked once more when it does', async () => {
  const script = [
    'until [ -e $ML/go ]; do sleep 0.05; done',
    'trap "echo heard >> $ML/model/heard; exit 0" TERM',
    'while :; do sleep 0.05; done',
  ].join('\n');
  await sagemaker.ask('CreateTrainingJob', trainingRequest('late-listener', script));
  const folder = await until(() => findJobFolder('late-listener'), { what: 'its folder' });
  await until(() => existsSync(path.join(folder, 'algo-1', 'ml', 'model')), { what: 'its model folder' });
  await until(
    async () => {
      const job: Record<string, unknown> = await sagemaker.ask('DescribeTrainingJob', {
        TrainingJobName: 'late-listener',
      });
      return job.SecondaryStatus === 'Training';
    },
    { what: 'training' },
  );
  await sagemaker.ask('StopTrainingJob', { TrainingJobName: 'late-listener' });
  writeFileSync(path.join(folder, 'algo-1', 'ml', 'go'), '');
  expect(await untilOver(sagemaker, 'late-listener')).toMatchObject({ SecondaryStatus: 'Stopped' });
});

test('stopping while the data is still awaited starts no process', async () => {
  sagemaker.phases.Downloading = 3_600_000;
  await sagemaker.ask('CreateTrainingJob', trainingRequest('never-begun', 'echo begun'));
  await until(
    async () => {
      const job: { SecondaryStatus?: string } = await sagemaker.ask('DescribeTrainingJob', {
        TrainingJobName: 'never-begun',
      });
      return job.SecondaryStatus === 'Downloading';
    },
    { what: 'downloading' },
  );
  await sagemaker.ask('StopTrainingJob', { TrainingJobName: 'never-begun' });
  const job = await untilOver(sagemaker, 'never-begun');
  expect(secondaryStatuses(job)).toEqual(['Starting', 'Downloading', 'Stopping', 'Stopped']);
  expect(sagemaker.readLog(TRAINING_LOGS, 'never-begun/')).toEqual([]);
  expect(sagemaker.world.objects.list(BUCKET, 'out/never-begun')).toEqual([]);
});

test('an isolated job has no network but its own loopback', async () => {
  await train(sagemaker, 'isolated', 'cat /proc/net/dev | cut -d: -f1', { EnableNetworkIsolation: true });
  const devices = sagemaker.readLog(TRAINING_LOGS, 'isolated/').map((line) => line.trim());
  if (sagemaker.warnings.some((warning) => warning.includes('network namespaces'))) return;
  expect(devices.slice(2)).toEqual(['lo']);
});

test('logs are complete for a job that prints much', async () => {
  await train(sagemaker, 'chatty', 'i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done');
  const lines = sagemaker.readLog(TRAINING_LOGS, 'chatty/');
  expect(lines).toHaveLength(3_000);
  expect(lines.at(-1)).toBe('line 2999');
});
