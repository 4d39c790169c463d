/**
 * The quickstart's story, in the order in which it is told: stack, data, one durable run, predictions, take-down. Uses
 * the public client alone, so that what it does can be copied.
 */
import type { Session } from '../../client';
import { CommandFailure, describeFailure } from '../command-failure';
import type { QuickstartOptions } from '../commands/quickstart';
import { Interruption, untilInterrupted, whenInterrupted } from '../interruption';
import type { Invocation } from '../invocation';
import type { Output } from '../output';
import { stackVariables } from '../stack/environment';
import { DIGITS_FOLDER } from '../stack/images';
import { startStack, type Stack } from '../stack/start-stack';
import { runUrl, type ClientModule } from '../with-session';
import { readDigits, splitDigits, toCsv, type Digit } from './dataset';
import { enterStack } from './enter-stack';
import { describePhases, measurePhases, type Moments } from './phases';
import { accuracyOf, chooseExamples, predictDigits, type JudgedDigit } from './predictions';
import { describeExamples, describeWhatToTry } from './sights';
import { trainAndDeploy, type Deployed } from './train-and-deploy';
import { uploadTrainingData } from './upload';

/** The split is the same each time, so that two accuracies can be compared. */
const SPLIT_SEED = 1;
const EXAMPLES = 4;
const REMOVAL_LIMIT_MS = 30_000;
/** After a look at it all there may be no worker left. */
const LATE_REMOVAL_LIMIT_MS = 10_000;

type Quickstart = Invocation<QuickstartOptions>;

interface Split {
  training: Digit[];
  heldOut: Digit[];
}

/** What the end of the story is told from. */
interface Told extends Deployed {
  /** S3 URI. */
  trainingData: string;
  judged: JudgedDigit[];
  moments: Omit<Moments, 'removed' | 'stopped'>;
}

/** @throws Interruption, or whatever kept any part of it from happening */
export async function runQuickstart(quickstart: Quickstart): Promise<void> {
  const { options, output, env, interrupted } = quickstart;
  quickstart.whenInterrupted(() => ({ lines: ['interrupted; everything that was started has been taken down'] }));
  const begun = Date.now();
  const split = splitDigits(readData(options.data), { seed: SPLIT_SEED });
  const stack = await startStack({
    env,
    images: { digits: DIGITS_FOLDER },
    signal: interrupted,
    onEnd(part, exit, logFile) {
      output.alert(`${part} has ended (${exit.signal ?? `exit code ${String(exit.code)}`}); its log: ${logFile}`);
    },
    onProgress: (message) => output.note(message),
  });
  try {
    enterStack(env, stack);
    const client = await import('../../client/index.js');
    const session = await client.connect({ region: stack.region });
    try {
      const scene = { quickstart, stack, client, session };
      const told = await untilInterrupted(makeAndJudge(scene, split, begun), interrupted);
      const lookingBegan = Date.now();
      if (options.keep) await stayUp(scene, told);
      const lookedMs = Date.now() - lookingBegan;
      await removeEndpoint(scene, told);
      const removed = Date.now() - lookedMs;
      output.note('stopping the stack');
      await stack.close();
      tellEnd(output, told, { ...told.moments, removed, stopped: Date.now() - lookedMs });
    } finally {
      await session.close();
    }
  } catch (error) {
    const keepState = !(error instanceof Interruption);
    await stack.close({ keepState });
    if (keepState) output.note(`the logs of all parts are kept in ${stack.folder}/logs`);
    throw error;
  }
}

/** @throws CommandFailure InvalidInput where the file cannot be used */
function readData(file = `${DIGITS_FOLDER}/digits.csv.gz`): Digit[] {
  try {
    return readDigits(file);
  } catch (error) {
    throw new CommandFailure('InvalidInput', error instanceof Error ? error.message : String(error), {
      fix: 'Name a CSV file, plain or gzipped: in each line 64 pixels from 0 to 16 and a label from 0 to 9.',
    });
  }
}

/** What every part of the story works with. */
interface Scene {
  quickstart: Quickstart;
  stack: Stack;
  client: ClientModule;
  session: Session;
}

async function makeAndJudge(scene: Scene, split: Split, begun: number): Promise<Told> {
  const { quickstart, stack, client, session } = scene;
  const { output, env, interrupted } = quickstart;
  const stackReady = Date.now();
  const { temporalUiUrl, temporalAddress, awsEndpointUrl, pids, folder } = stack;
  output.announce('stack', { temporalUiUrl, temporalAddress, awsEndpointUrl, pids, folder });
  output.note(`Temporal UI ${temporalUiUrl}, SageMaker emulator ${awsEndpointUrl}`);

  const bucket = `sagemaker-quickstart-${String(begun)}`;
  const csv = toCsv(split.training);
  const trainingData = await uploadTrainingData(stack, { bucket, prefix: 'digits', csv }, interrupted);
  const uploaded = Date.now();
  const counts = `${String(split.training.length)} digits uploaded to ${trainingData}`;
  output.note(`${counts}, ${String(split.heldOut.length)} held out`);

  const deployed = await trainAndDeploy({ client, session, trainingData, output, env, signal: interrupted });
  const runEnded = Date.now();
  const judged = await judgeEndpoint(scene, deployed, split.heldOut);
  return {
    ...deployed,
    trainingData,
    judged,
    moments: { begun, stackReady, uploaded, runEnded, predicted: Date.now() },
  };
}

async function judgeEndpoint(
  { quickstart: { output, interrupted }, client, session }: Scene,
  { result }: Deployed,
  heldOut: Digit[],
): Promise<JudgedDigit[]> {
  const { RealTimePredictor, csvSerializer, jsonDeserializer } = client;
  output.note(`asking endpoint ${result.endpointName} about the ${String(heldOut.length)} held-out digits`);
  const predictor = new RealTimePredictor(result.endpointName, {
    session,
    serializer: csvSerializer,
    deserializer: jsonDeserializer,
  });
  try {
    const judged = await predictDigits((rows) => predictor.predict(rows, { signal: interrupted }), heldOut);
    output.announce('predictions', { accuracy: accuracyOf(judged), heldOut: judged.length });
    for (const line of describeExamples(chooseExamples(judged, EXAMPLES), output.columns)) output.print(line);
    output.print(`accuracy ${(accuracyOf(judged) * 100).toFixed(1)} % of ${String(judged.length)} held-out digits`);
    return judged;
  } finally {
    predictor.close();
  }
}

/** With `--keep`: leaves all as it is until the first interruption, which then is the end of the looking. */
async function stayUp({ quickstart, stack, session }: Scene, { run, trainingData }: Told): Promise<void> {
  const { output, env, interrupted } = quickstart;
  const temporalUiUrl = runUrl(env, session.client.options.namespace, run);
  output.announce('kept', { temporalUiUrl, pids: stack.pids, ...stackVariables(stack) });
  for (const line of describeWhatToTry(stack, temporalUiUrl, trainingData)) output.note(line);
  await whenInterrupted(interrupted);
}

/** @throws CommandFailure where anything of the endpoint is still there */
async function removeEndpoint(
  { quickstart: { options, output, interrupted }, client, session }: Scene,
  { result: { endpointName } }: Deployed,
): Promise<void> {
  output.note(`deleting endpoint ${endpointName}, its config and its model`);
  // After a look at it all, the interruption has been and gone.
  const limit = AbortSignal.timeout(options.keep ? LATE_REMOVAL_LIMIT_MS : REMOVAL_LIMIT_MS);
  const signal = options.keep ? limit : AbortSignal.any([limit, interrupted]);
  try {
    const run = await client.startRun(session, 'deleteEndpoint', { endpointName });
    const { deleted, left } = await run.result({ signal });
    output.announce('removed', { deleted: deleted.map(({ kind, name }) => ({ kind, name })) });
    const kinds = deleted.map(({ kind }) => kind);
    const missing = (['endpoint', 'endpoint config', 'model'] as const).filter((kind) => !kinds.includes(kind));
    if (left.length === 0 && missing.length === 0) return;
    throw new CommandFailure('Internal', `not deleted: ${missing.join(', ')}`, { endpointName, ledger: left });
  } catch (error) {
    if (!options.keep) {
      interrupted.throwIfAborted();
      throw error;
    }
    // Whoever was left alone with the stack may have ended the worker; the stack takes the endpoint with it.
    const { message } = describeFailure(error);
    output.emit({ type: 'warning', message: `the endpoint was not deleted and goes with the stack: ${message}` });
  }
}

function tellEnd(output: Output, { run, result, progress, judged }: Told, moments: Moments): void {
  const { trainingJob, endpoint } = progress ?? {};
  const phases = measurePhases(moments, trainingJob?.transitions ?? [], endpoint?.since);
  output.print('');
  for (const line of describePhases(phases)) output.print(line);
  const { trainingJobName, modelData, endpointName } = result;
  output.result(
    {
      ...{ workflowId: run.workflowId, runId: run.runId, trainingJobName, modelData, endpointName },
      accuracy: accuracyOf(judged),
      heldOut: judged.length,
      seconds: Object.fromEntries(phases.map(({ key, seconds }) => [key, seconds])),
    },
    '',
  );
}
