/**
 * The door `temporal-sagemaker/client`: the closed list of what a program that starts runs may use. Loading it loads
 * neither the native worker nor an AWS SDK.
 */
export { connect, type ConnectOptions, type Session } from './session';
export {
  createDataConverter,
  createPayloadCodec,
  PayloadError,
  type PayloadErrorDetails,
  type PayloadKeys,
} from '../payload-codec';
export { Estimator } from './estimator';
export {
  type CreateModelArguments,
  type CreateModelOptions,
  type DeployModelArguments,
  type DeployOptions,
  type EstimatorOptions,
  type FitOptions,
  type FitThenDeployOptions,
  type PlanFitOptions,
  type FollowArguments,
} from './estimator-options';
export { type LogTarget } from './follow-run';
export { fileSystemInput } from './file-system-input';
export { s3Input } from './s3-input';
export { type UploadOptions } from './upload';
export {
  Model,
  type DeployWaiting,
  type HostingArguments,
  type ModelArguments,
  type OwnPredictorArguments,
  type PredictorArguments,
  type PredictorClass,
} from './model';
export { RealTimePredictor, type PredictOptions, type PredictorOptions } from './predictor';
export {
  bytesDeserializer,
  bytesSerializer,
  jsonDeserializer,
  jsonSerializer,
  stringDeserializer,
  stringSerializer,
  type Deserializer,
  type DeserializerFunction,
  type DeserializerObject,
  type SerializeContext,
  type SerializedBody,
  type Serializer,
  type SerializerFunction,
  type SerializerObject,
  type StreamingDeserializer,
} from './serializers';
export { csvDeserializer, csvSerializer, type CsvCell, type CsvData, type CsvRow } from './csv';
export {
  npyDeserializer,
  npySerializer,
  type NestedNumbers,
  type NpyArray,
  type NpyArrayInput,
  type NpyInput,
} from './npy';
export { type NpyData, type NpyType } from './npy-format';
export { streamDeserializer, streamSerializer, type StreamData, type StreamedAnswer } from './streams';
export { Run, type ResultOf, type RunProgress, type WatchOptions } from './run';
export { type RunStatus } from './run-description';
export { listRuns, type ListOptions, type RunFilter } from './list-runs';
export { type WaitOptions } from './await-result';
export { startRun, type StartOptions } from './start';
export { startSweep } from './start-sweep';
export type { InputOf } from '../schemas';
export { nameTrainingJob } from './name-run';
export { planRun, type PlannedRequests, type PlanOptions } from './plan';
export { tailTrainingLogs, type TailOptions } from './logs';
export { type LogLine } from './log-line';
export { isSageMakerError, SageMakerError, type ErrorDetails, type SageMakerFailure } from './errors';
export type {
  AcceptStopped,
  AsyncInferenceConfig,
  AsyncNotificationConfig,
  AutoRollbackConfiguration,
  BlueGreenUpdatePolicy,
  CapacitySize,
  ChannelInput,
  CollectionConfig,
  CompletedTrainingJob,
  DataCaptureConfig,
  DebuggerHookConfig,
  DebuggerRule,
  DeleteEndpointInput,
  DeleteEndpointResult,
  DeployAnywhere,
  DeployArguments,
  DeployInput,
  DeploymentConfig,
  DeployModelDataInput,
  DeployOnInstancePools,
  DeployOnInstances,
  DeployResult,
  DeployServerless,
  DeployTrainedInput,
  DeployWith,
  EndpointOutcome,
  EndpointProgress,
  EndpointServingOther,
  EstimatorArguments,
  ExperimentConfig,
  FailedEndpoint,
  FailedTrainingJob,
  FailureCause,
  FailureCode,
  FailureDetails,
  FileSystemInput,
  FitArguments,
  FitInput,
  FitInputs,
  FitResult,
  FitThenDeployInput,
  FitThenDeployResult,
  HostingOverrides,
  InputMode,
  InstanceGroup,
  InstancePool,
  InstancePoolSettings,
  InstancePreference,
  InstanceSettings,
  InstanceTypeSettings,
  JsonValue,
  LedgerEntry,
  LostTrainingJob,
  MetricDefinition,
  MetricSample,
  Outcome,
  OutcomeOf,
  OutcomesByCode,
  OverQuota,
  Progress,
  RequestFields,
  RequestOverrides,
  ResourceKind,
  RetainableProperty,
  RollingUpdatePolicy,
  RoutingConfig,
  RunMemo,
  S3Input,
  SecondaryStatusTransition,
  ServerlessInferenceConfig,
  ServerlessSettings,
  Stage,
  StoppedBy,
  StoppedTrainingJob,
  SweepAction,
  SweepCounts,
  SweepInput,
  SweepResult,
  SweepVerdict,
  SweptKind,
  SweptResource,
  Tag,
  TensorBoardOutputConfig,
  TrafficRoutingConfiguration,
  TrainingArguments,
  TrainingJobOutcome,
  TrainingJobProgress,
  TrainOnInstanceGroups,
  TrainOnInstancePreferences,
  TrainOnInstances,
  UnsettledEndpoint,
  VpcConfig,
  WorkflowType,
} from '../contract';
