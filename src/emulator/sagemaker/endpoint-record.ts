/**
 * What is stored of an endpoint, and how it is described. `endpoint-life.ts` moves it from status to status.
 */
import type { DescribeEndpointOutput, EndpointStatus, ProductionVariantSummary } from '@aws-sdk/client-sagemaker';
import type { Deployment } from './deployment';
import type { ResourceRecord } from './resources';

export interface EndpointRecord extends ResourceRecord {
  status: EndpointStatus;
  /** What serves, or served last. */
  live?: Deployment;
  /** What is to serve. */
  pending?: Deployment;
  failureReason?: string;
}

const SETTLED: readonly EndpointStatus[] = ['InService', 'OutOfService', 'Failed', 'UpdateRollbackFailed'];

/** It takes neither an update nor a deletion. */
export function isInProgress({ status }: EndpointRecord): boolean {
  return !SETTLED.includes(status);
}

const INVOKABLE: readonly EndpointStatus[] = [
  'InService',
  'Updating',
  'SystemUpdating',
  'RollingBack',
  'UpdateRollbackFailed',
];

/** Invocations are answered, be it with a fault. */
export function isInvokable({ status }: EndpointRecord): boolean {
  return INVOKABLE.includes(status);
}

export function describeEndpoint(endpoint: EndpointRecord, arn: string): DescribeEndpointOutput {
  const { live, pending } = endpoint;
  const shown = live ?? pending;
  return {
    EndpointName: endpoint.name,
    EndpointArn: arn,
    EndpointConfigName: shown?.configName,
    ProductionVariants: describeVariants(shown, live !== undefined),
    EndpointStatus: endpoint.status,
    ...(endpoint.failureReason === undefined ? {} : { FailureReason: endpoint.failureReason }),
    CreationTime: new Date(endpoint.creationTime),
    LastModifiedTime: new Date(endpoint.lastModifiedTime),
    ...(live !== undefined && pending !== undefined
      ? {
          PendingDeploymentSummary: {
            EndpointConfigName: pending.configName,
            ProductionVariants: describeVariants(pending, false),
            StartTime: new Date(pending.startTime),
          },
        }
      : {}),
  };
}

function describeVariants(deployment: Deployment | undefined, serves: boolean): ProductionVariantSummary[] {
  return (deployment?.variants ?? []).map(({ name, weight, instanceCount, container }) => ({
    VariantName: name,
    ...(container.Image === undefined
      ? {}
      : {
          DeployedImages: [
            {
              SpecifiedImage: container.Image,
              ResolvedImage: container.Image,
              ResolutionTime: new Date(deployment?.startTime ?? 0),
            },
          ],
        }),
    CurrentWeight: serves ? weight : 0,
    DesiredWeight: weight,
    ...(instanceCount === undefined
      ? {}
      : { CurrentInstanceCount: serves ? instanceCount : 0, DesiredInstanceCount: instanceCount }),
  }));
}
