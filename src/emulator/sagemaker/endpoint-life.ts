/**
 * One endpoint from its creation to its deletion: which fleet serves, and how one takes the other's place. Each status is
 * written down before what follows from it.
 */
import type { EndpointStatus } from '@aws-sdk/client-sagemaker';
import type { EndpointEnd, EndpointScript } from '../control/outcome-rules';
import { DISK_FULL, isDiskFull } from '../disk';
import { DeploymentFailed } from './deployment-failed';
import type { Deployment } from './deployment';
import type { EndpointRecord } from './endpoint-record';
import { startFleet } from './fleet';
import type { Fleet } from './fleet';
import type { Life } from './life';
import { openProgramLog } from './program-log';
import type { Resources } from './resources';

export interface EndpointLife {
  /** What answers invocations. */
  fleet(): Fleet | undefined;
  /** Brings the pending deployment of a record that is Creating or Updating into service. */
  deploy(): void;
  /** Has the endpoint go through a script from now on, whatever it is in. */
  follow(script: EndpointScript): void;
  /** Takes down an endpoint whose record is Deleting; settles when nothing of it goes on, and never rejects. */
  delete(): Promise<void>;
  /** Ends what goes on; for the emulator's end. */
  drain(): Promise<void>;
}

const INTERNAL_REASON = 'Request to service failed. If failure persists after retry, contact customer support.';

/** For an endpoint that is new, or that a life of the emulator before this one has left. */
export function startEndpointLife(life: Life, endpoints: Resources<EndpointRecord>, name: string): EndpointLife {
  const { world, phases, waits, closing } = life;
  let live: Fleet | undefined;
  let coming: Fleet | undefined;
  const work = new Set<Promise<void>>();
  /** Aborted when something else is to become of the endpoint. */
  let turn = new AbortController();

  const takeTurn = (): AbortSignal => {
    turn.abort();
    turn = new AbortController();
    return AbortSignal.any([turn.signal, closing]);
  };

  const change = (edit: (endpoint: EndpointRecord) => EndpointRecord): void => {
    // After the emulator's end nothing is written: the next one finds the endpoint as it was.
    closing.throwIfAborted();
    // It has happened whether there is room to write it down or not.
    endpoints.change(name, (endpoint) => ({ ...edit(endpoint), lastModifiedTime: world.clock.now() }), {
      eventually: true,
    });
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
    const mine = takeTurn();
    const phase = live === undefined ? 'Creating' : 'Updating';
    const fleet = startFleet(life, name, pending, false);
    coming = fleet;
    const [outcome] = await Promise.allSettled([fleet.ready, phases.last(phase, pending.startTime, mine)]);
    closing.throwIfAborted();
    if (mine.aborted) return fleet.stop();
    if (outcome.status === 'rejected') return giveUp(outcome.reason);
    await serve(fleet);
  };

  /** From now on this fleet answers, and the one before it ends. */
  const serve = async (fleet: Fleet): Promise<void> => {
    const old = live;
    live = fleet;
    coming = undefined;
    change(({ pending: _pending, failureReason: _failureReason, ...endpoint }) => ({
      ...endpoint,
      status: 'InService',
      live: fleet.deployment,
    }));
    await old?.stop();
  };

  const goByScript = async ({ steps = [], end }: EndpointScript): Promise<void> => {
    const mine = takeTurn();
    const writeLog = openProgramLog(world, `/aws/sagemaker/Endpoints/${name}`, 'AllTraffic/i-scripted');
    for (const { status, durationMs, failureReason, logLines } of steps) {
      change((endpoint) => ({ ...endpoint, ...told(status, failureReason) }));
      if (logLines !== undefined) writeLog(logLines);
      const since = world.clock.now();
      if (!(await waits.until(() => since + durationMs, mine))) return;
    }
    if (end !== undefined) await endScript(end);
  };

  const endScript = async ({ status, serves = 'new', failureReason }: EndpointEnd): Promise<void> => {
    const pending = endpoints.find(name)?.pending;
    if (status === 'InService' && serves === 'new' && pending !== undefined) {
      await serve(startFleet(life, name, { ...pending, simulated: true }, false));
      return;
    }
    change(({ pending: abandoned, ...endpoint }) => ({
      ...endpoint,
      // An endpoint that never served goes on to name what it was to serve.
      ...(endpoint.live === undefined && abandoned !== undefined && { pending: abandoned }),
      ...told(status, failureReason),
    }));
  };

  const giveUp = async (error: unknown): Promise<void> => {
    const failureReason = describeFailure(error);
    if (isDiskFull(error)) world.warn(`a deployment failed: ${DISK_FULL} [endpoint=${name}]`);
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
    const mine = AbortSignal.any([turn.signal, closing]);
    if (!(await phases.last('Updating', world.clock.now(), mine))) return;
    change(({ pending: _pending, ...endpoint }) => ({ ...endpoint, status: 'InService' }));
  };

  const takeDown = async (): Promise<void> => {
    takeTurn();
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
    if (pending === undefined) return;
    const script = life.outcomes?.ofEndpoint(name, live === undefined ? 'create' : 'update');
    goOn(() => (script === undefined ? deploy(pending) : goByScript(script)));
  };

  const resume = (): void => {
    const endpoint = endpoints.find(name);
    if (endpoint === undefined) return;
    if (endpoint.status === 'Deleting') goOn(takeDown);
    else {
      if (endpoint.live !== undefined) live = startFleet(life, name, endpoint.live, true);
      if (endpoint.status === 'RollingBack') goOn(rollBack);
      else if (endpoint.status === 'SystemUpdating') change((present) => ({ ...present, status: 'InService' }));
      else if (endpoint.status !== 'Failed') deployPending();
    }
  };

  resume();
  return {
    fleet: () => live,
    deploy: deployPending,
    follow: (script) => {
      goOn(() => goByScript(script));
    },
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

function describeFailure(error: unknown): string {
  if (error instanceof DeploymentFailed) return error.message;
  return isDiskFull(error) ? `No space left on device: ${DISK_FULL}` : INTERNAL_REASON;
}

/** A test may script a word that AWS has not got yet. */
function told(status: string, failureReason: string | undefined): { status: EndpointStatus; failureReason?: string } {
  return { status: status as EndpointStatus, ...(failureReason !== undefined && { failureReason }) };
}
