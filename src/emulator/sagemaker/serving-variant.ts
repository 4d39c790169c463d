/**
 * One variant of a deployment in service: its model data brought, its `serve` started, pinged until it answers, and
 * started again when it dies.
 */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { settleWithin } from '../processes/program-end';
import { buildProgramEnvironment } from '../processes/program-environment';
import { startServingProgram } from '../processes/serving-program';
import type { ServingAddress, ServingProgram } from '../processes/serving-program';
import type { VariantPlan } from './deployment';
import { DeploymentFailed } from './deployment-failed';
import { resolveImage } from './images';
import type { Life } from './life';
import { bringModelData } from './model-data';
import { openProgramLog } from './program-log';

export interface ServingVariant {
  plan: VariantPlan;
  /** Settles when the variant is in service; rejects with DeploymentFailed when it does not come into service. */
  ready: Promise<void>;
  /** Undefined while nothing answers: not yet, or not again. */
  address(): ServingAddress | undefined;
  /** Ends the process, first asked and then forced. Never rejects. */
  stop(): Promise<void>;
}

export interface VariantOptions {
  endpointName: string;
  plan: VariantPlan;
  folder: string;
  /** It was in service before the emulator was started anew: it is started again until it answers. */
  recovering: boolean;
}

const PING_INTERVAL_MS = 100;
const MAX_BACKOFF_MS = 10_000;
const FIRST_BACKOFF_MS = 200;

export function startServingVariant(life: Life, options: VariantOptions): ServingVariant {
  const { world } = life;
  const { endpointName, plan, folder } = options;
  const stopping = new AbortController();
  const ending = AbortSignal.any([stopping.signal, life.closing]);
  const isOver = (): boolean => ending.aborted;
  const instance = `i-${randomBytes(9).toString('hex').slice(0, 17)}`;
  const writeLog = openProgramLog(world, `/aws/sagemaker/Endpoints/${endpointName}`, `${plan.name}/${instance}`);
  let program: ServingProgram | undefined;
  let address: ServingAddress | undefined;

  /** Starts `serve` and settles when it answers. */
  const startOnce = async (): Promise<ServingProgram> => {
    const imageFolder = resolveImage(world, plan.container.Image ?? '');
    if (imageFolder === undefined) {
      throw new DeploymentFailed(`The image '${plan.container.Image ?? ''}' does not exist.`);
    }
    await layOutModel(life, options, ending);
    ending.throwIfAborted();
    const started = await startServingProgram(life.launcher, {
      command: [path.join(imageFolder, 'serve')],
      workingFolder: imageFolder,
      env: buildServingEnvironment(life, options, imageFolder),
      baseFolder: path.join(folder, 'ml'),
      scratchFolder: path.join(folder, 'scratch'),
      onLines: writeLog,
    });
    program = started;
    if (await isHealthyWithin(started, plan.startupSeconds * 1_000, ending)) return started;
    started.signal('SIGKILL');
    await started.ended;
    throw new DeploymentFailed(
      `The primary container for production variant ${plan.name} did not pass the ping health check. Please check ` +
        'CloudWatch logs for this endpoint.',
    );
  };

  /** Serves until the end, over and over; rejects where it never comes to serve. */
  const serve = async (becomeReady: () => void): Promise<void> => {
    let hasServed = options.recovering;
    let backoffMs = FIRST_BACKOFF_MS;
    while (!ending.aborted) {
      const since = performance.now();
      const trouble = await startOnce().then(
        async (started) => {
          hasServed = true;
          address = started.address();
          becomeReady();
          await started.ended;
          address = undefined;
          return 'it ended by itself';
        },
        (error: unknown) => {
          if (!hasServed) throw error;
          return String(error);
        },
      );
      if (isOver()) return;
      world.warn(`a serving process is started again: ${trouble} [endpoint=${endpointName}, variant=${plan.name}]`);
      await pause(backoffMs, undefined, { signal: ending }).catch(() => undefined);
      // One that crashes soon after each start is not started ever faster.
      backoffMs =
        performance.now() - since > MAX_BACKOFF_MS ? FIRST_BACKOFF_MS : Math.min(backoffMs * 2, MAX_BACKOFF_MS);
    }
  };

  let over: Promise<void> = Promise.resolve();
  const ready = new Promise<void>((resolve, reject) => {
    over = serve(resolve).then(() => {
      // Without effect on one that was in service.
      reject(new Error('the endpoint was taken down before it was in service'));
    }, reject);
  });
  const kill = (): void => program?.signal('SIGKILL');
  life.closing.addEventListener('abort', kill, { once: true });
  void over.then(() => {
    life.closing.removeEventListener('abort', kill);
  });
  return {
    plan,
    ready,
    address: () => address,
    async stop() {
      stopping.abort();
      address = undefined;
      program?.signal(life.closing.aborted ? 'SIGKILL' : 'SIGTERM');
      if (!(await settleWithin(over, life.limits.servingStopMs))) program?.signal('SIGKILL');
      await over;
    },
  };
}

/** Brings the model data, unless a life before this one has done so. */
async function layOutModel(life: Life, { plan, folder }: VariantOptions, signal: AbortSignal): Promise<void> {
  const done = path.join(folder, 'complete');
  if (await stat(done).catch(() => undefined)) return;
  const modelFolder = path.join(folder, 'ml', 'model');
  await rm(folder, { recursive: true, force: true });
  await mkdir(modelFolder, { recursive: true });
  await mkdir(path.join(folder, 'home'), { recursive: true });
  await bringModelData(life.world, plan.container, modelFolder, plan.downloadSeconds, signal);
  await writeFile(done, '');
}

function buildServingEnvironment(
  life: Life,
  { plan, folder }: VariantOptions,
  imageFolder: string,
): Record<string, string> {
  const ownNetwork = life.launcher.isolation.ownNetwork;
  return {
    ...buildProgramEnvironment({
      imageFolder,
      homeFolder: path.join(folder, 'home'),
      region: life.world.region,
      // In a network of its own there is nothing to be reached.
      ...(ownNetwork ? {} : { endpointUrl: life.world.endpointUrl() }),
    }),
    ...plan.container.Environment,
  };
}

async function isHealthyWithin(program: ServingProgram, limitMs: number, signal: AbortSignal): Promise<boolean> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const ended = program.ended.then(() => 'ended' as const);
  while (!limit.aborted) {
    if (await program.ping()) return true;
    const next = pause(PING_INTERVAL_MS, 'again' as const, { signal: limit }).catch(() => 'late' as const);
    if ((await Promise.race([ended, next])) !== 'again') return false;
  }
  return false;
}
