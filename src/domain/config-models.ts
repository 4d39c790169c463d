/**
 * Which models an endpoint config uses: those of its variants, and those that its instance pools put in their place. Read
 * by whoever must not take a model away, from Describe answers and from the plan's own config.
 */

interface Variant {
  ModelName?: string | undefined;
  InstancePools?: readonly { ModelNameOverride?: string | undefined }[] | undefined;
}

export interface ConfigVariants {
  ProductionVariants?: readonly Variant[] | undefined;
  ShadowProductionVariants?: readonly Variant[] | undefined;
}

/** Names of models, each once, in the order in which the config tells them. */
export function modelsOfConfig({ ProductionVariants = [], ShadowProductionVariants = [] }: ConfigVariants): string[] {
  const names = [...ProductionVariants, ...ShadowProductionVariants].flatMap(({ ModelName, InstancePools = [] }) => [
    ModelName,
    ...InstancePools.map(({ ModelNameOverride }) => ModelNameOverride),
  ]);
  return [...new Set(names.filter((name) => name !== undefined))];
}
