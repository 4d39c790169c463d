/**
 * A world in which the documentation's programs find all that they name: images, buckets, a run, endpoints. The programs
 * are modules within the repository, so that they import the package by its name; a few processes share them.
 */
import { GetObjectCommand, PutObjectCommand, CreateBucketCommand } from '@aws-sdk/client-s3';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import typescript from 'typescript';
import type { DeployInput, EstimatorArguments, FitInput } from '../../src/contract';
import { startProcess, type TestProcess } from '../support/processes';
import { startRig, type Rig } from '../support/rig';
import { temporalCliPath, testServerAddress } from '../support/temporal';
import { until } from '../support/until';
import { ROOT } from './markdown';
import { runWorkflows } from './run-workflows';

/** The names that stand in the programs. */
const REGION = 'eu-central-1';
const IMAGES = ['digits:1', 'churn:1', 'churn:2'].map(
  (image) => `123456789012.dkr.ecr.${REGION}.amazonaws.com/${image}`,
);
const BUCKET = 'my-bucket';
const MODEL_DATA_KEYS = ['digits/output/model.tar.gz', 'churn/model.tar.gz'];
const TRAINED_RUN = 'digits-2026-03-01-12-00-00-000-k3j9x2ab';
const ENDPOINTS = ['digits', 'digits-old', 'segments', 'churn', 'churn-live'];

const ESTIMATOR: EstimatorArguments = {
  imageName: IMAGES[0] ?? '',
  role: 'SageMakerRole',
  trainInstanceCount: 1,
  trainInstanceType: 'ml.m5.large',
  outputPath: `s3://${BUCKET}/models`,
};
const HOSTING = { initialInstanceCount: 1, instanceType: 'ml.m5.large' };
const FIT_INPUT: FitInput = { estimator: ESTIMATOR, fit: { inputs: `s3://${BUCKET}/digits` } };

/** Where programs that are told an address look for the server, which is elsewhere here. */
const TEMPORAL_ADDRESS = 'localhost:7233';

/** Workflows of one's own, for workers that look for them beside the program. */
const OWN_WORKFLOWS = "export * from 'temporal-sagemaker/workflows';\n";

/** Arguments of the workflows that the documentation defines. */
export const WORKFLOW_INPUTS: Record<string, unknown> = {
  nightly: FIT_INPUT,
  trainTwice: FIT_INPUT,
  trainAndHost: { ...FIT_INPUT, deploy: HOSTING },
  host: TRAINED_RUN,
  takeDown: 'digits-old',
  tidyUp: undefined,
};

/** Rows of numbers with their class behind them; what the image's algorithm takes. */
const ROWS = ['0,0,5,13,9,1,0,0,1', '0,0,13,15,10,15,5,0,1', '9,9,0,0,0,0,9,9,0', '8,9,1,0,0,2,9,9,0', ''].join('\n');
const DATA = ['digits/rows.csv', 'churn/train/rows.csv', 'churn/validation/rows.csv'];
/** Files that programs read where they are run. */
const FILES = ['seven.png', 'churn.csv', 'digits/rows.csv'];

const PHASES_MS = { Starting: 100, Downloading: 50, Uploading: 50, Creating: 100, Updating: 100, Deleting: 50 };
const PROGRAM_LIMIT_MS = 90_000;
const ALL_LIMIT_MS = 230_000;

/** Processes beside each other, each of which runs its share of the programs; most of their time they wait. */
const LANES = 5;

/** How a program ended: what it threw, if anything, and all that it printed. */
export interface ProgramEnd {
  failure?: string;
  output: string;
}

export interface ProgramsStack {
  /** Starts programs, a few at once; each promise is one's end. Workers go on until they are told to stop, and are. */
  startPrograms(texts: string[]): Promise<ProgramEnd>[];
  /** Serves modules of workflows by one worker, runs each workflow that has an input once, and answers their results. */
  runWorkflows(texts: string[], inputs: Record<string, unknown>): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

export async function startProgramsStack(): Promise<ProgramsStack> {
  const modules = join(ROOT, '.cache/docs', `programs-${String(process.pid)}`);
  mkdirSync(modules, { recursive: true });
  writeFileSync(join(modules, 'workflows.ts'), OWN_WORKFLOWS);
  const folder = mkdtempSync(join(tmpdir(), 'temporal-sagemaker-programs-'));
  for (const file of FILES) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), ROWS);
  }
  const images = Object.fromEntries(IMAGES.map((image) => [image, join(__dirname, 'algorithm')]));
  const rig = await startRig({ emulator: { simulated: false, region: REGION, images, phases: PHASES_MS } });
  await prepareNames(rig);

  const env: NodeJS.ProcessEnv = {
    ...process.env,
    TEMPORAL_ADDRESS: testServerAddress(),
    TEMPORAL_CLI_PATH: temporalCliPath(),
    TEMPORAL_SAGEMAKER_TASK_QUEUE: rig.taskQueue,
  };
  let count = 0;
  const writeModule = (text: string, extension: string): string => {
    count += 1;
    const { outputText } = typescript.transpileModule(text.replaceAll(TEMPORAL_ADDRESS, testServerAddress()), {
      compilerOptions: { target: typescript.ScriptTarget.ES2022, module: typescript.ModuleKind.ESNext },
    });
    const file = join(modules, `program-${String(count)}.${extension}`);
    writeFileSync(file, outputText);
    return file;
  };

  const runWorker = async (path: string): Promise<ProgramEnd> => {
    const program = startProcess(process.execPath, [path], { cwd: folder, env });
    await Promise.race([program.waitForOutput(/RUNNING/, PROGRAM_LIMIT_MS), program.ended]);
    program.kill('SIGTERM');
    const limit = setTimeout(() => program.kill('SIGKILL'), PROGRAM_LIMIT_MS);
    const { code, signal, stdout, stderr } = await program.ended;
    clearTimeout(limit);
    const output = stdout + stderr;
    return code === 0 ? { output } : { output, failure: `ended with ${String(code ?? signal)}` };
  };

  let workflowsEnded: Promise<unknown> = Promise.resolve();

  return {
    startPrograms(texts) {
      const paths = texts.map((text) => writeModule(text, 'mjs'));
      const lanes = Array.from({ length: LANES }, (_none, lane) => {
        const own = paths.filter((_path, index) => index % LANES === lane && !isWorker(texts[index] ?? ''));
        const args = [join(__dirname, 'run-programs.mjs'), String(PROGRAM_LIMIT_MS), ...own];
        return startProcess(process.execPath, args, { cwd: folder, env });
      });
      let workers: Promise<unknown> = Promise.resolve();
      return texts.map((text, index) => {
        const path = paths[index] ?? '';
        if (!isWorker(text)) return awaitEnd(lanes[index % LANES]!, path);
        const end = workers.then(() => runWorker(path));
        workers = end.catch(() => undefined);
        return end;
      });
    },

    runWorkflows(texts, inputs) {
      // One bundle for all of them: making one takes seconds.
      const all = texts.map((text) => `export * from './${basename(writeModule(text, 'mjs'))}';\n`).join('');
      const running = runWorkflows(rig, { workflowsPath: writeModule(all, 'mjs'), inputs, limitMs: PROGRAM_LIMIT_MS });
      workflowsEnded = running.catch(() => undefined);
      return running;
    },

    async close() {
      // Their worker needs the connection until it has stopped.
      await workflowsEnded;
      await rig.close();
      rmSync(modules, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const isWorker = (text: string): boolean => /\bworker\.run\(\)/.test(text);

/** The line about one program among all that its process prints; the process ends by itself. */
async function awaitEnd(lane: TestProcess, path: string): Promise<ProgramEnd> {
  const toldOf = (stdout: string) =>
    stdout.split('\n').find((line) => line.startsWith(`{"path":${JSON.stringify(path)}`));
  const line = await until(() => toldOf(lane.stdout()) ?? (lane.isRunning() ? undefined : 'nothing'), {
    what: `the end of ${path}`,
    limitMs: ALL_LIMIT_MS,
    intervalMs: 50,
  });
  const told = toldOf(lane.stdout());
  if (told === undefined) throw new Error(`it was not run (${line}): ${lane.stderr()}`);
  return JSON.parse(told) as ProgramEnd;
}

/** Fills the bucket, and makes the runs and endpoints that programs take for granted. */
async function prepareNames(rig: Rig): Promise<void> {
  const { s3, start } = rig;
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  for (const Key of DATA) await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: ROWS }));

  const trainingJobName = TRAINED_RUN;
  const input: FitInput = { ...FIT_INPUT, fit: { ...FIT_INPUT.fit, jobName: trainingJobName } };
  await (await start('fit', input, { workflowId: trainingJobName })).result();
  const model = await s3.send(
    new GetObjectCommand({ Bucket: BUCKET, Key: `models/${trainingJobName}/output/model.tar.gz` }),
  );
  const Body = await model.Body!.transformToByteArray();
  for (const Key of MODEL_DATA_KEYS) await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));

  const deployed = ENDPOINTS.map(async (endpointName) => {
    const hosted: DeployInput = { trainingJobName, deploy: { ...HOSTING, endpointName } };
    await (await start('deploy', hosted)).result();
  });
  await Promise.all(deployed);
}
