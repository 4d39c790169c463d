/**
 * What an update keeps of the deployment that serves, although the new config says another: instances, weights and data
 * capture. `endpoints.ts` lays it over the deployment that is to come.
 */
import type { UpdateEndpointInput } from '@aws-sdk/client-sagemaker';
import type { Deployment } from './deployment';

export function retainProperties(
  to: Deployment,
  from: Deployment | undefined,
  { RetainAllVariantProperties: retains, ExcludeRetainedVariantProperties: excluded = [] }: UpdateEndpointInput,
): Deployment {
  if (retains !== true || from === undefined) return to;
  const isExcluded = (type: string) => excluded.some(({ VariantPropertyType }) => VariantPropertyType === type);
  const variants = to.variants.map((variant) => {
    const before = from.variants.find(({ name }) => name === variant.name);
    // Between a serverless variant and one on instances there is nothing to keep.
    if (before === undefined || variant.instanceCount === undefined) return variant;
    return {
      ...variant,
      ...(!isExcluded('DesiredWeight') && { weight: before.weight }),
      ...(!isExcluded('DesiredInstanceCount') &&
        before.instanceCount !== undefined && { instanceCount: before.instanceCount }),
    };
  });
  const capture = isExcluded('DataCaptureConfig') ? to.settings?.DataCaptureConfig : from.settings?.DataCaptureConfig;
  const { DataCaptureConfig: _other, ...settings } = to.settings ?? {};
  return { ...to, variants, settings: { ...settings, ...(capture !== undefined && { DataCaptureConfig: capture }) } };
}
