/**
 * SageMaker's handlers over real stores in a temporary folder, with real processes and a clock that runs; without the
 * wire. Tests ask operations and wait for what becomes of them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { readForward } from '../../src/emulator/logs/log-file';
import { openLogStore } from '../../src/emulator/logs/log-store';
import type { ReadableLogStore } from '../../src/emulator/logs/log-store';
import { openRecords } from '../../src/emulator/records';
import { openObjects } from '../../src/emulator/s3/objects';
import { startSageMaker } from '../../src/emulator/sagemaker';
import type { SageMakerOptions } from '../../src/emulator/sagemaker';
import { createAnswerCheck } from '../../src/emulator/wire/answer-check';
import { operationsOfService } from '../../src/emulator/wire/schemas';
import type { Handlers, Phase, World } from '../../src/emulator/world';
import { makeTarGz, readTarGz } from './tar-file';
import { until } from './until';

export const ALGORITHMS = path.join(__dirname, 'algorithms');
export const ROLE_ARN = 'arn:aws:iam::123456789012:role/trainer';

const OPERATIONS = operationsOfService('sagemaker');

export interface SageMakerWorldOptions extends SageMakerOptions {
  folder?: string;
  phases?: Partial<Record<Phase, number>>;
  simulated?: boolean;
}

export interface SageMakerWorld {
  world: World;
  logs: ReadableLogStore;
  warnings: string[];
  phases: Partial<Record<Phase, number>>;
  ask: (operation: string, input: object) => Promise<Record<string, never>>;
  invoke(input: object, body: string | Buffer): Promise<{ Body: Buffer } & Record<string, unknown>>;
  put(key: string, content: string | Buffer): Promise<void>;
  read(key: string): Promise<Buffer>;
  /** The messages of all streams whose names begin so, in the order of the streams. */
  readLog(group: string, streamPrefix?: string): string[];
  close: () => Promise<void>;
  remove(): void;
}

export const TRAINING_LOGS = '/aws/sagemaker/TrainingJobs';

export const BUCKET = 'bucket-of-tests';

export async function openSageMakerWorld(options: SageMakerWorldOptions = {}): Promise<SageMakerWorld> {
  const folder = options.folder ?? mkdtempSync(path.join(tmpdir(), 'sagemaker-world-'));
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const phases = { ...options.phases };
  const logs = openLogStore(path.join(folder, 'logs'));
  const world: World = {
    region: 'us-east-1',
    account: '123456789012',
    folder,
    endpointUrl: () => 'http://127.0.0.1:1',
    images: new Map([['scripted', path.join(ALGORITHMS, 'scripted')]]),
    records: openRecords(path.join(folder, 'records'), warn),
    objects: openObjects(path.join(folder, 's3')),
    logs,
    clock: {
      now: () => Date.now(),
      durationMs: (phase) => phases[phase] ?? 0,
      simulated: () => options.simulated ?? false,
    },
    warn,
  };
  world.objects.createBucket(BUCKET);
  const { handlers, close } = await startSageMaker(world, options);
  const answerCheck = createAnswerCheck((text) => options.outcomes?.hasSaid(text) ?? false);
  const call = async (from: Handlers, operation: string, input: object, body: string | Buffer): Promise<unknown> => {
    const handler = from[operation];
    if (handler === undefined) throw new Error(`no handler for ${operation}`);
    const output: unknown = await handler({
      service: 'sagemaker',
      operation,
      input: input as never,
      requestId: 'test',
      body: Readable.from([Buffer.from(body)]),
      signal: new AbortController().signal,
    });
    const operationOf = from === handlers.sagemaker ? OPERATIONS.get(operation) : undefined;
    if (operationOf) answerCheck.check(operationOf, null, output);
    const [defect] = answerCheck.defects();
    if (defect) throw new Error(`${defect.operation} answers what AWS's model does not let be: ${defect.message}`);
    return output;
  };
  return {
    world,
    logs,
    warnings,
    phases,
    ask: (operation, input) => call(handlers.sagemaker, operation, input, '') as Promise<Record<string, never>>,
    invoke: (input, body) =>
      call(handlers.runtime, 'InvokeEndpoint', input, body) as ReturnType<SageMakerWorld['invoke']>,
    async put(key, content) {
      await world.objects.write(BUCKET, key, Readable.from([Buffer.from(content)]));
    },
    async read(key) {
      const object = world.objects.head(BUCKET, key);
      if (object === undefined) throw new Error(`no object ${key}`);
      return Buffer.from(await text(world.objects.read(object).setEncoding('latin1')), 'latin1');
    },
    readLog(group, streamPrefix = '') {
      const files = [...(logs.group(group)?.streams.values() ?? [])];
      return files
        .filter(({ stream }) => stream.startsWith(streamPrefix))
        .sort((one, other) => (one.stream < other.stream ? -1 : 1))
        .flatMap((file) => [...readForward(file, file.head)].map(({ message }) => message));
    },
    close,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A training job of the scripted algorithm. */
export function trainingRequest(name: string, script: string, changes: object = {}): object {
  return {
    TrainingJobName: name,
    RoleArn: ROLE_ARN,
    AlgorithmSpecification: { TrainingImage: 'scripted', TrainingInputMode: 'File' },
    OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/out` },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 30 },
    StoppingCondition: { MaxRuntimeInSeconds: 3_600 },
    Environment: { SCRIPT: script },
    ...changes,
  };
}

const ENDS = ['Completed', 'Failed', 'Stopped'];

/** Creates a scripted training job and answers its description once it is over. */
export async function train(
  sagemaker: SageMakerWorld,
  name: string,
  script: string,
  changes: object = {},
): Promise<Record<string, unknown>> {
  await sagemaker.ask('CreateTrainingJob', trainingRequest(name, script, changes));
  return untilOver(sagemaker, name);
}

/** The secondary statuses that a job went through. */
export function secondaryStatuses(job: Record<string, unknown>): string[] {
  return (job.SecondaryStatusTransitions as { Status: string }[]).map(({ Status }) => Status);
}

/** The files of a job's model data, by path. */
export async function readModel(sagemaker: SageMakerWorld, name: string): Promise<Record<string, string>> {
  return readTarGz(await sagemaker.read(`out/${name}/output/model.tar.gz`));
}

/** The job's description once it is over. */
export async function untilOver({ ask }: SageMakerWorld, name: string): Promise<Record<string, unknown>> {
  return until(
    async () => {
      const job: Record<string, unknown> = await ask('DescribeTrainingJob', { TrainingJobName: name });
      return ENDS.includes(String(job.TrainingJobStatus)) && job;
    },
    { what: `the end of ${name}`, limitMs: 30_000 },
  );
}

/** Model data with this text in its `model.txt`, put under a key; answers its URI. */
export async function putModelData(sagemaker: SageMakerWorld, key: string, content: string): Promise<string> {
  await sagemaker.put(key, makeTarGz([{ path: 'model.txt', content }]));
  return `s3://${BUCKET}/${key}`;
}

/** Creates a model and an endpoint config, both of this name, for the scripted algorithm. */
export async function createModelAndConfig(
  { ask }: SageMakerWorld,
  name: string,
  container: object,
  variant: object = {},
): Promise<void> {
  await ask('CreateModel', {
    ModelName: name,
    ExecutionRoleArn: ROLE_ARN,
    PrimaryContainer: { Image: 'scripted', ...container },
  });
  await ask('CreateEndpointConfig', {
    EndpointConfigName: name,
    ProductionVariants: [
      { VariantName: 'AllTraffic', ModelName: name, InstanceType: 'ml.t2.medium', InitialInstanceCount: 1, ...variant },
    ],
  });
}

const UNSETTLED = ['Creating', 'Updating', 'RollingBack', 'Deleting'];

/** The endpoint's description once nothing of it is in progress. */
export async function untilSettled({ ask }: SageMakerWorld, name: string): Promise<Record<string, unknown>> {
  return until(
    async () => {
      const endpoint: Record<string, unknown> = await ask('DescribeEndpoint', { EndpointName: name });
      return !UNSETTLED.includes(String(endpoint.EndpointStatus)) && endpoint;
    },
    { what: `endpoint ${name} to settle`, limitMs: 30_000 },
  );
}
