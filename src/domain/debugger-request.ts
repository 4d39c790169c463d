/**
 * SageMaker Debugger's part of a CreateTrainingJob request: rules, hook, TensorBoard. Comes from the estimator's arguments;
 * field for field what the SageMaker Python SDK sends for the same.
 */
import type {
  CollectionConfiguration,
  CreateTrainingJobCommandInput,
  DebugHookConfig,
  DebugRuleConfiguration,
} from '@aws-sdk/client-sagemaker';
import type { CollectionConfig, DebuggerRule, TrainingArguments } from '../contract';
import { collectionsOf } from './rule-collections';

type DebuggerFields = Pick<
  CreateTrainingJobCommandInput,
  'DebugHookConfig' | 'DebugRuleConfigurations' | 'TensorBoardOutputConfig'
>;

export function buildDebuggerFields(
  { rules = [], debuggerHookConfig, tensorboardOutputConfig }: TrainingArguments,
  { outputPath, region }: { outputPath: string; region: string },
): DebuggerFields {
  const hook = debuggerHookConfig ?? (rules.length > 0 && {});
  return {
    ...(rules.length > 0 && { DebugRuleConfigurations: rules.map((rule) => buildRule(rule, region)) }),
    ...(hook && { DebugHookConfig: buildHook(hook, rules, outputPath) }),
    ...(tensorboardOutputConfig && {
      TensorBoardOutputConfig: {
        S3OutputPath: tensorboardOutputConfig.s3OutputPath,
        ...localPath(tensorboardOutputConfig),
      },
    }),
  };
}

function buildRule(rule: DebuggerRule, region: string): DebugRuleConfiguration {
  const trials = (rule.otherTrialsS3InputPaths ?? []).map((uri, index) => [`other_trial_${String(index)}`, uri]);
  const parameters = {
    ...(rule.source !== undefined && { source_s3_uri: rule.source }),
    ...(rule.ruleToInvoke !== undefined && { rule_to_invoke: rule.ruleToInvoke }),
    ...(Object.fromEntries(trials) as Record<string, string>),
    ...rule.ruleParameters,
  };
  return {
    RuleConfigurationName: rule.name,
    RuleEvaluatorImage: rule.imageUri ?? ruleImageOf(region),
    ...(rule.instanceType !== undefined && { InstanceType: rule.instanceType as never }),
    ...(rule.volumeSizeInGb !== undefined && { VolumeSizeInGB: rule.volumeSizeInGb }),
    ...localPath(rule),
    ...(rule.s3OutputPath !== undefined && { S3OutputPath: rule.s3OutputPath }),
    ...(Object.keys(parameters).length > 0 && { RuleParameters: parameters }),
  };
}

function buildHook(
  hook: Exclude<TrainingArguments['debuggerHookConfig'], false | undefined>,
  rules: readonly DebuggerRule[],
  outputPath: string,
): DebugHookConfig {
  const wanted = [...rules.flatMap(collectionsFor), ...(hook.collectionConfigs ?? [])];
  return {
    S3OutputPath: hook.s3OutputPath ?? outputPath,
    ...localPath(hook),
    ...(hook.hookParameters && { HookParameters: hook.hookParameters }),
    CollectionConfigurations: distinct(wanted.map(buildCollection)),
  };
}

/** A rule's own, or those that a rule of SageMaker's cannot do without. */
function collectionsFor({ collectionsToSave = [], source, ruleToInvoke }: DebuggerRule): readonly CollectionConfig[] {
  if (collectionsToSave.length > 0 || source !== undefined || ruleToInvoke === undefined) return collectionsToSave;
  return collectionsOf(ruleToInvoke);
}

function buildCollection({ name, parameters }: CollectionConfig): CollectionConfiguration {
  return { CollectionName: name, ...(parameters && { CollectionParameters: parameters }) };
}

/** Rules and hook may ask for the same, which no parameters and `{}` are not to the SDK; their order means nothing. */
function distinct(collections: CollectionConfiguration[]): CollectionConfiguration[] {
  const parametersOf = ({ CollectionParameters: given }: CollectionConfiguration) =>
    given === undefined ? 'none' : JSON.stringify(Object.entries(given).sort());
  const byKey = new Map(collections.map((one) => [JSON.stringify([one.CollectionName, parametersOf(one)]), one]));
  return [...byKey.values()].sort(
    (a, b) => compareTexts(a.CollectionName, b.CollectionName) || compareTexts(parametersOf(a), parametersOf(b)),
  );
}

function compareTexts(a = '', b = ''): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function localPath({ containerLocalOutputPath }: { containerLocalOutputPath?: string | undefined }) {
  return containerLocalOutputPath === undefined ? {} : { LocalPath: containerLocalOutputPath };
}

/** AWS's accounts that hold the image of SageMaker's own rules. */
const RULE_ACCOUNTS: Record<string, string> = {
  'af-south-1': '314341159256',
  'ap-east-1': '199566480951',
  'ap-northeast-1': '430734990657',
  'ap-northeast-2': '578805364391',
  'ap-northeast-3': '479947661362',
  'ap-south-1': '904829902805',
  'ap-southeast-1': '972752614525',
  'ap-southeast-2': '184798709955',
  'ca-central-1': '519511493484',
  'cn-north-1': '618459771430',
  'cn-northwest-1': '658757709296',
  'eu-central-1': '482524230118',
  'eu-north-1': '314864569078',
  'eu-south-1': '563282790590',
  'eu-west-1': '929884845733',
  'eu-west-2': '250201462417',
  'eu-west-3': '447278800020',
  'me-south-1': '986000313247',
  'sa-east-1': '818342061345',
  'us-east-1': '503895931360',
  'us-east-2': '915447279597',
  'us-gov-west-1': '515509971035',
  'us-west-1': '685455198987',
  'us-west-2': '895741380848',
};

/** The image with SageMaker's own rules; of a region that is not known, its account stays open. */
function ruleImageOf(region: string): string {
  const account = RULE_ACCOUNTS[region] ?? '<account of the debugger rules>';
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `${account}.dkr.ecr.${region}.${domain}/sagemaker-debugger-rules:latest`;
}
