/**
 * The whole emulator as others start it: the real handlers behind the wire, all six clients, and what a restart in the
 * same folder keeps.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeLogStreamsCommand,
  PutLogEventsCommand,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  ListTagsCommand,
  ListTrainingJobsCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { emulatorControl, startEmulator, type Emulator, type EmulatorOptions } from '../../../src/emulator';
import { holderOf } from '../../../src/emulator/folder-lock';
import { until } from '../../support/until';
import { clientsFor } from '../../support/wire-server';

const phases = {
  Starting: 0,
  Downloading: 0,
  Training: 0,
  Uploading: 0,
  Stopping: 0,
  Creating: 0,
  Updating: 0,
  Deleting: 0,
};
const ROLE = 'arn:aws:iam::123456789012:role/training';
const started: { emulator: Emulator; clients: ReturnType<typeof clientsFor> }[] = [];
const folders: string[] = [];

async function start(options: EmulatorOptions = {}) {
  const emulator = await startEmulator({ simulated: true, phases, onWarning: () => undefined, ...options });
  const clients = clientsFor(emulator.url, emulator.credentials, emulator.region);
  const one = { emulator, clients };
  started.push(one);
  return one;
}

async function stop(one: { emulator: Emulator; clients: ReturnType<typeof clientsFor> }) {
  started.splice(started.indexOf(one), 1);
  one.clients.destroy();
  await one.emulator.close();
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wire-emulator-'));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  for (const one of [...started]) await stop(one);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const trainingJob = (name: string) =>
  new CreateTrainingJobCommand({
    TrainingJobName: name,
    RoleArn: ROLE,
    AlgorithmSpecification: { TrainingImage: 'digits', TrainingInputMode: 'File' },
    OutputDataConfig: { S3OutputPath: 's3://data-bucket/output' },
    ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
    Tags: [{ Key: 'team', Value: 'digits' }],
  });

describe('the emulator', () => {
  it('answers the clients of all six services', async () => {
    const { emulator, clients } = await start({
      images: { digits: newFolder() },
      region: 'eu-west-1',
      account: '210987654321',
    });
    const { s3, sagemaker, runtime, logs, sts, iam } = clients;
    expect(emulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: '210987654321' });
    const { Role: role } = await iam.send(new GetRoleCommand({ RoleName: 'training' }));
    expect(role?.Arn).toBe('arn:aws:iam::210987654321:role/training');

    await s3.send(new CreateBucketCommand({ Bucket: 'data-bucket' }));
    await s3.send(new PutObjectCommand({ Bucket: 'data-bucket', Key: 'train/a', Body: '1,2' }));
    const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: 'data-bucket', Key: 'train/a' }));
    expect(await body?.transformToString()).toBe('1,2');

    await sagemaker.send(trainingJob('job-1'));
    await expect(sagemaker.send(trainingJob('job-1'))).rejects.toMatchObject({ name: 'ResourceInUse' });
    const job = await until(
      async () => {
        const seen = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'job-1' }));
        return seen.TrainingJobStatus !== 'InProgress' && seen;
      },
      { what: 'the end of the job' },
    );
    expect(job).toMatchObject({ TrainingJobStatus: 'Completed', CreationTime: expect.any(Date) as Date });
    expect(await sagemaker.send(new ListTagsCommand({ ResourceArn: job.TrainingJobArn }))).toMatchObject({
      Tags: [{ Key: 'team', Value: 'digits' }],
    });
    const modelData = job.ModelArtifacts?.S3ModelArtifacts ?? '';
    const [, , bucket, ...key] = modelData.split('/');
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key.join('/') }));

    const container = { Image: 'digits', ModelDataUrl: modelData };
    await sagemaker.send(
      new CreateModelCommand({ ModelName: 'm', ExecutionRoleArn: ROLE, PrimaryContainer: container }),
    );
    const variant = {
      VariantName: 'AllTraffic',
      ModelName: 'm',
      InitialInstanceCount: 1,
      InstanceType: 'ml.m5.large',
    } as const;
    await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: 'c', ProductionVariants: [variant] }));
    await sagemaker.send(new CreateEndpointCommand({ EndpointName: 'e', EndpointConfigName: 'c' }));
    await until(
      async () => {
        const seen = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'e' }));
        return seen.EndpointStatus === 'InService';
      },
      { what: 'the endpoint to be in service' },
    );
    await runtime.send(new InvokeEndpointCommand({ EndpointName: 'e', Body: '1,2', ContentType: 'text/csv' }));
    await expect(runtime.send(new InvokeEndpointCommand({ EndpointName: 'none', Body: '1' }))).rejects.toMatchObject({
      name: 'ValidationError',
    });

    await logs.send(new CreateLogGroupCommand({ logGroupName: 'g' }));
    await logs.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: 's' }));
    const event = { timestamp: Date.now(), message: 'hello' };
    await logs.send(new PutLogEventsCommand({ logGroupName: 'g', logStreamName: 's', logEvents: [event] }));
    expect(await logs.send(new DescribeLogStreamsCommand({ logGroupName: 'g' }))).toMatchObject({
      logStreams: [{ logStreamName: 's' }],
    });
    const calls = await emulatorControl(emulator.url).calls();
    expect(calls.filter(({ operation }) => operation === 'CreateTrainingJob')).toMatchObject([
      { resource: 'job-1', status: 200, answered: true },
      { resource: 'job-1', status: 400, answered: true, tags: { team: 'digits' } },
    ]);
    expect(calls).toContainEqual(expect.objectContaining({ resource: 'e', names: { EndpointConfigName: 'c' } }));
  });

  it('tells what stands beside what faults make of its answers, and without a call in the journal', async () => {
    const { emulator, clients } = await start({ images: { digits: newFolder() } });
    const control = emulatorControl(emulator.url);
    await control.setClock({ phases: { Starting: 60_000 } });
    await clients.s3.send(new CreateBucketCommand({ Bucket: 'data-bucket' }));
    expect(await control.resources()).toEqual([]);
    await clients.sagemaker.send(trainingJob('job-1'));
    await control.addFaults([{ operation: '*', action: 'error', status: 500 }]);
    expect(await control.resources()).toEqual([
      {
        kind: 'training-job',
        name: 'job-1',
        arn: 'arn:aws:sagemaker:us-east-1:123456789012:training-job/job-1',
        tags: { team: 'digits' },
        description: expect.objectContaining({
          TrainingJobStatus: 'InProgress',
          CreationTime: expect.stringMatching(/Z$/) as string,
        }) as object,
      },
    ]);
    expect((await control.calls()).map(({ operation }) => operation)).toEqual(['CreateBucket', 'CreateTrainingJob']);
  });

  it('keeps what was made, its keys, its journal and its clock over a restart', async () => {
    const folder = newFolder();
    const first = await start({ folder, images: { digits: folder } });
    await first.clients.s3.send(new CreateBucketCommand({ Bucket: 'data-bucket' }));
    await first.clients.sagemaker.send(trainingJob('job-1'));
    await emulatorControl(first.emulator.url).setClock({ phases: { Training: 60_000 } });
    const { accessKeyId, secretAccessKey } = first.emulator.credentials;
    await stop(first);

    const emulator = await startEmulator({ folder });
    const credentials = { accessKeyId, secretAccessKey };
    expect(emulator.credentials).toEqual(credentials);
    const again = { emulator, clients: clientsFor(emulator.url, credentials, emulator.region) };
    started.push(again);
    const { TrainingJobSummaries: jobs } = await again.clients.sagemaker.send(new ListTrainingJobsCommand({}));
    expect(jobs).toMatchObject([{ TrainingJobName: 'job-1' }]);
    const control = emulatorControl(emulator.url);
    expect((await control.calls()).map(({ operation }) => operation)).toEqual([
      'CreateBucket',
      'CreateTrainingJob',
      'ListTrainingJobs',
    ]);
    expect(await control.clock()).toMatchObject({ phases: { Training: 60_000, Starting: 0 }, simulated: true });
  });

  it('refuses a folder that another one holds, a port that is taken and a host that is not this machine', async () => {
    const { emulator } = await start({ folder: newFolder() });
    await expect(startEmulator({ folder: emulator.folder })).rejects.toThrow('Another emulator holds this folder');
    const folder = newFolder();
    await expect(startEmulator({ folder, port: Number(new URL(emulator.url).port) })).rejects.toThrow('EADDRINUSE');
    await expect(startEmulator({ folder, host: '0.0.0.0' as 'localhost' })).rejects.toThrow('loopback only');
    await expect(startEmulator({ folder, account: '12' })).rejects.toThrow('12 digits');
    await start({ folder });
  });

  it('takes over the folder of one that was killed', async () => {
    const folder = newFolder();
    const killed = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000); console.log("up")']);
    await new Promise((resolve) => killed.stdout.once('data', resolve));
    writeFileSync(join(folder, 'emulator.lock'), JSON.stringify(holderOf(killed.pid ?? 0)));
    await expect(startEmulator({ folder })).rejects.toThrow(`pid=${String(killed.pid)}`);
    const ended = new Promise((resolve) => killed.once('exit', resolve));
    killed.kill('SIGKILL');
    await ended;
    await start({ folder });
  });

  it('removes its temporary folder, and closes although callers hang', async () => {
    const one = await start();
    expect(existsSync(one.emulator.folder)).toBe(true);
    const control = emulatorControl(one.emulator.url);
    const [rule] = await control.addFaults([{ operation: '*', action: 'hang' }]);
    const hanging = expect(one.clients.sts.send(new GetCallerIdentityCommand({}))).rejects.toThrow();
    await control.untilHeld(rule?.id ?? '');
    await stop(one);
    await hanging;
    expect(existsSync(one.emulator.folder)).toBe(false);
  });
});
