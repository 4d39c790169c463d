/**
 * What the compiler knows of the client. Nothing here runs: `npm run types` checks it, and each `@ts-expect-error` is a
 * mistake that must not compile.
 */
import { Readable } from 'node:stream';
import {
  csvDeserializer,
  csvSerializer,
  Estimator,
  isSageMakerError,
  jsonSerializer,
  npyDeserializer,
  npySerializer,
  RealTimePredictor,
  Run,
  s3Input,
  SageMakerError,
  startRun,
  streamDeserializer,
  streamSerializer,
  type DeployResult,
  type FailureCode,
  type FitResult,
  type FitThenDeployResult,
  type LedgerEntry,
  type NpyArray,
  type RunProgress,
  type Session,
  type StreamedAnswer,
} from 'temporal-sagemaker/client';

type IsAny<A> = 0 extends 1 & A ? true : false;
type Equal<A, B> = IsAny<A> extends true ? false : [A, B] extends [B, A] ? true : false;
/** Takes a value of exactly this type: the verdict `true` compiles for no other. */
type Exactly<Wanted> = <Given>(value: Given, verdict: Equal<Given, Wanted>) => void;
declare const hasNoTerminate: 'terminate' extends keyof Run ? false : true;
declare const is: {
  true: Exactly<true>;
  fitResult: Exactly<FitResult>;
  fitThenDeployResult: Exactly<FitThenDeployResult>;
  deployResult: Exactly<DeployResult>;
  progress: Exactly<RunProgress>;
  bytes: Exactly<Uint8Array>;
  rows: Exactly<string[][]>;
  array: Exactly<NpyArray>;
  streamed: Exactly<StreamedAnswer>;
  number: Exactly<number>;
  code: Exactly<FailureCode>;
  ledger: Exactly<LedgerEntry[]>;
  invalidInput: Exactly<'InvalidInput'>;
  conflict: Exactly<'NameTaken' | 'RunConflict'>;
  otherCode: Exactly<Exclude<FailureCode, 'InvalidInput' | 'NameTaken' | 'RunConflict'>>;
};
declare const session: Session;
declare const estimator: Estimator;
const hosting = { initialInstanceCount: 1, instanceType: 'ml.m5.large' };

export async function resultsFollowTheWorkflowType(): Promise<void> {
  const run = await estimator.fit('s3://bucket/data');
  is.fitResult(await run.result(), true);
  const both = await estimator.fitThenDeploy({ training: s3Input('s3://bucket/data') }, { deploy: hosting });
  is.fitThenDeployResult(await both.result(), true);
  const attached = await Run.attach(session, 'deploy-digits', 'deploy');
  is.deployResult(await attached.result(), true);
  for await (const progress of run.watch()) is.progress(progress, true);
}

export async function inputsFollowTheWorkflowType(): Promise<void> {
  await startRun(session, 'deleteEndpoint', { endpointName: 'digits' });
  // @ts-expect-error -- another type's input
  await startRun(session, 'deleteEndpoint', { trainingJobName: 'digits' });
  // @ts-expect-error -- no such workflow
  await startRun(session, 'train', {});
  // @ts-expect-error -- instances have a type
  await estimator.deploy({ initialInstanceCount: 1 });
  // @ts-expect-error -- a constructor without a role
  new Estimator({ imageName: 'x', trainInstanceCount: 1, trainInstanceType: 'ml.m5.large' });
  // Runs are not terminated from here: that would leave paid things behind.
  is.true(hasNoTerminate, true);
}

export async function predictorsFollowTheirSerializers(): Promise<void> {
  const plain = await estimator.deploy(hosting);
  is.bytes(await plain.predict('text'), true);
  // @ts-expect-error -- without a serializer, texts and bytes only
  await plain.predict([1, 2]);

  const csv = await estimator.deploy({ ...hosting, serializer: csvSerializer, deserializer: csvDeserializer });
  is.rows(await csv.predict([new Float32Array(3), [1, 'a', null]]), true);
  // @ts-expect-error -- an object is no row
  await csv.predict({ a: 1 });

  const npy = await estimator.deploy({ ...hosting, serializer: npySerializer, deserializer: npyDeserializer });
  is.array(await npy.predict({ data: new Float32Array(4), shape: [2, 2] }), true);
  // @ts-expect-error -- a text is no array
  await npy.predict('1,2');

  const streamed = await estimator.deploy({
    ...hosting,
    serializer: streamSerializer,
    deserializer: streamDeserializer,
  });
  is.streamed(await streamed.predict(Readable.from(['a'])), true);

  const functions = await estimator.deploy({
    ...hosting,
    serializer: (rows: number[][]) => rows.join('\n'),
    deserializer: (body: Uint8Array) => body.byteLength,
  });
  is.number(await functions.predict([[1]]), true);
  // @ts-expect-error -- not what the function takes
  await functions.predict('1');
  const promising = new RealTimePredictor('digits', {
    deserializer: (body: Uint8Array) => Promise.resolve(body.length),
  });
  is.number(await promising.predict('1'), true);

  const model = estimator.createModel({ serializer: jsonSerializer });
  const predictor = await model.deploy(hosting);
  await predictor.predict({ anything: [1] });

  class Mine extends RealTimePredictor {
    ask(): number {
      return 1;
    }
  }
  const mine = await estimator.deploy({ ...hosting, predictorCls: Mine });
  is.number(mine.ask(), true);
}

export function codesAreAClosedSet(error: unknown): string {
  if (error instanceof SageMakerError) {
    is.code(error.code, true);
    is.ledger(error.ledger, true);
    // @ts-expect-error -- no such code
    if (error.code === 'Oops') return 'never';
  }
  if (!isSageMakerError(error)) throw error;
  switch (error.code) {
    case 'InvalidInput':
      is.invalidInput(error.code, true);
      return error.problems.join();
    case 'NameTaken':
    case 'RunConflict':
      is.conflict(error.code, true);
      return error.differences.join();
    default:
      is.otherCode(error.code, true);
      return error.code;
  }
}
