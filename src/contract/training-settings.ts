/** What the Estimator's arguments are made of: machines in groups or by preference, the debugger, raw request fields. */
import type { JsonValue } from './values';

/** One group of a cluster whose machines differ. */
export interface InstanceGroup {
  /** By which a channel names the group; 1 to 64 characters. */
  instanceGroupName: string;
  /** Such as `ml.m5.large`. */
  instanceType: string;
  /** How many instances the group has. */
  instanceCount: number;
}

/** One machine type that will do; SageMaker takes the first of a list that it has capacity of. */
export interface InstancePreference {
  /** Such as `ml.m5.large`; each type stands in a list once. */
  instanceType: string;
  /** How many of this type. In each entry of the list or in none, where `trainInstanceCount` is for all. */
  instanceCount?: number;
  /** ARN of a training plan whose capacity to use; one at most. */
  trainingPlanArns?: string[];
}

/** Tensors that the debugger saves together. */
export interface CollectionConfig {
  /** Such as `weights` or `losses`. */
  name: string;
  /** Such as `{ save_interval: '100' }`. */
  parameters?: Record<string, string>;
}

/** A rule that SageMaker Debugger holds against a training's tensors: one of SageMaker's, or one's own. */
export interface DebuggerRule {
  /** What the rule is called in the job's description. */
  name: string;
  /** Image of one's own. @default the image with SageMaker's rules in the run's region */
  imageUri?: string;
  /** Machine that holds an own image's rule against the tensors. */
  instanceType?: string;
  /** Volume of that machine, in GB. */
  volumeSizeInGb?: number;
  /** S3 URI of a file with a rule of one's own. */
  source?: string;
  /** The rule in that file, or the one of SageMaker's rules, such as `VanishingGradient`. */
  ruleToInvoke?: string;
  /** Folder in the rule's container for its output. */
  containerLocalOutputPath?: string;
  /** S3 URI for the rule's output. */
  s3OutputPath?: string;
  /** S3 URIs of other trainings' tensors, for rules that compare. */
  otherTrialsS3InputPaths?: string[];
  /** Handed to the rule, such as `{ threshold: '0.1' }`. */
  ruleParameters?: Record<string, string>;
  /**
   * Collections that the rule needs; saved beside those of the hook. @default those that a rule of SageMaker's needs, such
   * as `gradients` for `VanishingGradient`
   */
  collectionsToSave?: CollectionConfig[];
}

/** What the debugger's hook in the training container saves, and where. */
export interface DebuggerHookConfig {
  /** S3 URI for the tensors. @default the output path */
  s3OutputPath?: string;
  /** Folder in the training container. */
  containerLocalOutputPath?: string;
  /** Handed to the hook. */
  hookParameters?: Record<string, string>;
  /** What to save. */
  collectionConfigs?: CollectionConfig[];
}

/** Where TensorBoard's files go. */
export interface TensorBoardOutputConfig {
  /** S3 URI for the files. */
  s3OutputPath: string;
  /** Folder in the training container. */
  containerLocalOutputPath?: string;
}

/** Which experiment a training job belongs to. */
export interface ExperimentConfig {
  /** An experiment that is there. */
  experimentName?: string;
  /** A trial that is there. @default a new one */
  trialName?: string;
  /** What the job is called in the trial. @default the training job's name */
  trialComponentDisplayName?: string;
}

/** Fields of an AWS request, in AWS's own names, as JSON. */
export type RequestFields = Record<string, JsonValue>;

/**
 * Fields laid over the requests that the arguments make: objects are merged, lists and values replaced, `null` removes.
 * For what no argument says, also what AWS adds after this release. Names, roles and tags have arguments and stay.
 */
export interface HostingOverrides {
  /** Over CreateModel. */
  createModel?: RequestFields;
  /** Over CreateEndpointConfig. */
  createEndpointConfig?: RequestFields;
  /** Over CreateEndpoint, and UpdateEndpoint where the endpoint is there. */
  createEndpoint?: RequestFields;
}

/** {@link HostingOverrides}, and those of the training job. */
export interface RequestOverrides extends HostingOverrides {
  /** Over CreateTrainingJob. */
  createTrainingJob?: RequestFields;
}
