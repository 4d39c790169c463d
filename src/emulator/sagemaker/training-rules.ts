/**
 * What SageMaker demands of a training job beyond its published model: fields that only look optional, fields that
 * exclude each other, and input data that is there.
 */
import type { Channel, CreateTrainingJobRequest } from '@aws-sdk/client-sagemaker';
import type { World } from '../world';
import type { Host } from '../processes/training-folder';
import { refuseInput, refuseQuota } from './refusals';
import { parseS3Uri } from './s3-uri';
import { checkTags } from './tag-rules';
import type { TrainingRequest } from './training-record';

/** AWS's default quota. */
const MAX_INSTANCES = 20;

/** @throws AwsError for the first rule that the request breaks. */
export function checkTrainingRules(
  world: World,
  request: CreateTrainingJobRequest,
): asserts request is TrainingRequest {
  checkAlgorithm(request);
  checkResources(request);
  checkStopping(request);
  checkTags(request.Tags);
  if (parseS3Uri(request.OutputDataConfig?.S3OutputPath ?? '') === undefined) {
    throw refuseInput(`The output path "${request.OutputDataConfig?.S3OutputPath ?? ''}" is not an S3 URI.`);
  }
  const names = (request.InputDataConfig ?? []).map(({ ChannelName }) => ChannelName ?? '');
  if (new Set(names).size < names.length) throw refuseInput('Channel names must be unique.');
  for (const channel of request.InputDataConfig ?? []) checkChannel(world, request, channel);
}

function checkAlgorithm({ AlgorithmSpecification: algorithm }: CreateTrainingJobRequest): void {
  if (algorithm?.TrainingImage === undefined && algorithm?.AlgorithmName === undefined) {
    throw refuseInput('Either TrainingImage or AlgorithmName must be provided in AlgorithmSpecification.');
  }
  if (algorithm.TrainingImage !== undefined && algorithm.AlgorithmName !== undefined) {
    throw refuseInput('TrainingImage and AlgorithmName cannot both be provided in AlgorithmSpecification.');
  }
}

function checkResources(request: CreateTrainingJobRequest): void {
  const resources = request.ResourceConfig;
  if (resources === undefined) throw refuseInput('ResourceConfig must be provided.');
  const grouped = resources.InstanceGroups !== undefined;
  const preferences = preferencesOf(request);
  if (preferences !== undefined) checkPreferences(request, preferences);
  else if (!grouped && (resources.InstanceType === undefined || !resources.InstanceCount)) {
    throw refuseInput('InstanceType and InstanceCount must be provided in ResourceConfig.');
  }
  if (grouped && (resources.InstanceType !== undefined || resources.InstanceCount !== undefined)) {
    throw refuseInput(
      'InstanceGroups cannot be provided together with InstanceType or InstanceCount in ResourceConfig.',
    );
  }
  const count = listHosts(request).length;
  if (count > MAX_INSTANCES) throw refuseQuota('Number of instances for a training job', MAX_INSTANCES, count);
}

/** The SDK's types do not know them yet. */
interface Preference {
  InstanceType: string;
  InstanceCount?: number;
}

function preferencesOf({ ResourceConfig: resources }: CreateTrainingJobRequest): Preference[] | undefined {
  return (resources as { InstancePreferences?: Preference[] } | undefined)?.InstancePreferences;
}

function checkPreferences({ ResourceConfig: resources }: CreateTrainingJobRequest, preferences: Preference[]): void {
  if (resources?.InstanceGroups !== undefined || resources?.InstanceType !== undefined) {
    throw refuseInput(
      'InstancePreferences cannot be provided together with InstanceGroups or InstanceType in ResourceConfig.',
    );
  }
  const counted = preferences.filter(({ InstanceCount }) => InstanceCount !== undefined).length;
  const isCountedOnce = resources?.InstanceCount === undefined ? counted === preferences.length : counted === 0;
  if (!isCountedOnce) {
    throw refuseInput('InstanceCount must be provided in ResourceConfig or in each of InstancePreferences.');
  }
  if (new Set(preferences.map(({ InstanceType }) => InstanceType)).size < preferences.length) {
    throw refuseInput('The instance types of InstancePreferences must be unique.');
  }
}

function checkStopping(request: CreateTrainingJobRequest): void {
  const stopping = request.StoppingCondition;
  if (stopping === undefined) throw refuseInput('StoppingCondition must be provided.');
  const { MaxRuntimeInSeconds: maxRun = 86_400, MaxWaitTimeInSeconds: maxWait } = stopping;
  if (request.EnableManagedSpotTraining === true) {
    if (maxWait === undefined) {
      throw refuseInput('MaxWaitTimeInSeconds must be provided when EnableManagedSpotTraining is set to true');
    }
    if (maxWait < maxRun) {
      throw refuseInput('Invalid MaxWaitTimeInSeconds. It must be equal to or greater than MaxRuntimeInSeconds');
    }
  } else if (maxWait !== undefined) {
    throw refuseInput(
      'Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true',
    );
  }
}

function checkChannel(world: World, request: CreateTrainingJobRequest, channel: Channel): void {
  const source = channel.DataSource?.S3DataSource;
  const name = channel.ChannelName ?? '';
  // The pattern lets these through, but a channel is a folder.
  if (name === '.' || name === '..') throw refuseInput(`'${name}' cannot be the name of a channel.`);
  if (channel.DataSource?.FileSystemDataSource !== undefined && request.VpcConfig === undefined) {
    throw refuseInput(`VpcConfig must be provided, since channel '${name}' is in a file system.`);
  }
  // Where nothing runs, nothing is read either.
  const isRead = !world.clock.simulated();
  if (source === undefined) {
    if (!isRead) return;
    throw refuseInput(`The emulator reads channels from S3 only; channel '${name}' is elsewhere.`);
  }
  const isReadable = source.S3DataType === 'S3Prefix' || source.S3DataType === 'ManifestFile';
  if (isRead && !isReadable) {
    throw refuseInput(`The emulator does not read ${String(source.S3DataType)}, which channel '${name}' asks for.`);
  }
  const location = parseS3Uri(source.S3Uri ?? '');
  if (location !== undefined && world.objects.hasBucket(location.bucket)) {
    const isManifest = source.S3DataType !== 'S3Prefix';
    if (isManifest && world.objects.head(location.bucket, location.key) !== undefined) return;
    if (!isManifest && world.objects.list(location.bucket, location.key).length > 0) return;
  }
  throw refuseInput(
    `No S3 objects found under S3 URL "${source.S3Uri ?? ''}" given in input data source. Please ensure that the bucket ` +
      `exists in the selected region (${world.region}), that objects exist under that S3 prefix, and that the role ` +
      `"${request.RoleArn ?? ''}" has "s3:ListBucket" permissions on bucket "${location?.bucket ?? ''}".`,
  );
}

/** What a job without groups runs on: of its preferences the first, since the emulator has capacity of everything. */
export function selectInstances(request: CreateTrainingJobRequest): {
  InstanceType?: string | undefined;
  InstanceCount?: number | undefined;
} {
  const { InstanceType, InstanceCount } = request.ResourceConfig ?? {};
  const [first] = preferencesOf(request) ?? [];
  if (first === undefined) return { InstanceType, InstanceCount };
  return { InstanceType: first.InstanceType, InstanceCount: first.InstanceCount ?? InstanceCount };
}

/** True where AWS is to choose among several types. */
export function hasPreferences(request: CreateTrainingJobRequest): boolean {
  return preferencesOf(request) !== undefined;
}

/** The hosts of a job, `algo-1` and so on, over all its instance groups. */
export function listHosts(request: CreateTrainingJobRequest): Host[] {
  const groups = request.ResourceConfig?.InstanceGroups ?? [
    { InstanceGroupName: 'homogeneousCluster', ...selectInstances(request) },
  ];
  return groups
    .flatMap(({ InstanceGroupName, InstanceType, InstanceCount }) =>
      Array.from({ length: InstanceCount ?? 0 }, () => ({
        group: InstanceGroupName ?? '',
        instanceType: InstanceType ?? '',
      })),
    )
    .map((host, index) => ({ name: `algo-${String(index + 1)}`, ...host }));
}
