/**
 * What the compiler knows of the wire contract: each option has exactly its type, and combinations that are refused at
 * run time do not compile either. Nothing here runs: `npm run types` checks it.
 */
import type {
  DeleteEndpointInput,
  DeployArguments,
  DeployInput,
  EstimatorArguments,
  FitArguments,
  FitInput,
  FitInputs,
  FitThenDeployInput,
  InputMode,
  S3Input,
} from 'temporal-sagemaker/client';

const estimator: EstimatorArguments = {
  imageName: 'iris',
  role: 'SageMakerRole',
  trainInstanceCount: 1,
  trainInstanceType: 'ml.m5.large',
};
const deploy: DeployArguments = { initialInstanceCount: 1, instanceType: 'ml.m5.large' };
const modelData = 's3://my-bucket/model.tar.gz';

export const estimators: EstimatorArguments[] = [
  { imageName: 'iris', role: 'Trainer', instanceGroups: [] },
  { imageName: 'iris', role: 'Trainer', instancePreferences: [{ instanceType: 'ml.m5.large' }], trainInstanceCount: 1 },
  // @ts-expect-error -- no instances at all
  { imageName: 'iris', role: 'Trainer' },
  // @ts-expect-error -- instances of one type, and groups
  { ...estimator, instanceGroups: [] },
  // @ts-expect-error -- a preferred type, and the one type
  { imageName: 'iris', role: 'Trainer', instancePreferences: [], trainInstanceType: 'ml.m5.large' },
  {
    ...estimator,
    trainVolumeSize: 30,
    trainMaxRun: 3_600,
    inputMode: 'FastFile',
    outputPath: 's3://my-bucket/models',
    outputKmsKey: 'alias/models',
    baseJobName: 'iris',
    hyperparameters: { epochs: 3, rate: 0.1, deep: true, layers: [1, { size: 2 }], name: 'x', absent: null },
    metricDefinitions: [{ name: 'loss', regex: 'loss=(.*)' }],
    tags: [{ key: 'team', value: 'ml' }],
  },
  // @ts-expect-error -- an option that is not there
  { ...estimator, trainInstanceKind: 'ml.m5.large' },
  // @ts-expect-error -- the seed's spelling
  { ...estimator, train_max_run: 3_600 },
  // @ts-expect-error -- instances are counted
  { ...estimator, trainInstanceCount: '1' },
  // @ts-expect-error -- seconds, not a text with a unit
  { ...estimator, trainMaxRun: '1 hour' },
  // @ts-expect-error -- GB, not a text with a unit
  { ...estimator, trainVolumeSize: '30 GB' },
  // @ts-expect-error -- no such mode
  { ...estimator, inputMode: 'file' },
  // @ts-expect-error -- a function does not survive JSON
  { ...estimator, hyperparameters: { activation: Math.tanh } },
  // @ts-expect-error -- nor does a date
  { ...estimator, hyperparameters: { until: new Date(0) } },
  // @ts-expect-error -- tags as AWS spells them
  { ...estimator, tags: [{ Key: 'team', Value: 'ml' }] },
  // @ts-expect-error -- a metric has a regular expression as text
  { ...estimator, metricDefinitions: [{ name: 'loss', regex: /loss=(.*)/ }] },
  // @ts-expect-error -- without an image
  { role: 'SageMakerRole', trainInstanceCount: 1, trainInstanceType: 'ml.m5.large' },
];

export const inputModes: InputMode[] = ['File', 'Pipe', 'FastFile'];

export const sources: S3Input[] = [
  { s3Data: 's3://my-bucket/a' },
  {
    s3Data: 's3://my-bucket/a.manifest',
    distribution: 'ShardedByS3Key',
    compression: 'Gzip',
    contentType: 'text/csv',
    recordWrapping: 'RecordIO',
    s3DataType: 'AugmentedManifestFile',
    inputMode: 'Pipe',
    attributeNames: ['source', 'label'],
    shuffleConfig: { seed: 7 },
  },
  // @ts-expect-error -- no such distribution
  { s3Data: 's3://my-bucket/a', distribution: 'Sharded' },
  // @ts-expect-error -- no such compression
  { s3Data: 's3://my-bucket/a', compression: 'gzip' },
  // @ts-expect-error -- no such wrapping
  { s3Data: 's3://my-bucket/a', recordWrapping: 'TFRecord' },
  // @ts-expect-error -- no such type of data
  { s3Data: 's3://my-bucket/a', s3DataType: 'Manifest' },
  // @ts-expect-error -- the seed is a number within an object
  { s3Data: 's3://my-bucket/a', shuffleConfig: 7 },
  // @ts-expect-error -- without the data
  { contentType: 'text/csv' },
];

export const inputs: FitInputs[] = [
  's3://my-bucket/a',
  { s3Data: 's3://my-bucket/a' },
  { train: 's3://my-bucket/a', test: { s3Data: 's3://my-bucket/b', contentType: 'text/csv' } },
  // @ts-expect-error -- a channel is a URI or a source
  { train: 1 },
  // @ts-expect-error -- a source with a mistake in it is not two channels
  { s3Data: 's3://my-bucket/a', distribution: 'Sharded' },
  // @ts-expect-error -- a source with an unknown field is not two channels
  { s3Data: 's3://my-bucket/a', format: 'csv' },
  // @ts-expect-error -- one channel for each key, no lists
  ['s3://my-bucket/a', 's3://my-bucket/b'],
  // @ts-expect-error -- a URI as text
  new URL('s3://my-bucket/a'),
];

export const fits: FitArguments[] = [
  { inputs: 's3://my-bucket/a', jobName: 'iris-1', pendingTimeoutSeconds: 60, overrunSeconds: 60 },
  { jobName: 'iris-1' },
  // @ts-expect-error -- waiting is the caller's business, not the workflow's
  { inputs: 's3://my-bucket/a', wait: false },
  // @ts-expect-error -- seconds
  { inputs: 's3://my-bucket/a', overrunSeconds: '1 hour' },
];

export const hostings: DeployArguments[] = [
  { ...deploy, endpointName: 'iris', image: 'iris:2', role: 'Other', env: { LOG_LEVEL: 'info' }, tags: [] },
  // @ts-expect-error -- instances have a type
  { initialInstanceCount: 1 },
  // @ts-expect-error -- instances are counted
  { instanceType: 'ml.m5.large' },
  // @ts-expect-error -- the environment holds texts
  { ...deploy, env: { WORKERS: 2 } },
  // @ts-expect-error -- the serializer is the predictor's, on this side of the wire
  { ...deploy, serializer: undefined },
];

/** A deploy knows where the model data comes from, and with model data alone all that nobody else tells. */
export const deploys: DeployInput[] = [
  { trainingJobName: 'iris-1', deploy },
  { trainingJobName: 'iris-1', estimator, deploy, region: 'eu-central-1' },
  { modelData, estimator, deploy: { ...deploy, endpointName: 'iris' } },
  { modelData, deploy: { ...deploy, endpointName: 'iris', image: 'iris:1', role: 'SageMakerRole' } },
  // @ts-expect-error -- neither a job nor model data
  { deploy },
  // @ts-expect-error -- a job and model data
  { trainingJobName: 'iris-1', modelData, deploy: { ...deploy, endpointName: 'iris' } },
  // @ts-expect-error -- nobody names the endpoint
  { modelData, estimator, deploy },
  // @ts-expect-error -- nobody names image and role
  { modelData, deploy: { ...deploy, endpointName: 'iris' } },
  // @ts-expect-error -- nobody names the role
  { modelData, deploy: { ...deploy, endpointName: 'iris', image: 'iris:1' } },
  // @ts-expect-error -- a deploy does not train
  { trainingJobName: 'iris-1', deploy, fit: { inputs: 's3://my-bucket/a' } },
];

export const runs: (FitInput | FitThenDeployInput | DeleteEndpointInput)[] = [
  { estimator, fit: { inputs: 's3://my-bucket/a' } },
  { estimator, fit: { inputs: 's3://my-bucket/a' }, deploy },
  { endpointName: 'iris', region: 'eu-central-1' },
  // @ts-expect-error -- nothing to train with
  { fit: { inputs: 's3://my-bucket/a' } },
  // @ts-expect-error -- a region is one text
  { endpointName: 'iris', region: ['eu-central-1'] },
];
