/**
 * One endpoint from its creation to its deletion: which fleet serves, and how one takes the other's place. Each status is
 * written down before what follows from it.
 */
import { DeploymentFailed } from './deployment-failed';
import type { Deployment } from './deployment';
import type { EndpointRecord } from './endpoint-record';
import { startFleet } from './fleet';
import type { Fleet } from './fleet';
import type { Life } from './life';
import type { Resources } from './resources';

export interface EndpointLife {
  /** What answers invocations. */
  fleet(): Fleet | undefined;
  /** Brings the pending deployment of a record that is Creating or Updating into service. */
  deploy(): void;
  /** Takes down an endpoint whose record is Deleting; settles when nothing of it goes on, and never rejects. */
  delete(): Promise<void>;
  /** Ends what goes on; for the emulator's end. */
  drain(): Promise<void>;
}

const INTERNAL_REASON = 'Request to service failed. If failure persists after retry, contact customer support.';

/** For an endpoint that is new, or that a life of the emulator before this one has left. */
export function startEndpointLife(life: Life, endpoints: Resources<EndpointRecord>, name: string): EndpointLife {
  const { world, phases, closing } = life;
  let live: Fleet | undefined;
  let coming: Fleet | undefined;
  const work = new Set<Promise<void>>();

  const change = (edit: (endpoint: EndpointRecord) => EndpointRecord): void => {
    // After the emulator's end nothing is written: the next one finds the endpoint as it was.
    closing.throwIfAborted();
    endpoints.change(name, (endpoint) => ({ ...edit(endpoint), lastModifiedTime: world.clock.now() }));
  };

  const goOn = (step: () => Promise<void>): void => {
    const going = step()
      .catch((error: unknown) => {
        if (!closing.aborted) world.warn(`an endpoint could not go on: ${String(error)} [endpoint=${name}]`);
      })
      .finally(() => work.delete(going));
    work.add(going);
  };

  const deploy = async (pending: Deployment): Promise<void> => {
    const phase = live === undefined ? 'Creating' : 'Updating';
    coming = startFleet(life, name, pending, false);
    const [outcome] = await Promise.allSettled([coming.ready, phases.last(phase, pending.startTime, closing)]);
    closing.throwIfAborted();
    if (outcome.status === 'rejected') return giveUp(outcome.reason);
    const old = live;
    live = coming;
    coming = undefined;
    change(({ pending: _pending, failureReason: _failureReason, ...endpoint }) => ({
      ...endpoint,
      status: 'InService',
      live: pending,
    }));
    await old?.stop();
  };

  const giveUp = async (error: unknown): Promise<void> => {
    const failureReason = error instanceof DeploymentFailed ? error.message : INTERNAL_REASON;
    if (failureReason === INTERNAL_REASON) {
      world.warn(`a deployment failed by the emulator's own fault: ${String(error)} [endpoint=${name}]`);
    }
    const failed = coming;
    coming = undefined;
    if (live === undefined) change((endpoint) => ({ ...endpoint, status: 'Failed', failureReason }));
    else {
      change((endpoint) => ({ ...endpoint, status: 'RollingBack', failureReason }));
      await rollBack();
    }
    await failed?.stop();
  };

  const rollBack = async (): Promise<void> => {
    await phases.last('Updating', world.clock.now(), closing);
    change(({ pending: _pending, ...endpoint }) => ({ ...endpoint, status: 'InService' }));
  };

  const takeDown = async (): Promise<void> => {
    const since = world.clock.now();
    const fleet = live;
    live = undefined;
    await fleet?.stop();
    await phases.last('Deleting', since, closing);
    closing.throwIfAborted();
    endpoints.delete(name);
  };

  const deployPending = (): void => {
    const pending = endpoints.find(name)?.pending;
    if (pending !== undefined) goOn(() => deploy(pending));
  };

  const resume = (): void => {
    const endpoint = endpoints.find(name);
    if (endpoint === undefined) return;
    if (endpoint.status === 'Deleting') goOn(takeDown);
    else {
      if (endpoint.live !== undefined) live = startFleet(life, name, endpoint.live, true);
      if (endpoint.status === 'RollingBack') goOn(rollBack);
      else if (endpoint.status !== 'Failed') deployPending();
    }
  };

  resume();
  return {
    fleet: () => live,
    deploy: deployPending,
    async delete() {
      goOn(takeDown);
      await Promise.all(work);
    },
    async drain() {
      await Promise.all([live?.stop(), coming?.stop()]);
      await Promise.all(work);
    },
  };
}
