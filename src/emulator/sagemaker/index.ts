/**
 * SageMaker and its runtime: the handlers that `server.ts` calls, and the life behind them, which goes on from what the
 * world's records hold.
 */
import { setMaxListeners } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Outcomes } from '../control/outcomes';
import { probeIsolation } from '../processes/isolation';
import type { Isolation } from '../processes/launcher';
import { createLauncher } from '../processes/launcher';
import { settleWithin } from '../processes/program-end';
import { killLeftovers, nameFolder } from '../processes/marker';
import type { Handlers, World } from '../world';
import { openEndpointConfigs } from './endpoint-configs';
import { openEndpoints } from './endpoints';
import { openRuntime } from './invoke-endpoint';
import { AWS_LIMITS } from './life';
import type { Life, LifeLimits } from './life';
import { openModels } from './models';
import { openPhases } from './phases';
import { openTags } from './tags';
import { openTrainingJobs } from './training-jobs';
import { openWaits } from './waits';

export interface SageMaker {
  handlers: { sagemaker: Handlers; runtime: Handlers };
  /** Ends all processes; jobs and endpoints stay as they are for the next life. */
  close: () => Promise<void>;
}

export interface SageMakerOptions {
  /** In place of AWS's own. */
  limits?: Partial<LifeLimits>;
  /** In place of what the host is found to allow. */
  isolation?: Isolation;
  /** Lives that a test has written. */
  outcomes?: Outcomes;
}

/** Processes that are killed end at once, but for those that wait for a broken disk. */
const CLOSE_LIMIT_MS = 15_000;

/** One at a time works in the world's folder; what one before it left running is ended first. */
export async function startSageMaker(world: World, options: SageMakerOptions = {}): Promise<SageMaker> {
  const processFolder = path.join(world.folder, 'processes');
  mkdirSync(processFolder, { recursive: true });
  const folderName = nameFolder(world.folder);
  const leftovers = killLeftovers(folderName);
  if (leftovers > 0) world.warn(`${String(leftovers)} processes of an earlier emulator were ended`);
  rmSync(path.join(processFolder, 'training'), { recursive: true, force: true });

  const isolation = options.isolation ?? (await probeIsolation(processFolder));
  tellIsolation(world, isolation);
  const waits = openWaits(world.clock);
  const closing = new AbortController();
  // Every job and endpoint that is between two states listens; Node takes more than ten for a leak.
  setMaxListeners(0, closing.signal);
  const life: Life = {
    world,
    launcher: createLauncher(isolation, folderName),
    waits,
    phases: openPhases(world.clock, waits),
    processFolder,
    closing: closing.signal,
    limits: { ...AWS_LIMITS, ...options.limits },
    ...(options.outcomes && { outcomes: options.outcomes }),
  };
  const jobs = openTrainingJobs(life);
  const { models, handlers: modelHandlers } = openModels(world);
  const { configs, handlers: configHandlers } = openEndpointConfigs(world, models);
  const endpoints = openEndpoints(life, models, configs);
  return {
    handlers: {
      sagemaker: { ...jobs.handlers, ...modelHandlers, ...configHandlers, ...endpoints.handlers, ...openTags(world) },
      runtime: openRuntime(life, endpoints),
    },
    async close() {
      closing.abort();
      waits.close();
      if (!(await settleWithin(Promise.all([jobs.drain(), endpoints.drain()]), CLOSE_LIMIT_MS))) {
        world.warn(`not all processes had ended after ${String(CLOSE_LIMIT_MS)} ms`);
      }
    },
  };
}

function tellIsolation(world: World, { ownOptMl, ownNetwork }: Isolation): void {
  if (!ownOptMl) {
    world.warn('this host allows no namespaces: algorithms find /opt/ml at SAGEMAKER_BASE_DIR instead');
  }
  if (!ownNetwork) {
    world.warn('this host allows no network namespaces: serving algorithms should listen on SAGEMAKER_BIND_TO_PORT');
  }
}
