/**
 * A deployment: what an endpoint serves under one endpoint config, complete in itself, so that it goes on when config
 * and models are deleted. `fleet.ts` makes processes of it.
 */
import type { ContainerDefinition, CreateEndpointConfigInput, ProductionVariant } from '@aws-sdk/client-sagemaker';
import { randomUUID } from 'node:crypto';
import type { World } from '../world';
import type { EndpointConfigRecord } from './endpoint-configs';
import { containersOf } from './models';
import type { ModelRecord } from './models';
import { refuseInput } from './refusals';
import type { Resources } from './resources';

export interface Deployment {
  /** Names the folder of its processes. */
  id: string;
  configName: string;
  startTime: number;
  /** No process: invocations are answered with their own body. */
  simulated: boolean;
  variants: VariantPlan[];
  /** What the config says of the endpoint as a whole. Absent in what an older emulator wrote down. */
  settings?: EndpointSettings;
}

/** What of an endpoint config its endpoints tell too. */
export type EndpointSettings = Pick<CreateEndpointConfigInput, 'DataCaptureConfig' | 'ShadowProductionVariants'>;

/** Its members, of which the SDK's types do not know all yet. */
const SETTINGS: readonly string[] = [
  'DataCaptureConfig',
  'AsyncInferenceConfig',
  'ExplainerConfig',
  'MetricsConfig',
  'CrossRegionTrafficConfig',
  'ShadowProductionVariants',
];

export interface VariantPlan {
  name: string;
  weight: number;
  /** Undefined for a serverless variant. */
  instanceCount?: number;
  container: ContainerDefinition;
  /** As the config has it. Absent in what an older emulator wrote down. */
  request?: ProductionVariant;
  /** In whose name image and model data are read and the log is written. */
  roleArn?: string;
  startupSeconds: number;
  downloadSeconds: number;
}

/** AWS's defaults. */
const STARTUP_SECONDS = 240;
const DOWNLOAD_SECONDS = 3_600;

/** @throws AwsError where a model of the config is gone. */
export function planDeployment(world: World, config: EndpointConfigRecord, models: Resources<ModelRecord>): Deployment {
  return {
    id: randomUUID(),
    configName: config.name,
    startTime: world.clock.now(),
    simulated: world.clock.simulated(),
    variants: (config.request.ProductionVariants ?? []).map((variant) => {
      const model = models.get(variant.ModelName ?? '');
      const [container, ...others] = containersOf(model);
      if (container === undefined || others.length > 0) {
        throw refuseInput('The emulator serves models of one container; inference pipelines are not emulated.');
      }
      return {
        name: variant.VariantName ?? '',
        weight: variant.InitialVariantWeight ?? 1,
        ...(variant.InitialInstanceCount === undefined ? {} : { instanceCount: variant.InitialInstanceCount }),
        container,
        request: variant,
        ...(model.request.ExecutionRoleArn === undefined ? {} : { roleArn: model.request.ExecutionRoleArn }),
        startupSeconds: variant.ContainerStartupHealthCheckTimeoutInSeconds ?? STARTUP_SECONDS,
        downloadSeconds: variant.ModelDataDownloadTimeoutInSeconds ?? DOWNLOAD_SECONDS,
      };
    }),
    settings: Object.fromEntries(Object.entries(config.request).filter(([member]) => SETTINGS.includes(member))),
  };
}
