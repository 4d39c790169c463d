/** What the Estimator's arguments are made of, as zod schemas: machines, debugger, experiment, raw request fields. */
import { z } from 'zod';
import type {
  DebuggerHookConfig,
  DebuggerRule,
  ExperimentConfig,
  InstanceGroup,
  InstancePreference,
  TensorBoardOutputConfig,
} from '../contract';
import { image, instanceType, namedValues, s3Uri, text, wholeNumber } from './fields';

export const instanceCount = wholeNumber(1, 10_000);

export const instanceGroup = z
  .strictObject({
    instanceGroupName: text(64).meta({ description: 'By which a channel names the group.' }),
    instanceType: instanceType.meta({ description: "Type of the group's instances." }),
    instanceCount: instanceCount.meta({ description: 'Number of instances in the group.' }),
  })
  .meta({
    id: 'InstanceGroup',
    title: 'Instance group',
    description: 'One group of a cluster whose machines differ.',
  }) satisfies z.ZodType<InstanceGroup>;

export const instancePreference = z
  .strictObject({
    instanceType: instanceType.meta({ description: 'Type that will do.' }),
    instanceCount: instanceCount.optional().meta({
      description:
        'Number of instances of this type. In each preference or in none; then trainInstanceCount is for all.',
    }),
    trainingPlanArns: z
      .array(text(2048))
      .min(1)
      .max(1)
      .optional()
      .meta({ description: 'ARN of a training plan whose capacity to use. Absent: on demand.' }),
  })
  .meta({
    id: 'InstancePreference',
    title: 'Instance preference',
    description: 'One machine type that will do; the first that there is capacity of is taken.',
  }) satisfies z.ZodType<InstancePreference>;

/** Names and values that SageMaker Debugger takes. */
const parameters = (most: number) =>
  namedValues(text(256), z.string().max(256), { most, problem: `must have at most ${String(most)} entries` });

/** AWS takes so many in all: those of one's own, the rule's name and source, and each other trial. */
const RULE_PARAMETERS_MAX = 100;

const collections = z
  .array(
    z
      .strictObject({
        name: text(256).meta({ description: 'Name of the collection.' }),
        parameters: parameters(20).optional().meta({ description: 'How it is saved, as texts.' }),
      })
      .meta({ id: 'CollectionConfig', title: 'Collection', description: 'Tensors that are saved together.' }),
  )
  .max(20);

export const debuggerRule = z
  .strictObject({
    name: text(256).meta({ description: "What the rule is called in the job's description." }),
    imageUri: image
      .optional()
      .meta({ description: "Image of one's own. Absent: that of SageMaker's rules in the run's region." }),
    instanceType: instanceType
      .optional()
      .meta({ description: 'Machine for an own image; SageMaker chooses one for its own rules.' }),
    volumeSizeInGb: wholeNumber(0, 16_384).optional().meta({ description: 'Volume of that machine, in GB.' }),
    source: s3Uri.optional().meta({ description: "File with a rule of one's own." }),
    ruleToInvoke: text(256)
      .optional()
      .meta({ description: "The rule in that file, or the one of SageMaker's rules such as VanishingGradient." }),
    containerLocalOutputPath: text(4096)
      .optional()
      .meta({ description: "Folder in the rule's container for its output." }),
    s3OutputPath: s3Uri.optional().meta({ description: "Where the rule's output goes." }),
    otherTrialsS3InputPaths: z
      .array(s3Uri)
      .max(RULE_PARAMETERS_MAX)
      .optional()
      .meta({ description: "Other trainings' tensors, for rules that compare." }),
    ruleParameters: parameters(RULE_PARAMETERS_MAX).optional().meta({ description: 'Handed to the rule, as texts.' }),
    collectionsToSave: collections
      .optional()
      .meta({ description: "Collections that the rule needs. Absent: those that a rule of SageMaker's needs." }),
  })
  .superRefine((rule, context) => {
    const report = (path: string, message: string) => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    if (rule.source !== undefined && rule.ruleToInvoke === undefined)
      report('ruleToInvoke', 'is needed with source: the rule in that file');
    if (rule.imageUri !== undefined) return;
    for (const path of ['instanceType', 'volumeSizeInGb'] as const)
      if (rule[path] !== undefined) report(path, 'is for a rule with an imageUri: for its own, SageMaker chooses');
  })
  .meta({
    id: 'DebuggerRule',
    title: 'Debugger rule',
    description: "A rule that is held against a training's tensors.",
    dependentRequired: { source: ['ruleToInvoke'], instanceType: ['imageUri'], volumeSizeInGb: ['imageUri'] },
  }) satisfies z.ZodType<DebuggerRule>;

export const debuggerHookConfig = z
  .strictObject({
    s3OutputPath: s3Uri.optional().meta({ description: 'Where the tensors go. Absent: the output path.' }),
    containerLocalOutputPath: text(4096).optional().meta({ description: 'Folder in the training container.' }),
    hookParameters: parameters(20).optional().meta({ description: 'Handed to the hook, as texts.' }),
    collectionConfigs: collections.optional().meta({ description: 'What to save.' }),
  })
  .meta({
    id: 'DebuggerHookConfig',
    title: "Debugger's hook",
    description: 'What the hook in the training container saves, and where.',
  }) satisfies z.ZodType<DebuggerHookConfig>;

export const tensorboardOutputConfig = z
  .strictObject({
    s3OutputPath: s3Uri.meta({ description: 'Where the files go.' }),
    containerLocalOutputPath: text(4096).optional().meta({ description: 'Folder in the training container.' }),
  })
  .meta({
    id: 'TensorBoardOutputConfig',
    title: "TensorBoard's files",
    description: 'Where they go.',
  }) satisfies z.ZodType<TensorBoardOutputConfig>;

/** Names of experiments and of what is in them. */
const experimentName = z
  .string()
  .regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,119}$/, 'must be 1 to 120 letters, digits and inner hyphens');

export const experimentConfig = z
  .strictObject({
    experimentName: experimentName.optional().meta({ description: 'An experiment that is there.' }),
    trialName: experimentName.optional().meta({ description: 'A trial that is there. Absent: a new one.' }),
    trialComponentDisplayName: experimentName
      .optional()
      .meta({ description: "What the job is called in the trial. Absent: the job's name." }),
  })
  .meta({
    id: 'ExperimentConfig',
    title: 'Experiment',
    description: 'Which experiment a training job belongs to.',
  }) satisfies z.ZodType<ExperimentConfig>;
