/**
 * Asks the Temporal server for `doctor`: reads alone, each with a deadline. `judge-temporal.ts` decides.
 */
import type { Connection } from '@temporalio/client';
import type { Session } from '../../client';
import { WAITS_QUEUE_SUFFIX } from '../../contract';
import { failed, notChecked, ok, type Cause, type CheckName, type Finding } from './finding';
import { judgePollers, judgeSearchAttributes, judgeUnlisted, type Poller } from './judge-temporal';

const CONNECT_LIMIT_MS = 3_000;
const READ_LIMIT_MS = 3_000;

/** Temporal's enumerations, as they are on the wire. */
const QUEUE_TYPE = { workflow: 1, activity: 2 } as const;
const VALUE_TYPES = ['Unspecified', 'Text', 'Keyword', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList'];
const NOT_FOUND = 5;

type TemporalCheck = Extract<CheckName, 'temporal' | 'namespace' | 'search-attributes' | 'workers' | 'waits-workers'>;

/** Connects once, asks everything at once, and closes when all is answered. */
export function checkTemporal(): Record<TemporalCheck, Promise<Finding>> {
  const connecting = connect();
  const ask = (read: (temporal: Temporal) => Promise<Finding>): Promise<Finding> =>
    connecting.then(async (temporal) => {
      if ('finding' in temporal) return notChecked('no connection to Temporal', 'temporal');
      try {
        return await read(temporal);
      } catch (error) {
        return judgeRefusal(error, temporal);
      }
    });
  const checks = {
    temporal: connecting.then((temporal) => ('finding' in temporal ? temporal.finding : readServer(temporal))),
    namespace: ask(readNamespace),
    'search-attributes': ask(readSearchAttributes),
    workers: ask((temporal) => readPollers(temporal, '', QUEUE_TYPE)),
    'waits-workers': ask((temporal) => readPollers(temporal, WAITS_QUEUE_SUFFIX, { activity: QUEUE_TYPE.activity })),
  };
  void Promise.allSettled(Object.values(checks)).then(async () => {
    const temporal = await connecting;
    if ('session' in temporal) await temporal.session.close();
  });
  return checks;
}

/** What is asked, of the connection that `connect` makes. */
type Services = Pick<Connection, 'workflowService' | 'operatorService' | 'withDeadline'>;

interface Temporal {
  session: Session;
  connection: Services;
  address: string;
  namespace: string;
}

async function connect(): Promise<Temporal | { finding: Finding }> {
  try {
    const [client, { addressOf }] = await Promise.all([
      import('../../client/index.js'),
      import('../../client/temporal-errors.js'),
    ]);
    const session = await client.connect({ connectTimeoutMs: CONNECT_LIMIT_MS });
    const { namespace } = session.client.options;
    return {
      session,
      connection: session.client.connection as unknown as Services,
      address: addressOf(session),
      namespace,
    };
  } catch (error) {
    return { finding: judgeError(error) };
  }
}

const CAUSE_OF: Partial<Record<string, Cause>> = { InvalidInput: 'local', AccessDenied: 'permission' };

/** Of what the client threw: its own words are good enough. */
function judgeError(error: unknown): Finding {
  const { code = '', message, why, fix } = error as { code?: string; message: string; why?: string; fix?: string };
  const cause = CAUSE_OF[code] ?? 'unreachable';
  return failed(cause, why ?? message, fix ?? 'Check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the network.');
}

async function judgeRefusal(error: unknown, { session }: Temporal): Promise<Finding> {
  if ((error as { code?: unknown }).code === NOT_FOUND) return notChecked('the namespace does not exist', 'namespace');
  const { toTemporalError } = await import('../../client/temporal-errors.js');
  return judgeError(toTemporalError(error, session));
}

async function readServer(temporal: Temporal): Promise<Finding> {
  const { connection, address } = temporal;
  try {
    const { serverVersion } = await withinLimit(temporal, () => connection.workflowService.getSystemInfo({}));
    return ok(`server ${serverVersion} at ${address}`);
  } catch (error) {
    return judgeRefusal(error, temporal);
  }
}

async function readNamespace(temporal: Temporal): Promise<Finding> {
  const { connection, namespace, address } = temporal;
  try {
    const { config } = await withinLimit(temporal, () => connection.workflowService.describeNamespace({ namespace }));
    const days = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / 86_400;
    return ok(`${namespace}, which keeps closed runs for ${String(Math.round(days * 10) / 10)} days`);
  } catch (error) {
    if ((error as { code?: unknown }).code !== NOT_FOUND) throw error;
    const create = `temporal operator namespace create --address ${address} --namespace ${namespace}`;
    return failed(
      'unreachable',
      `the namespace ${namespace} does not exist at ${address}`,
      `Set TEMPORAL_NAMESPACE to one that does, or create it: ${create}`,
    );
  }
}

async function readSearchAttributes(temporal: Temporal): Promise<Finding> {
  const { connection, namespace } = temporal;
  const list = () => connection.operatorService.listSearchAttributes({ namespace });
  let customAttributes: Awaited<ReturnType<typeof list>>['customAttributes'];
  try {
    ({ customAttributes } = await withinLimit(temporal, list));
  } catch (error) {
    if ((error as { code?: unknown }).code === NOT_FOUND) throw error;
    return judgeUnlisted(error instanceof Error ? error.message : String(error), temporal);
  }
  const types = Object.entries(customAttributes).map(([name, type]) => [name, VALUE_TYPES[type] ?? 'unknown']);
  return judgeSearchAttributes(Object.fromEntries(types) as Record<string, string>, temporal);
}

async function readPollers(temporal: Temporal, suffix: string, kinds: Record<string, number>): Promise<Finding> {
  const taskQueue = temporal.session.taskQueue + suffix;
  const answers = await Promise.all(
    Object.entries(kinds).map(async ([kind, type]) => [kind, await readPollersOf(temporal, taskQueue, type)] as const),
  );
  return judgePollers(taskQueue, Object.fromEntries(answers));
}

async function readPollersOf(temporal: Temporal, taskQueue: string, type: number): Promise<Poller[]> {
  const { connection, namespace } = temporal;
  const ask = () =>
    connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the enumeration is in a package of types alone
      taskQueueType: type,
    });
  const { pollers } = await withinLimit(temporal, ask);
  const nowSeconds = Date.now() / 1_000;
  return pollers.map(({ identity, lastAccessTime, deploymentOptions, workerVersionCapabilities }) => ({
    identity: identity ?? 'unknown',
    buildId: deploymentOptions?.buildId ?? workerVersionCapabilities?.buildId ?? undefined,
    // The server's clock may be ahead of this machine's.
    ageSeconds: Math.max(0, nowSeconds - Number(lastAccessTime?.seconds ?? 0)),
  }));
}

function withinLimit<T>({ connection }: Temporal, call: () => Promise<T>): Promise<T> {
  return connection.withDeadline(Date.now() + READ_LIMIT_MS, call);
}
