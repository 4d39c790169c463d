/**
 * Training jobs as real processes, with namespaces and without: what an algorithm finds and leaves, and that nothing
 * outlives its job or the emulator.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { NO_ISOLATION } from '../../../src/emulator/processes/launcher';
import { isAlive } from '../../support/processes';
import {
  BUCKET,
  openSageMakerWorld,
  readModel,
  secondaryStatuses,
  TRAINING_LOGS,
  trainingRequest,
  untilOver,
} from '../../support/sagemaker-world';
import type { SageMakerWorld } from '../../support/sagemaker-world';
import { readTarGz } from '../../support/tar-file';
import { until } from '../../support/until';
import { findCommands } from '../../support/find-commands';
describe.each([
  ['in namespaces, where the host has them', undefined],
  ['without namespaces', NO_ISOLATION],
])('%s', (_how, isolation) => {
  let own: SageMakerWorld;
  beforeAll(async () => {
    own = await openSageMakerWorld(isolation === undefined ? {} : { isolation });
  });
  afterAll(async () => {
    await own.close();
    own.remove();
  });

  test('what an algorithm finds and leaves makes the round trip', async () => {
    await own.put('data/train/a.csv', '1,2');
    await own.put('data/train/deep/b.csv', '3,4');
    process.env.AWS_SECRET_ACCESS_KEY_OF_THE_USER = 'secret';
    const script = [
      'cp -r $ML/input $ML/model/input',
      'env > $ML/model/env',
      'echo out; echo err >&2; printf "no line end"',
      'mkdir $ML/output/data/deep; echo kept > $ML/output/data/deep/report',
    ].join('\n');
    const request = trainingRequest('round-trip', script, {
      HyperParameters: { epochs: '3', quoted: '"x"' },
      InputDataConfig: [
        {
          ChannelName: 'train',
          ContentType: 'text/csv',
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${BUCKET}/data/train` } },
        },
      ],
      Environment: { SCRIPT: script, COLOUR: 'blue' },
    });
    await own.ask('CreateTrainingJob', request);
    const job = await untilOver(own, 'round-trip');
    delete process.env.AWS_SECRET_ACCESS_KEY_OF_THE_USER;
    expect(job).toMatchObject({ TrainingJobStatus: 'Completed', SecondaryStatus: 'Completed' });
    expect(job.FailureReason).toBeUndefined();
    expect(job.BillableTimeInSeconds).toBeGreaterThan(0);

    const model = await readModel(own, 'round-trip');
    expect(model['input/data/train/a.csv']).toBe('1,2');
    expect(model['input/data/train/deep/b.csv']).toBe('3,4');
    expect(JSON.parse(model['input/config/hyperparameters.json'] ?? '')).toEqual({ epochs: '3', quoted: '"x"' });
    expect(JSON.parse(model['input/config/inputdataconfig.json'] ?? '')).toEqual({
      train: {
        ContentType: 'text/csv',
        TrainingInputMode: 'File',
        S3DistributionType: 'FullyReplicated',
        RecordWrapperType: 'None',
      },
    });
    expect(JSON.parse(model['input/config/resourceconfig.json'] ?? '')).toMatchObject({
      current_host: 'algo-1',
      current_instance_type: 'ml.m5.large',
      hosts: ['algo-1'],
    });
    const environment = (model.env ?? '').split('\n');
    expect(environment).toEqual(
      expect.arrayContaining([
        'TRAINING_JOB_NAME=round-trip',
        'TRAINING_JOB_ARN=arn:aws:sagemaker:us-east-1:123456789012:training-job/round-trip',
        'AWS_REGION=us-east-1',
        'COLOUR=blue',
      ]),
    );
    expect(model.env).not.toContain('secret');
    const ownOptMl = !environment.some((line) => line.startsWith('SAGEMAKER_BASE_DIR='));
    expect(own.warnings.some((warning) => warning.includes('SAGEMAKER_BASE_DIR'))).toBe(!ownOptMl);
    expect(await readTarGz(await own.read('out/round-trip/output/output.tar.gz'))).toEqual({ 'deep/report': 'kept\n' });
    expect(own.readLog(TRAINING_LOGS, 'round-trip/algo-1-').sort()).toEqual(['err', 'no line end', 'out']);
    // Nothing of it stays on this machine.
    const folder = path.join(own.world.folder, 'processes', 'training');
    await until(() => !readdirSync(folder).some((name) => name.startsWith('round-trip')), {
      what: 'the removal of its files',
    });
    expect(existsSync('/opt/ml')).toBe(false);
  });

  test('a stop asks the algorithm first, and what it then writes is still uploaded', async () => {
    const script = 'trap "echo saved > $ML/model/model.txt; exit 5" TERM; echo ready; while :; do sleep 0.1; done';
    await own.ask('CreateTrainingJob', trainingRequest('asked', script));
    await until(() => own.readLog(TRAINING_LOGS, 'asked/').includes('ready'), { what: 'the algorithm to be ready' });
    await own.ask('StopTrainingJob', { TrainingJobName: 'asked' });
    const job = await untilOver(own, 'asked');
    expect(job).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'Stopped' });
    expect(secondaryStatuses(job)).toEqual(['Starting', 'Downloading', 'Training', 'Stopping', 'Uploading', 'Stopped']);
    expect(await readModel(own, 'asked')).toEqual({ 'model.txt': 'saved\n' });
  });

  test('an algorithm that runs longer than it may and does not listen is killed, with all it has started', async () => {
    own.phases.Stopping = 200;
    const script = 'trap "" TERM; sleep 3600 & setsid sleep 3601 & echo kept > $ML/model/model.txt; wait';
    const changes = { StoppingCondition: { MaxRuntimeInSeconds: 4 } };
    await own.ask('CreateTrainingJob', trainingRequest('endless', script, changes));
    const job = await untilOver(own, 'endless');
    expect(job).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxRuntimeExceeded' });
    expect(await readModel(own, 'endless')).toEqual({ 'model.txt': 'kept\n' });
    delete own.phases.Stopping;
    await until(() => findCommands(/^sleep 360[01]$/).length === 0, { what: 'the end of all its processes' });
  });
});

test('the end of the emulator ends its training processes and leaves the job to the next one', async () => {
  const first = await openSageMakerWorld();
  await first.ask('CreateTrainingJob', trainingRequest('interrupted', 'sleep 3900'));
  await until(() => findCommands(/^sleep 3900$/).length > 0, { what: 'the process' });
  const pids = findCommands(/^sleep 3900$/);
  await first.close();
  expect(pids.filter(isAlive)).toEqual([]);
  const second = await openSageMakerWorld({ folder: first.world.folder });
  expect(await untilOver(second, 'interrupted')).toMatchObject({
    TrainingJobStatus: 'Failed',
    FailureReason: 'InternalServerError: We encountered an internal error. Please try again.',
  });
  await second.close();
  second.remove();
});
