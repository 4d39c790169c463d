/**
 * The way to Temporal: a connected client and the task queue on which workers wait. Configured by Temporal's own
 * environment profile; handed to estimators, runs and predictors.
 */
import { Client, Connection, type ClientOptions, type ConnectionOptions } from '@temporalio/client';
import type { DataConverter, PayloadCodec } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { TASK_QUEUE } from '../contract';
import {
  createDataConverter,
  createKeylessConverter,
  PayloadError,
  payloadCodecFromEnvironment,
} from '../payload-codec';
import { SageMakerError } from './errors';
import { addressOf, toTemporalError } from './temporal-errors';

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * What is needed to start runs and to look at them. Made by {@link connect}, or by hand around a client that one
 * already has. Sessions share nothing.
 */
export interface Session {
  /** Connected, with the namespace of the runs. */
  readonly client: Client;
  /** Task queue on which the workers wait. */
  readonly taskQueue: string;
  /** AWS region of runs and predictions. Absent: the worker's own, and the AWS SDK's chain for predictions and logs. */
  readonly region?: string;
  /** Ends the connection; runs go on. */
  close(): Promise<void>;
}

/** Options of {@link connect}. Each one wins over its environment variable and over the profile. */
export interface ConnectOptions {
  /** `host:port`. @default `TEMPORAL_ADDRESS`, the profile, `localhost:7233` */
  address?: string;
  /** @default `TEMPORAL_NAMESPACE`, the profile, `default` */
  namespace?: string;
  /** Profile of Temporal's configuration file. @default `TEMPORAL_PROFILE`, `default` */
  profile?: string;
  /** @default `TEMPORAL_SAGEMAKER_TASK_QUEUE`, `sagemaker` */
  taskQueue?: string;
  /** AWS region. */
  region?: string;
  /** Milliseconds until an attempt to connect is given up. @default 5000 */
  connectTimeoutMs?: number;
  /** Further settings of the connection, such as TLS; they win over the profile. */
  connection?: Omit<ConnectionOptions, 'address' | 'connectTimeout'>;
  /**
   * Encrypts what is handed to Temporal, failures included, and decrypts what comes back; the workers need the same keys.
   * Made by {@link createPayloadCodec}, or one of your own.
   *
   * @default by the key file that `TEMPORAL_SAGEMAKER_PAYLOAD_KEYS` names; without one, nothing is encrypted
   */
  payloadCodec?: PayloadCodec;
  /** Further settings of the client. Its `dataConverter` takes the place of `payloadCodec`. */
  clientOptions?: Omit<ClientOptions, 'connection' | 'namespace'>;
  /** A client that one already has: nothing is connected, `close` leaves it open, and its data converter stays. */
  client?: Client;
}

/**
 * Connects to Temporal as its command line does: by the environment (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`,
 * `TEMPORAL_API_KEY`, `TEMPORAL_TLS…`) and the profile file.
 *
 * Where no server answers within `connectTimeoutMs`, nothing is left behind.
 *
 * @throws {@link SageMakerError} `TemporalUnreachable` with the address; `InvalidInput` where the profile or the
 * key file cannot be read, or options contradict each other
 * @see https://docs.temporal.io/develop/environment-configuration
 *
 * @example
 * ```ts
 * import { connect, Run } from 'temporal-sagemaker/client';
 *
 * const session = await connect({ region: 'eu-central-1' });
 * try {
 *   const run = await Run.attach(session, 'digits-2026-03-01-12-00-00-000-k3j9x2ab');
 *   console.log((await run.progress()).stage);
 * } finally {
 *   await session.close();
 * }
 * ```
 */
export async function connect(options: ConnectOptions = {}): Promise<Session> {
  const taskQueue = options.taskQueue ?? nonEmpty(process.env.TEMPORAL_SAGEMAKER_TASK_QUEUE) ?? TASK_QUEUE;
  const region = options.region === undefined ? {} : { region: options.region };
  refuseTwoConverters(options);
  if (options.client) {
    return { client: options.client, taskQueue, ...region, close: () => Promise.resolve() };
  }

  const dataConverter = options.clientOptions?.dataConverter ?? findDataConverter(options.payloadCodec);
  const profile = loadProfile(options.profile);
  const address = options.address ?? profile.address;
  const connection = Connection.lazy({
    ...profile.connection,
    ...options.connection,
    ...(address !== undefined && { address }),
    connectTimeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
  });
  const namespace = options.namespace ?? profile.namespace;
  const client = new Client({
    ...options.clientOptions,
    dataConverter,
    connection,
    ...(namespace !== undefined && { namespace }),
  });
  const session: Session = { client, taskQueue, ...region, close: () => connection.close() };
  try {
    await connection.ensureConnected();
  } catch (error) {
    await connection.close();
    throw toConnectError(error, session);
  }
  return session;
}

function toConnectError(error: unknown, session: Session): SageMakerError {
  const known = toTemporalError(error, session);
  // Not reaching the server at all is told as a plain error, without a gRPC status.
  if (known.code !== 'Internal') return known;
  const at = `[address=${addressOf(session)}, namespace=${session.client.options.namespace}]`;
  const reason = error instanceof Error ? error.message : String(error);
  return new SageMakerError('TemporalUnreachable', `No connection to Temporal: ${reason} ${at}`, {
    fix: 'Start a server (temporal server start-dev) or set TEMPORAL_ADDRESS to the address of one.',
    cause: error,
  });
}

/** Of two, one would go unused, and it might be the one that encrypts. */
function refuseTwoConverters({ client, payloadCodec, clientOptions }: ConnectOptions): void {
  if (!payloadCodec) return;
  const other = client ? 'client' : clientOptions?.dataConverter && 'clientOptions.dataConverter';
  if (other === undefined) return;
  throw new SageMakerError('InvalidInput', `The session cannot have both payloadCodec and ${other}.`, {
    fix: 'Give one of them; createDataConverter makes a data converter of a payload codec.',
  });
}

function findDataConverter(given: PayloadCodec | undefined): DataConverter {
  try {
    const codec = given ?? payloadCodecFromEnvironment(process.env);
    return codec ? createDataConverter(codec) : createKeylessConverter();
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    const { code, why, fix, problems } = error;
    throw new SageMakerError(code, `${why}.`, { fix, problems: [...problems], cause: error });
  }
}

interface Profile {
  address?: string;
  namespace?: string;
  connection: ConnectionOptions;
}

function loadProfile(profile: string | undefined): Profile {
  try {
    const { namespace, connectionOptions } = loadClientConnectConfig(profile === undefined ? {} : { profile });
    const { address, apiKey, tls, metadata } = connectionOptions;
    return {
      ...(address !== undefined && { address }),
      ...(namespace !== undefined && { namespace }),
      connection: {
        ...(apiKey !== undefined && { apiKey }),
        ...(tls !== undefined && { tls }),
        ...(metadata !== undefined && { metadata }),
      },
    };
  } catch (error) {
    throw new SageMakerError('InvalidInput', `Temporal's configuration cannot be read: ${String(error)}`, {
      fix: 'Check TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE and the TEMPORAL_TLS variables.',
      cause: error,
    });
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
