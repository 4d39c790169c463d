/**
 * What is stored of an endpoint, and how it is described. `endpoint-life.ts` moves it from status to status.
 */
import type {
  DeploymentConfig,
  DescribeEndpointOutput,
  EndpointStatus,
  ProductionVariant,
  ProductionVariantSummary,
} from '@aws-sdk/client-sagemaker';
import type { Deployment } from './deployment';
import type { ResourceRecord } from './resources';

export interface EndpointRecord extends ResourceRecord {
  status: EndpointStatus;
  /** What serves, or served last. */
  live?: Deployment;
  /** What is to serve. */
  pending?: Deployment;
  failureReason?: string;
  /** How it was last asked to be deployed. */
  lastDeploymentConfig?: DeploymentConfig;
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
  const { live, pending, lastDeploymentConfig } = endpoint;
  const shown = live ?? pending;
  return {
    EndpointName: endpoint.name,
    EndpointArn: arn,
    EndpointConfigName: shown?.configName,
    ProductionVariants: describeVariants(shown, live !== undefined),
    ...describeSettings(shown, live !== undefined),
    EndpointStatus: endpoint.status,
    ...(endpoint.failureReason === undefined ? {} : { FailureReason: endpoint.failureReason }),
    CreationTime: new Date(endpoint.creationTime),
    LastModifiedTime: new Date(endpoint.lastModifiedTime),
    ...(lastDeploymentConfig === undefined ? {} : { LastDeploymentConfig: lastDeploymentConfig }),
    ...(live !== undefined && pending !== undefined
      ? {
          PendingDeploymentSummary: {
            EndpointConfigName: pending.configName,
            ProductionVariants: describeVariants(pending, false),
            ...describeShadows(pending),
            StartTime: new Date(pending.startTime),
          },
        }
      : {}),
  };
}

/** What the config says of the endpoint as a whole. */
function describeSettings(shown: Deployment | undefined, serves: boolean): Partial<DescribeEndpointOutput> {
  const { DataCaptureConfig: capture, ShadowProductionVariants: _shadows, ...settings } = shown?.settings ?? {};
  const captures = capture?.EnableCapture ?? false;
  return {
    ...settings,
    ...describeShadows(shown),
    ...(capture !== undefined && {
      DataCaptureConfig: {
        EnableCapture: captures,
        CaptureStatus: captures && serves ? 'Started' : 'Stopped',
        CurrentSamplingPercentage: capture.InitialSamplingPercentage,
        DestinationS3Uri: capture.DestinationS3Uri,
        KmsKeyId: capture.KmsKeyId ?? '',
      },
    }),
  };
}

/** The emulator sends no requests to shadows. */
function describeShadows(shown: Deployment | undefined): Pick<DescribeEndpointOutput, 'ShadowProductionVariants'> {
  const shadows = shown?.settings?.ShadowProductionVariants;
  if (shadows === undefined) return {};
  return {
    ShadowProductionVariants: shadows.map((shadow) => ({
      VariantName: shadow.VariantName,
      DesiredWeight: shadow.InitialVariantWeight ?? 1,
      ...describeCapacity(shadow, shadow.InitialInstanceCount, false),
    })),
  };
}

function describeVariants(deployment: Deployment | undefined, serves: boolean): ProductionVariantSummary[] {
  return (deployment?.variants ?? []).map(({ name, weight, instanceCount, container, request }) => ({
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
    ...describeCapacity(request, instanceCount, serves),
  }));
}

/** Members of a variant that its summary repeats as they are. */
const REPEATED = [
  'ManagedInstanceScaling',
  'RoutingConfig',
  'CapacityReservationConfig',
  'AcceleratorPartitionLayouts',
];

function describeCapacity(
  request: ProductionVariant | undefined,
  instanceCount: number | undefined,
  serves: boolean,
): Partial<ProductionVariantSummary> {
  const { ServerlessConfig: serverless, InstancePools: pools } = request ?? {};
  const first = pools?.toSorted((a, b) => (a.Priority ?? 0) - (b.Priority ?? 0))[0];
  const repeated = Object.entries(request ?? {}).filter(([member]) => REPEATED.includes(member));
  return {
    ...(instanceCount === undefined
      ? {}
      : { CurrentInstanceCount: serves ? instanceCount : 0, DesiredInstanceCount: instanceCount }),
    ...(serverless !== undefined && {
      DesiredServerlessConfig: serverless,
      ...(serves && { CurrentServerlessConfig: serverless }),
    }),
    // The emulator has instances of every type.
    ...(pools !== undefined && {
      InstancePools: pools.map((pool) => ({
        InstanceType: pool.InstanceType,
        CurrentInstanceCount: serves && pool === first ? (instanceCount ?? 0) : 0,
      })),
    }),
    ...Object.fromEntries(repeated),
  };
}
