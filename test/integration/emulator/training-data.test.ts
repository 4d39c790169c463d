/**
 * How data reaches a training job's hosts and its results leave them.
 */
import { gzipSync } from 'node:zlib';
import { BUCKET, openSageMakerWorld, readModel, train, TRAINING_LOGS } from '../../support/sagemaker-world';
import type { SageMakerWorld } from '../../support/sagemaker-world';
import { findCommands } from '../../support/find-commands';

let sagemaker: SageMakerWorld;
beforeAll(async () => {
  sagemaker = await openSageMakerWorld();
});
afterAll(async () => {
  await sagemaker.close();
  sagemaker.remove();
});

describe('a channel', () => {
  const channel = (uri: string, changes: object = {}, source: object = {}): object => ({
    ChannelName: 'training',
    DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${BUCKET}/${uri}`, ...source } },
    ...changes,
  });

  test.each([
    ['names one object', 'named/one.csv', ['one.csv']],
    ['names a folder without a slash', 'named', ['deep/three.csv', 'one.csv', 'two.csv']],
    ['names a folder', 'named/', ['deep/three.csv', 'one.csv', 'two.csv']],
    ['begins like several objects', 'named/t', ['two.csv']],
  ])('that %s shows them under the names to be expected', async (what, uri, expected) => {
    for (const name of ['one.csv', 'two.csv', 'deep/three.csv', 'empty/']) await sagemaker.put(`named/${name}`, name);
    const name = `named-${what.replaceAll(/\W/g, '-')}`;
    await train(sagemaker, name, 'cp -r $ML/input/data/training $ML/model/', { InputDataConfig: [channel(uri)] });
    const files = Object.keys(await readModel(sagemaker, name));
    expect(files.sort()).toEqual(expected.map((file) => `training/${file}`));
  });

  test('of a manifest has the objects that it names', async () => {
    for (const name of ['x/1', 'x/2', 'x/3']) await sagemaker.put(`listed/${name}`, name);
    await sagemaker.put('manifest.json', JSON.stringify([{ prefix: `s3://${BUCKET}/listed/` }, 'x/1', 'x/3']));
    const channels = [channel('manifest.json', {}, { S3DataType: 'ManifestFile' })];
    await train(sagemaker, 'manifest', 'cp -r $ML/input/data/training $ML/model/', { InputDataConfig: channels });
    expect(await readModel(sagemaker, 'manifest')).toEqual({ 'training/x/1': 'x/1', 'training/x/3': 'x/3' });
  });

  test('that is gzipped is unzipped', async () => {
    await sagemaker.put('zipped/a', gzipSync('plain'));
    const channels = [channel('zipped/', { CompressionType: 'Gzip' })];
    await train(sagemaker, 'zipped', 'cp $ML/input/data/training/a $ML/model/', { InputDataConfig: channels });
    expect(await readModel(sagemaker, 'zipped')).toEqual({ a: 'plain' });
  });

  test('is streamed through a pipe for each epoch, and may be left unread', async () => {
    await sagemaker.put('piped/1', gzipSync('a'.repeat(200_000)));
    await sagemaker.put('piped/2', gzipSync('b'));
    const channels = [channel('piped/', { CompressionType: 'Gzip' })];
    const script = [
      'cat $ML/input/data/training_0 > $ML/model/first',
      'head -c 3 $ML/input/data/training_1 > $ML/model/second',
      'cat $ML/input/data/training_2 | tail -c 2 > $ML/model/third',
      'ls $ML/input/data > $ML/model/names',
    ].join('\n');
    const algorithm = { TrainingImage: 'scripted', TrainingInputMode: 'Pipe' };
    const job = await train(sagemaker, 'piped', script, {
      AlgorithmSpecification: algorithm,
      InputDataConfig: channels,
    });
    expect(job.TrainingJobStatus).toBe('Completed');
    const { names, ...read } = await readModel(sagemaker, 'piped');
    expect(read).toEqual({ first: `${'a'.repeat(200_000)}b`, second: 'aaa', third: 'ab' });
    expect(names).toContain('training_2\n');
  });

  test('can be streamed as records', async () => {
    await sagemaker.put('records/1', 'abcde');
    await sagemaker.put('records/2', 'f');
    const channels = [channel('records/', { InputMode: 'Pipe', RecordWrapperType: 'RecordIO' })];
    await train(sagemaker, 'records', 'od -An -v -tx1 < $ML/input/data/training_0 > $ML/model/hex', {
      InputDataConfig: channels,
    });
    const { hex } = await readModel(sagemaker, 'records');
    const [magic, padding] = ['0a23d7ce', '000000'];
    expect(hex?.replaceAll(/\s/g, '')).toBe(`${magic}050000006162636465${padding}${magic}0100000066${padding}`);
  });

  test('that nobody reads does not keep the job from ending', async () => {
    const channels = [channel('records/', { InputMode: 'Pipe' })];
    expect((await train(sagemaker, 'unread', 'true', { InputDataConfig: channels })).TrainingJobStatus).toBe(
      'Completed',
    );
  });
});
describe('several hosts', () => {
  const resources = { InstanceType: 'ml.m5.large', InstanceCount: 2, VolumeSizeInGB: 30 };

  test('share the objects of a sharded channel, know each other, and their models are merged', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await sagemaker.put(`shards/${name}`, name);
    const channel = (distribution: string) => ({
      ChannelName: distribution === 'ShardedByS3Key' ? 'sharded' : 'whole',
      DataSource: {
        S3DataSource: {
          S3DataType: 'S3Prefix',
          S3Uri: `s3://${BUCKET}/shards/`,
          S3DataDistributionType: distribution,
        },
      },
    });
    const script = [
      'host=$(sed "s/.*current_host\\":\\"\\([^\\"]*\\).*/\\1/" $ML/input/config/resourceconfig.json)',
      'mkdir $ML/model/$host; echo $host > $ML/model/last',
      'ls $ML/input/data/sharded > $ML/model/$host/sharded; ls $ML/input/data/whole > $ML/model/$host/whole',
      'cp $ML/input/config/resourceconfig.json /etc/hosts $ML/model/$host',
      'echo I am $host',
    ].join('\n');
    const job = await train(sagemaker, 'two-hosts', script, {
      ResourceConfig: resources,
      InputDataConfig: [channel('ShardedByS3Key'), channel('FullyReplicated')],
    });
    expect(job.TrainingJobStatus).toBe('Completed');
    const model = await readModel(sagemaker, 'two-hosts');
    expect(model['algo-1/sharded']).toBe('a\nc\ne\n');
    expect(model['algo-2/sharded']).toBe('b\nd\n');
    expect(model['algo-2/whole']).toBe('a\nb\nc\nd\ne\n');
    expect(model.last).toBe('algo-2\n');
    expect(JSON.parse(model['algo-2/resourceconfig.json'] ?? '')).toMatchObject({
      current_host: 'algo-2',
      hosts: ['algo-1', 'algo-2'],
    });
    if (!sagemaker.warnings.some((warning) => warning.includes('no namespaces'))) {
      expect(model['algo-1/hosts']).toContain('127.0.0.2 algo-2');
    }
    expect(sagemaker.readLog(TRAINING_LOGS, 'two-hosts/algo-1-')).toEqual(['I am algo-1']);
    expect(sagemaker.readLog(TRAINING_LOGS, 'two-hosts/algo-2-')).toEqual(['I am algo-2']);
  });

  test('end together when one of them fails', async () => {
    const script = 'grep -q \'current_host":"algo-2\' $ML/input/config/resourceconfig.json && exit 4; sleep 3800';
    const job = await train(sagemaker, 'one-fails', script, { ResourceConfig: resources });
    expect(job.FailureReason).toBe('AlgorithmError: , exit code: 4');
    expect(findCommands(/^sleep 3800$/)).toEqual([]);
  });
});

test('checkpoints are there at the start, and are saved', async () => {
  await sagemaker.put('checkpoints/epoch-1', 'one');
  const script = 'cat $ML/checkpoints/epoch-1; mkdir $ML/checkpoints/deep; echo two > $ML/checkpoints/deep/epoch-2';
  await train(sagemaker, 'checkpointed', script, { CheckpointConfig: { S3Uri: `s3://${BUCKET}/checkpoints/` } });
  expect(sagemaker.readLog(TRAINING_LOGS, 'checkpointed/')).toEqual(['one']);
  expect((await sagemaker.read('checkpoints/deep/epoch-2')).toString()).toBe('two\n');
});

test('a model can be uploaded as it is', async () => {
  const output = { S3OutputPath: `s3://${BUCKET}/out/`, CompressionType: 'NONE' };
  const job = await train(sagemaker, 'plain', 'mkdir $ML/model/deep; echo x > $ML/model/deep/file', {
    OutputDataConfig: output,
  });
  expect(job.ModelArtifacts).toEqual({ S3ModelArtifacts: `s3://${BUCKET}/out/plain/output/model/` });
  expect((await sagemaker.read('out/plain/output/model/deep/file')).toString()).toBe('x\n');
});
