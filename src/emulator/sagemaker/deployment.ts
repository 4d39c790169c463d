/**
 * A deployment: what an endpoint serves under one endpoint config, complete in itself, so that it goes on when config
 * and models are deleted. `fleet.ts` makes processes of it.
 */
import type { ContainerDefinition } from '@aws-sdk/client-sagemaker';
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
}

export interface VariantPlan {
  name: string;
  weight: number;
  /** Undefined for a serverless variant. */
  instanceCount?: number;
  container: ContainerDefinition;
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
        ...(model.request.ExecutionRoleArn === undefined ? {} : { roleArn: model.request.ExecutionRoleArn }),
        startupSeconds: variant.ContainerStartupHealthCheckTimeoutInSeconds ?? STARTUP_SECONDS,
        downloadSeconds: variant.ModelDataDownloadTimeoutInSeconds ?? DOWNLOAD_SECONDS,
      };
    }),
  };
}
