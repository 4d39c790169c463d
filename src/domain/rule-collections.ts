/**
 * Which collections SageMaker's own debugger rules need, where they name some: what smdebug-rulesconfig 0.1.4 hands to the
 * SageMaker Python SDK 1.72.1 and, for the rules that came later (FeatureImportanceOverweight, CreateXgboostReport), its
 * 1.0.1. `debugger-request.ts` has the hook save them where a rule is given no collections of its own.
 */
import type { CollectionConfig } from '../contract';

const every = (steps: number, name: string, fields: Record<string, string> = {}): CollectionConfig => ({
  name,
  parameters: { ...fields, save_interval: String(steps) },
});

const RULE_COLLECTIONS = new Map<string, CollectionConfig[]>([
  ['CheckInputImages', [every(500, 'input_image', { include_regex: '.*hybridsequential0_input_0' })]],
  ['DeadRelu', [every(500, 'relu_output', { include_regex: '.*relu_output' })]],
  ['FeatureImportanceOverweight', [every(500, 'feature_importance')]],
  ['LossNotDecreasing', [every(500, 'losses')]],
  ['NLPSequenceRatio', [every(500, 'input_sequence', { include_regex: '.*embedding0_input_0' })]],
  ['PoorWeightInitialization', [every(500, 'relu_input', { include_regex: '.*relu_input' })]],
  ['VanishingGradient', [every(500, 'gradients')]],
  ['WeightUpdateRatio', [every(500, 'weights')]],
  [
    'CreateXgboostReport',
    [
      every(5, 'metrics'),
      every(5, 'feature_importance'),
      { name: 'hyperparameters', parameters: { save_steps: '0' } },
      every(5, 'predictions'),
      every(5, 'labels'),
    ],
  ],
]);

/** The collections that one of SageMaker's own rules needs. */
export const collectionsOf = (rule: string): readonly CollectionConfig[] => RULE_COLLECTIONS.get(rule) ?? [];
