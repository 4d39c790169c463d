/**
 * What the compiler knows of the options of the client's calls: those that belong together, those that exclude each
 * other, and what a call gives by them. Nothing here runs: `npm run types` checks it.
 */
import {
  connect,
  csvSerializer,
  Estimator,
  isSageMakerError,
  jsonDeserializer,
  planRun,
  RealTimePredictor,
  Run,
  s3Input,
  startRun,
  type ConnectOptions,
  type DeployResult,
  type EstimatorArguments,
  type FailureCode,
  type FitOptions,
  type FitResult,
  type Model,
  type PredictorClass,
  type PredictorOptions,
  type ResultOf,
  type SageMakerFailure,
  type Serializer,
  type Session,
} from 'temporal-sagemaker/client';

type Same<A, B> = [A, B] extends [B, A] ? true : false;
/** Compiles for the verdict `true` alone. */
type Holds<Verdict extends true> = Verdict;

declare const session: Session;
declare const estimator: Estimator;
declare const failure: SageMakerFailure;
const hosting = { initialInstanceCount: 1, instanceType: 'ml.m5.large' };
const training: EstimatorArguments = {
  imageName: 'iris',
  role: 'R',
  trainInstanceCount: 1,
  trainInstanceType: 'ml.a.b',
};

export type Checks = [
  Holds<Same<ResultOf['fit'], FitResult>>,
  Holds<Same<ResultOf['deploy'], DeployResult>>,
  Holds<Same<SageMakerFailure['code'], FailureCode>>,
  Holds<Same<Awaited<ReturnType<typeof askInJson>>, unknown>>,
];

export async function waitingAndLogsBelongTogether(isPatient: boolean): Promise<void> {
  await estimator.fit('s3://my-bucket/a');
  await estimator.fit('s3://my-bucket/a', { wait: true, logs: false });
  await estimator.fit('s3://my-bucket/a', { logs: ({ host, message }) => process.stdout.write(host + message) });
  await estimator.fit('s3://my-bucket/a', { wait: false, jobName: 'iris-1' });
  await estimator.fit('s3://my-bucket/a', { wait: false, logs: false });
  await estimator.fit('s3://my-bucket/a', { wait: isPatient });
  // @ts-expect-error -- nobody is there to print the log
  await estimator.fit('s3://my-bucket/a', { wait: false, logs: true });
  // @ts-expect-error -- nor to be told of trouble with it
  await estimator.fit('s3://my-bucket/a', { wait: false, onNotice: () => undefined });
  // @ts-expect-error -- nobody may be there
  await estimator.fit('s3://my-bucket/a', { wait: isPatient, logs: true });
  // @ts-expect-error -- a log goes to stdout or to a function
  await estimator.fit('s3://my-bucket/a', { logs: 'training.log' });
  // @ts-expect-error -- the seed's spelling
  await estimator.fit('s3://my-bucket/a', { job_name: 'iris-1' });
  // @ts-expect-error -- arguments by name, not by place
  await estimator.fit('s3://my-bucket/a', true, false, 'iris-1');
  await estimator.fit();
  // @ts-expect-error -- a fitThenDeploy without a deploy
  await estimator.fitThenDeploy('s3://my-bucket/a', { wait: false });
  // @ts-expect-error -- and the same of waiting and logs
  await estimator.fitThenDeploy('s3://my-bucket/a', { deploy: hosting, wait: false, logs: true });
}
export const fitOptions: FitOptions[] = [{ wait: true, logs: true }, { wait: false }];

export function sourcesHaveKnownSettings(): void {
  s3Input('s3://my-bucket/a', { distribution: 'ShardedByS3Key', inputMode: 'Pipe' });
  // @ts-expect-error -- no such distribution
  s3Input('s3://my-bucket/a', { distribution: 'Everywhere' });
  // @ts-expect-error -- no such setting
  s3Input('s3://my-bucket/a', { shuffle: true });
  // @ts-expect-error -- the URI stands in front
  s3Input({ s3Data: 's3://my-bucket/a' });
}

class Mine extends RealTimePredictor<number[], string> {
  ask(): number {
    return 1;
  }
}
class Other {
  constructor(readonly name: string) {}
}
class Demanding {
  constructor(
    readonly name: string,
    readonly options: { secret: string },
  ) {}
}

export async function aPredictorHasAClassOrSerializers(): Promise<void> {
  const mine: Mine = await estimator.deploy({ ...hosting, predictorCls: Mine });
  const answer: string = await mine.predict([1]);
  const other: Other = await estimator.createModel({ predictorCls: Other }).deploy(hosting);
  const ofClass: PredictorClass<Mine> = Mine;
  const model: Model<Mine> = estimator.createModel({ predictorCls: ofClass, env: { LOG_LEVEL: answer + other.name } });
  // @ts-expect-error -- the class has its own serializer
  await estimator.deploy({ ...hosting, predictorCls: Mine, serializer: csvSerializer });
  // @ts-expect-error -- and its own content type
  estimator.createModel({ predictorCls: Mine, contentType: 'text/csv' });
  const both = { ...hosting, predictorCls: Mine, deserializer: jsonDeserializer };
  // @ts-expect-error -- nor does it help to say so beforehand
  await estimator.deploy(both);
  // @ts-expect-error -- a class of which more is wanted than is told
  await estimator.deploy({ ...hosting, predictorCls: Demanding });
  // @ts-expect-error -- an instance is no class
  await estimator.deploy({ ...hosting, predictorCls: new Mine('iris') });
  // @ts-expect-error -- the model's own arguments were given to createModel
  await model.deploy({ ...hosting, image: 'iris:2' });
  // @ts-expect-error -- a model is hosted on instances
  await model.deploy({ endpointName: 'iris' });
}

export async function askInJson() {
  const predictor = await estimator.deploy({ ...hosting, deserializer: jsonDeserializer });
  return predictor.predict('{}');
}

export function serializersAreMadeOfTheirParts(): PredictorOptions<Date>[] {
  const dates: Serializer<Date> = { contentType: 'text/plain', serialize: (date: Date) => date.toISOString() };
  return [
    { serializer: dates },
    { serializer: (date) => date.toISOString(), aws: { region: 'eu-central-1' } },
    // @ts-expect-error -- a body is text or bytes
    { serializer: { serialize: (date: Date) => date.getTime() } },
    // @ts-expect-error -- a serializer of other data
    { serializer: { serialize: (text: string) => text.trim() } },
    // @ts-expect-error -- one region
    { aws: { region: 1 } },
  ];
}

export async function sessionsAreConnectedByName(): Promise<ConnectOptions[]> {
  new Estimator({ ...training, session: await connect({ address: '127.0.0.1:7233', namespace: 'ml' }) });
  // @ts-expect-error -- a promise of a session is none
  new Estimator({ ...training, session: connect() });
  // @ts-expect-error -- an address is no session
  await Estimator.attach('iris-1', { session: '127.0.0.1:7233' });
  // @ts-expect-error -- a run is looked for in a session
  await Run.attach('iris-1');
  return [
    { connectTimeoutMs: 1_000 },
    // @ts-expect-error -- milliseconds, not a text with a unit
    { connectTimeoutMs: '1 second' },
    // @ts-expect-error -- the address has its own place
    { connection: { address: '127.0.0.1:7233' } },
  ];
}

export async function uploadsHaveAPlace(): Promise<void> {
  const uri: string = await estimator.uploadData('data', { bucket: 'my-bucket', keyPrefix: 'iris' });
  // @ts-expect-error -- the seed's spelling
  await estimator.uploadData(uri, { key_prefix: 'iris' });
}

export async function inputsAreThoseOfTheirWorkflow(): Promise<void> {
  planRun('fit', { estimator: training, fit: { inputs: 's3://my-bucket/a' } }, { account: '123456789012' });
  // @ts-expect-error -- a deploy has no fit
  planRun('deploy', { estimator: training, fit: { inputs: 's3://my-bucket/a' } });
  // @ts-expect-error -- nothing is planned for a deletion
  planRun('deleteEndpoint', { endpointName: 'iris' });
  // @ts-expect-error -- model data alone does not tell name, image and role
  await startRun(session, 'deploy', { modelData: 's3://my-bucket/model.tar.gz', deploy: hosting });
  // @ts-expect-error -- an input is one of a workflow, not of waiting
  await startRun(session, 'fit', { estimator: training, fit: { inputs: 's3://my-bucket/a' }, wait: false });
}

/** Every code has a case: a code that is added, or one that is left out here, does not compile. */
export function adviseOn(error: unknown): string {
  if (!isSageMakerError(error)) throw error;
  switch (error.code) {
    case 'InvalidInput':
    case 'RunConflict':
    case 'NameTaken':
      return 'the arguments';
    case 'AccessDenied':
    case 'RoleNotAssumable':
    case 'LimitExceeded':
      return 'the account';
    case 'PayloadUnreadable':
      return 'the keys';
    case 'ArtefactMissing':
    case 'TrainingJobFailed':
    case 'TrainingJobStopped':
    case 'TrainingJobTimedOut':
    case 'TrainingJobNotFound':
      return 'the training';
    case 'EndpointFailed':
    case 'EndpointRolledBack':
    case 'EndpointTimedOut':
    case 'EndpointNotFound':
    case 'ModelError':
      return 'the endpoint';
    case 'TemporalUnreachable':
    case 'AwsUnreachable':
      return 'the network';
    case 'RunNotFound':
    case 'RunTerminated':
    case 'Cancelled':
      return 'whoever did it';
    case 'Internal':
      return 'us';
  }
}

export function aMissingCaseIsSeen(): 'the arguments' {
  switch (failure.code) {
    case 'InvalidInput':
      return 'the arguments';
    default:
      // @ts-expect-error -- other codes are left
      return failure.code satisfies never;
  }
}
