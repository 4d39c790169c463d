/**
 * All variants of one deployment: started together, picked by weight, stopped when the last invocation is answered.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { asRole } from '../identity/act-as';
import { settleWithin } from '../processes/program-end';
import type { ServingAddress } from '../processes/serving-program';
import type { Deployment } from './deployment';
import type { Life } from './life';
import { startServingVariant } from './serving-variant';
import type { ServingVariant } from './serving-variant';

export interface Fleet {
  deployment: Deployment;
  /** Settles when all variants are in service; rejects with DeploymentFailed when one does not come into service. */
  ready: Promise<void>;
  /** The name of the variant that answers the next invocation; undefined where none has the wanted name. */
  pick(wanted?: string): string | undefined;
  /** Calls with the variant's address, undefined while nothing answers there; the fleet is not stopped meanwhile. */
  use<Answer>(variant: string, invoke: (address: ServingAddress | undefined) => Promise<Answer>): Promise<Answer>;
  /** Never rejects. */
  stop(): Promise<void>;
}

export function startFleet(life: Life, endpointName: string, deployment: Deployment, recovering: boolean): Fleet {
  const folder = path.join(life.processFolder, 'hosting', endpointName, deployment.id);
  const variants: ServingVariant[] = deployment.simulated
    ? []
    : deployment.variants.map((plan) =>
        startServingVariant(
          { ...life, world: asRole(life.world, plan.roleArn) },
          { endpointName, plan, folder: path.join(folder, plan.name), recovering },
        ),
      );
  const inFlight = new Set<Promise<unknown>>();
  const ready = Promise.all(variants.map((variant) => variant.ready)).then(() => undefined);
  // Told to whoever awaits it; a fleet that is stopped first has nobody.
  ready.catch(() => undefined);
  return {
    deployment,
    ready,
    pick(wanted) {
      const plans = deployment.variants;
      if (wanted !== undefined) return plans.find(({ name }) => name === wanted)?.name;
      const total = plans.reduce((sum, { weight }) => sum + weight, 0);
      let point = Math.random() * total;
      return (plans.find(({ weight }) => (point -= weight) < 0) ?? plans[0])?.name;
    },
    async use(name, invoke) {
      const answer = invoke(variants.find(({ plan }) => plan.name === name)?.address());
      inFlight.add(answer);
      try {
        return await answer;
      } finally {
        inFlight.delete(answer);
      }
    },
    async stop() {
      if (!life.closing.aborted) await settleWithin(Promise.allSettled([...inFlight]), life.limits.invocationMs);
      await Promise.all(variants.map((variant) => variant.stop()));
      // At the emulator's end the files stay: the next life serves from them.
      if (life.closing.aborted) return;
      try {
        await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      } catch (error) {
        life.world.warn(`files of an ended process could not be removed: ${String(error)} [endpoint=${endpointName}]`);
      }
    },
  };
}
