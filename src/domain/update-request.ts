/**
 * The request that updates an endpoint: to the new config, by the deployment policy of the arguments, and keeping of what
 * serves what an update is to keep. Built by the workflow from the plan and from the endpoint as it was just before.
 */
import type { UpdateEndpointCommandInput } from '@aws-sdk/client-sagemaker';
import type { RetainableProperty } from '../contract';
import type { EndpointObservation } from './endpoint-status';
import type { HostingRequests, UpdateRules } from './hosting-requests';

const RETAINABLE: readonly RetainableProperty[] = ['DesiredInstanceCount', 'DesiredWeight', 'DataCaptureConfig'];

export function buildUpdateRequest(
  { endpoint, update = {} }: Pick<HostingRequests, 'endpoint' | 'update'>,
  live: Pick<EndpointObservation, 'capturesData'>,
): UpdateEndpointCommandInput {
  const kept = RETAINABLE.filter((property) => isKept(property, update, live));
  const excluded = RETAINABLE.filter((property) => !kept.includes(property));
  const { Tags: _tagsStay, ...request } = endpoint;
  return {
    ...request,
    ...(kept.length > 0 && { RetainAllVariantProperties: true }),
    ...(kept.length > 0 &&
      excluded.length > 0 && {
        ExcludeRetainedVariantProperties: excluded.map((property) => ({ VariantPropertyType: property })),
      }),
  };
}

/** What the arguments say anew is never kept as it was. */
function isKept(
  property: RetainableProperty,
  { keepsAll = false, excludes = [], keepsDataCapture = false }: UpdateRules,
  { capturesData = false }: Pick<EndpointObservation, 'capturesData'>,
): boolean {
  if (property !== 'DataCaptureConfig') return keepsAll && !excludes.includes(property);
  return keepsDataCapture && !excludes.includes(property) && (keepsAll || capturesData);
}
