/**
 * What cannot come to be for what stands there already, told before anything is made or trained: an endpoint on instances
 * never becomes a serverless one, which is neither isolated nor in a VPC; `updateEndpoint` expects one, or none. Read by
 * `prepare`.
 */
import { DescribeEndpointCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import { endpointIsThere, nothingToUpdate, type Unexpected } from '../domain/expected-endpoint';
import type { Plan } from '../domain/plan';
import { readOwner } from './adopt';
import type { AwsClients } from './aws';
import { callAws, failWith, ifPresent, type Coordinates } from './aws-errors';

/** Asks AWS only where a serverless endpoint is wanted: nothing else can be refused for what stands there. */
export async function findStandingProblems({ sagemaker, region }: AwsClients, { hosting }: Plan): Promise<string[]> {
  const [variant] = hosting?.endpointConfig.ProductionVariants ?? [];
  const EndpointName = hosting?.endpoint.EndpointName;
  if (variant?.ServerlessConfig === undefined || EndpointName === undefined) return [];
  return [...findJobProblems(hosting), ...(await findKindProblems(sagemaker, region, EndpointName))];
}

/** What `updateEndpoint` says of the endpoint, before a training of the same run is paid for. */
export async function checkExpectedEndpoint(
  { sagemaker, region }: AwsClients,
  { run, training, hosting }: Plan,
): Promise<void> {
  const isExpected = hosting?.update?.expectsEndpoint;
  const endpoint = hosting?.endpoint.EndpointName;
  if (!training || isExpected === undefined || endpoint === undefined) return;
  const at = { operation: 'DescribeEndpoint', region, endpoint };
  const live = await describeStanding(sagemaker, at, endpoint);
  if (isExpected) {
    if (!live) throw failAs(nothingToUpdate(endpoint), endpoint, at);
  } else if (live && (await readOwner(sagemaker, live.EndpointArn ?? '', at)) !== run.runTag) {
    throw failAs(endpointIsThere(endpoint, live.EndpointConfigName ?? ''), endpoint, at);
  }
}

function failAs({ code, what, details }: Unexpected, endpointName: string, at: Record<string, string>) {
  return failWith(code, what, at, { details: { ...details, endpointName } });
}

/** One that is being deleted counts as gone: its name will be free. */
async function describeStanding(sagemaker: SageMakerClient, at: Coordinates, EndpointName: string) {
  const live = await callAws(at, () => ifPresent(() => sagemaker.send(new DescribeEndpointCommand({ EndpointName }))));
  return live?.EndpointStatus === 'Deleting' ? undefined : live;
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
  const live = await describeStanding(sagemaker, at, EndpointName);
  // One that failed is deleted to make room.
  if (!live || live.EndpointStatus === 'Failed') return [];
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
