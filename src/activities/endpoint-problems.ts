/**
 * What is known to be refused of the endpoint that stands there, before anything is made or trained: AWS turns a serverless
 * endpoint into one on instances, and never one on instances into a serverless one. Read by `prepare`.
 */
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import type { Plan } from '../domain/plan';
import type { AwsClients } from './aws';
import { callAws, ifPresent } from './aws-errors';

/** Asks AWS only where a serverless endpoint is wanted: nothing else can be refused for what stands there. */
export async function findStandingProblems({ sagemaker, region }: AwsClients, { hosting }: Plan): Promise<string[]> {
  const [variant] = hosting?.endpointConfig.ProductionVariants ?? [];
  const EndpointName = hosting?.endpoint.EndpointName;
  if (variant?.ServerlessConfig === undefined || EndpointName === undefined) return [];
  const at = { operation: 'DescribeEndpoint', region, endpoint: EndpointName };
  const live = await callAws(at, () => ifPresent(() => sagemaker.send(new DescribeEndpointCommand({ EndpointName }))));
  // One that failed is deleted to make room, and one that is being deleted is waited for.
  if (!live || live.EndpointStatus === 'Failed' || live.EndpointStatus === 'Deleting') return [];
  const isOnInstances = (live.ProductionVariants ?? []).some((one) => (one.DesiredInstanceCount ?? 0) > 0);
  if (!isOnInstances) return [];
  return [
    `deploy.serverlessInferenceConfig cannot be for ${EndpointName}, an endpoint on instances, which AWS never turns into a ` +
      'serverless one: delete that endpoint first, or choose another endpointName',
  ];
}
