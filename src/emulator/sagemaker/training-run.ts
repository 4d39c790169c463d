/**
 * What really happens in a training job: the hosts' folders filled, `train` run on each, its log and metrics read, and
 * what it left brought to S3. `training-life.ts` decides when.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { RunningProgram } from '../processes/launcher';
import { createMetricReader } from '../processes/metrics';
import type { MetricValue } from '../processes/metrics';
import { buildProgramEnvironment } from '../processes/program-environment';
import { layOutTrainingFolder } from '../processes/training-folder';
import type { Host, TrainingFolder } from '../processes/training-folder';
import { formatArn } from './arn';
import { openCheckpoints } from './checkpoints';
import type { Life } from './life';
import { openProgramLog, TRAINING_LOG_GROUP } from './program-log';
import { openChannels } from './training-channels';
import { runTrainingPrograms } from './training-programs';
import type { AlgorithmFailure } from './training-programs';
import type { TrainingRequest } from './training-record';
import { openResults } from './training-results';
import { listHosts } from './training-rules';

export interface TrainingRun {
  /** Brings the input data to all hosts, or as far as it got when the signal aborts. */
  download(signal: AbortSignal): Promise<void>;
  /** Runs `train` on all hosts until it has ended everywhere; asks it to end, and then ends it, when the signal aborts. */
  train(stopping: AbortSignal): Promise<AlgorithmFailure | undefined>;
  uploadAll(): Promise<void>;
  /** What is worth keeping of a job that failed. */
  uploadOutput(): Promise<void>;
  metrics(): MetricValue[];
  /** Removes the job's files; never rejects. */
  cleanUp(): Promise<void>;
}

export interface TrainingRunOptions {
  name: string;
  request: TrainingRequest;
  /** The image's folder. */
  imageFolder: string;
}

export async function prepareTrainingRun(life: Life, options: TrainingRunOptions): Promise<TrainingRun> {
  const { world } = life;
  const { name, request } = options;
  const trainingFolder = path.join(life.processFolder, 'training');
  await mkdir(trainingFolder, { recursive: true });
  // Of its own even when a job of this name was deleted a moment ago and is still being cleaned up.
  const jobFolder = await mkdtemp(path.join(trainingFolder, `${name}-`));
  const folders = await layOutHosts(request, jobFolder);
  const baseFolders = [...folders.values()].map(({ baseFolder }) => baseFolder);
  const dataFolders = [...folders.values()].map(({ dataFolder }) => dataFolder);
  const warn = (message: string): void => {
    world.warn(`${message} [job=${name}]`);
  };
  const inputMode = request.AlgorithmSpecification.TrainingInputMode ?? 'File';
  const channels = openChannels(world.objects, request.InputDataConfig ?? [], inputMode, dataFolders);
  const checkpoints = openCheckpoints(life, request);
  const results = openResults(world.objects, request, baseFolders, jobFolder);
  const metrics = createMetricReader(readMetricDefinitions(request), warn);

  return {
    async download(signal) {
      await channels.bring(signal);
      for (const baseFolder of baseFolders) await checkpoints.restore(baseFolder, signal);
    },
    async train(stopping) {
      const epochSeconds = String(Math.floor(world.clock.now() / 1_000));
      const programs = runTrainingPrograms(
        life,
        folders,
        (folder) => startTrain(life, options, folder),
        (host) => {
          const writeLog = openProgramLog(world, TRAINING_LOG_GROUP, `${name}/${host.name}-${epochSeconds}`);
          return (lines) => {
            writeLog(lines);
            metrics.read(lines, world.clock.now());
          };
        },
        stopping,
      );
      const over = new AbortController();
      const feeding = channels.feed(over.signal).catch((error: unknown) => {
        warn(`a channel could not be streamed: ${String(error)}`);
        programs.fail(`a channel could not be streamed: ${String(error)}`);
      });
      const saving = checkpoints.keepSaved(baseFolders, over.signal);
      const failure = await programs.ended;
      over.abort();
      await Promise.all([feeding, saving]);
      return failure;
    },
    async uploadAll() {
      await results.uploadModel();
      await results.uploadOutput();
    },
    uploadOutput: results.uploadOutput,
    metrics: metrics.latest,
    async cleanUp() {
      try {
        await rm(jobFolder, { recursive: true, force: true, maxRetries: 3 });
      } catch (error) {
        warn(`files of an ended training job could not be removed: ${String(error)}`);
      }
    },
  };
}

async function layOutHosts(request: TrainingRequest, jobFolder: string): Promise<Map<Host, TrainingFolder>> {
  const hosts = listHosts(request);
  const folders = new Map<Host, TrainingFolder>();
  const configuration = {
    hyperparameters: request.HyperParameters ?? {},
    channels: request.InputDataConfig ?? [],
    inputMode: request.AlgorithmSpecification.TrainingInputMode ?? 'File',
  };
  for (const host of hosts) {
    folders.set(host, await layOutTrainingFolder(path.join(jobFolder, host.name), host, hosts, configuration));
  }
  return folders;
}

function startTrain(
  life: Life,
  { name, request, imageFolder }: TrainingRunOptions,
  folder: TrainingFolder,
): RunningProgram {
  const { world } = life;
  const algorithm = request.AlgorithmSpecification;
  const isolated = request.EnableNetworkIsolation === true;
  const env = {
    ...buildProgramEnvironment({
      imageFolder,
      homeFolder: folder.homeFolder,
      region: world.region,
      ...(isolated ? {} : { endpointUrl: world.endpointUrl() }),
    }),
    TRAINING_JOB_NAME: name,
    TRAINING_JOB_ARN: formatArn(world, 'training-job', name),
    ...request.Environment,
  };
  // An entry point of the job's own takes the place of `train`; arguments alone go to it.
  const entrypoint = algorithm.ContainerEntrypoint ?? [path.join(imageFolder, 'train')];
  return life.launcher.start({
    command: [...entrypoint, ...(algorithm.ContainerArguments ?? [])],
    workingFolder: imageFolder,
    env,
    baseFolder: folder.baseFolder,
    scratchFolder: folder.scratchFolder,
    hostsFile: folder.hostsFile,
    network: isolated ? 'none' : 'shared',
  });
}

function readMetricDefinitions({ AlgorithmSpecification }: TrainingRequest): { name: string; regex: string }[] {
  const definitions = AlgorithmSpecification.MetricDefinitions ?? [];
  return definitions.map(({ Name, Regex }) => ({ name: Name ?? '', regex: Regex ?? '' }));
}
