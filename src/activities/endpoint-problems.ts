/**
 * What AWS is known to refuse of a serverless endpoint for what stands there already, told before anything is made or
 * trained: an endpoint on instances never becomes a serverless one, which is neither isolated nor in a VPC. Read by `prepare`.
 */
import { DescribeEndpointCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { Plan } from '../domain/plan';
import type { AwsClients } from './aws';
import { callAws, ifPresent } from './aws-errors';

/** Asks AWS only where a serverless endpoint is wanted: nothing else can be refused for what stands there. */
export async function findStandingProblems({ sagemaker, region }: AwsClients, { hosting }: Plan): Promise<string[]> {
  const [variant] = hosting?.endpointConfig.ProductionVariants ?? [];
  const EndpointName = hosting?.endpoint.EndpointName;
  if (variant?.ServerlessConfig === undefined || EndpointName === undefined) return [];
  return [...findJobProblems(hosting), ...(await findKindProblems(sagemaker, region, EndpointName))];
}

/** What a model takes over from a training job that no estimator tells of. */
function findJobProblems(hosting: Plan['hosting']): string[] {
  const { VpcConfig: vpc, EnableNetworkIsolation: isIsolated } = hosting?.model ?? {};
  return [
    ...(vpc
      ? [
          'deploy.vpcConfigOverride must be null: the training job ran in a VPC, and AWS puts no serverless endpoint into one',
        ]
      : []),
    ...(isIsolated === true
      ? [
          'deploy.enableNetworkIsolation must be false: the training job was isolated, and AWS isolates no serverless endpoint',
        ]
      : []),
  ];
}

async function findKindProblems(sagemaker: SageMakerClient, region: string, EndpointName: string): Promise<string[]> {
  const at = { operation: 'DescribeEndpoint', region, endpoint: EndpointName };
  const live = await callAws(at, () => ifPresent(() => sagemaker.send(new DescribeEndpointCommand({ EndpointName }))));
  // One that failed is deleted to make room, and one that is being deleted is waited for.
  if (!live || live.EndpointStatus === 'Failed' || live.EndpointStatus === 'Deleting') return [];
  // One that is scaled to zero is on instances all the same.
  const isOnInstances = (live.ProductionVariants ?? []).some(
    (one) => (one.DesiredServerlessConfig ?? one.CurrentServerlessConfig) === undefined,
  );
  if (!isOnInstances) return [];
  return [
    `deploy.serverlessInferenceConfig cannot be for ${EndpointName}, an endpoint on instances, which AWS never turns into a ` +
      'serverless one: delete that endpoint first, or choose another endpointName',
  ];
}
