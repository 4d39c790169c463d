import {
  BUCKET,
  openSageMakerWorld,
  secondaryStatuses,
  trainingRequest,
  untilOver,
} from '../../support/sagemaker-world';
import type { SageMakerWorld } from '../../support/sagemaker-world';
import { until } from '../../support/until';
import { readTarGz } from '../../support/tar-file';

let sagemaker: SageMakerWorld;
beforeEach(async () => {
  sagemaker = await openSageMakerWorld({ simulated: true });
});
afterEach(async () => {
  await sagemaker.close();
  sagemaker.remove();
});

const statusOf = async (name: string): Promise<string> =>
  String((await sagemaker.ask('DescribeTrainingJob', { TrainingJobName: name })).SecondaryStatus);

test('a simulated job goes through all phases and leaves model data that can be unpacked', async () => {
  await sagemaker.ask('CreateTrainingJob', trainingRequest('simulated', ''));
  const job = await untilOver(sagemaker, 'simulated');
  expect(job.TrainingJobStatus).toBe('Completed');
  expect(secondaryStatuses(job)).toEqual(['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']);
  const transitions = job.SecondaryStatusTransitions as { StartTime: Date; EndTime: Date; StatusMessage: string }[];
  for (const [index, { EndTime }] of transitions.slice(0, -1).entries()) {
    expect(EndTime).toEqual(transitions[index + 1]?.StartTime);
  }
  const model = await readTarGz(await sagemaker.read('out/simulated/output/model.tar.gz'));
  expect(JSON.parse(model['model.json'] ?? '')).toEqual({ simulated: true, trainingJobName: 'simulated' });
});

test('hundreds of simulated jobs end, and lists page through them without gap or repetition', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `job-${String(index).padStart(4, '0')}`);
  for (const name of names) await sagemaker.ask('CreateTrainingJob', trainingRequest(name, ''));
  await until(
    async () => {
      // AWS picks the status out of each page: one that is empty need not be the last.
      const request = { StatusEquals: 'InProgress', MaxResults: 100, SortBy: 'Name' };
      let page: { TrainingJobSummaries?: object[]; NextToken?: string } = {};
      do {
        page = await sagemaker.ask('ListTrainingJobs', { ...request, NextToken: page.NextToken });
        if (page.TrainingJobSummaries?.length !== 0) return false;
      } while (page.NextToken !== undefined);
      return true;
    },
    { what: 'the end of all jobs', limitMs: 40_000, intervalMs: 100 },
  );
  const found: string[] = [];
  let token: string | undefined;
  do {
    const request = { MaxResults: 47, SortBy: 'Name', SortOrder: 'Descending', NameContains: 'job-', NextToken: token };
    const list: { TrainingJobSummaries?: { TrainingJobName: string }[]; NextToken?: string } = await sagemaker.ask(
      'ListTrainingJobs',
      request,
    );
    found.push(...(list.TrainingJobSummaries ?? []).map(({ TrainingJobName }) => TrainingJobName));
    token = list.NextToken;
  } while (token !== undefined);
  expect(found).toEqual(names.reverse());
});

test('a stop before training leaves nothing in S3', async () => {
  sagemaker.phases.Starting = 3_600_000;
  await sagemaker.ask('CreateTrainingJob', trainingRequest('early', ''));
  await sagemaker.ask('StopTrainingJob', { TrainingJobName: 'early' });
  const job = await untilOver(sagemaker, 'early');
  expect(job.TrainingJobStatus).toBe('Stopped');
  expect(secondaryStatuses(job)).toEqual(['Starting', 'Stopping', 'Stopped']);
  expect(job).not.toHaveProperty('TrainingStartTime');
  expect(sagemaker.world.objects.list(BUCKET)).toEqual([]);
  await expect(sagemaker.ask('StopTrainingJob', { TrainingJobName: 'early' })).rejects.toThrow(
    'The request was rejected because the training job is in status Stopped.',
  );
});

test('a stop is written down before it is answered, and lasts its time', async () => {
  sagemaker.phases.Training = 3_600_000;
  sagemaker.phases.Stopping = 3_600_000;
  await sagemaker.ask('CreateTrainingJob', trainingRequest('slow', ''));
  await until(async () => (await statusOf('slow')) === 'Training', { what: 'training' });
  await sagemaker.ask('StopTrainingJob', { TrainingJobName: 'slow' });
  // The model is uploaded while the job is stopping.
  expect(await sagemaker.ask('DescribeTrainingJob', { TrainingJobName: 'slow' })).toMatchObject({
    TrainingJobStatus: 'Stopping',
  });
  // A second stop is taken as the same.
  await sagemaker.ask('StopTrainingJob', { TrainingJobName: 'slow' });
  sagemaker.phases.Stopping = 0;
  const job = await untilOver(sagemaker, 'slow');
  expect(secondaryStatuses(job)).toEqual(['Starting', 'Downloading', 'Training', 'Stopping', 'Uploading', 'Stopped']);
});

test('a change of the clock reaches a phase that is under way', async () => {
  sagemaker.phases.Training = 3_600_000;
  await sagemaker.ask('CreateTrainingJob', trainingRequest('waiting', ''));
  await until(async () => (await statusOf('waiting')) === 'Training', { what: 'training' });
  sagemaker.phases.Training = 0;
  expect((await untilOver(sagemaker, 'waiting')).TrainingJobStatus).toBe('Completed');
});

test('max-run and the wait for spot instances end a job with statuses of their own', async () => {
  sagemaker.phases.Training = 3_600_000;
  await sagemaker.ask(
    'CreateTrainingJob',
    trainingRequest('long', '', { StoppingCondition: { MaxRuntimeInSeconds: 1 } }),
  );
  const spot = {
    EnableManagedSpotTraining: true,
    StoppingCondition: { MaxRuntimeInSeconds: 1, MaxWaitTimeInSeconds: 1 },
  };
  await sagemaker.ask('CreateTrainingJob', trainingRequest('spot', '', spot));
  expect(await untilOver(sagemaker, 'long')).toMatchObject({
    TrainingJobStatus: 'Stopped',
    SecondaryStatus: 'MaxRuntimeExceeded',
  });
  expect(await untilOver(sagemaker, 'spot')).toMatchObject({
    TrainingJobStatus: 'Stopped',
    SecondaryStatus: 'MaxWaitTimeExceeded',
  });
});

test('a job whose output bucket is missing fails with the reason', async () => {
  const elsewhere = { OutputDataConfig: { S3OutputPath: 's3://no-such-bucket/out' } };
  await sagemaker.ask('CreateTrainingJob', trainingRequest('nowhere', '', elsewhere));
  const job = await untilOver(sagemaker, 'nowhere');
  expect(job.TrainingJobStatus).toBe('Failed');
  expect(job.FailureReason).toContain('ClientError: Artifact upload failed:');
  await sagemaker.ask('DeleteTrainingJob', { TrainingJobName: 'nowhere' });
  await expect(sagemaker.ask('DescribeTrainingJob', { TrainingJobName: 'nowhere' })).rejects.toThrow('not found');
});
