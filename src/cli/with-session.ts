/**
 * A session with Temporal for as long as a command needs it. Loads the client, which is heavy, only now; the commands
 * that look at runs or start them get both.
 */
import type * as Client from '../client';
import type { Run, Session } from '../client';
import type { CommonOptions, Invocation } from './invocation';
import type { Output } from './output';

/** The client's module, loaded. */
export type ClientModule = typeof Client;

/** Connects as the environment says, lets `use` work, and closes. */
export async function withSession<Options extends CommonOptions, T>(
  { env, output }: Invocation<Options>,
  use: (session: Session, client: ClientModule) => Promise<T>,
): Promise<T> {
  output.note(`connecting to Temporal${env.TEMPORAL_ADDRESS === undefined ? '' : ` at ${env.TEMPORAL_ADDRESS}`}`);
  const client = await import('../client/index.js');
  // Without a region: it is the spec that asks for one, else the worker's counts, whatever this shell has set.
  const session = await client.connect();
  try {
    return await use(session, client);
  } finally {
    await session.close();
  }
}

/** Says so where nobody is there to do what a run is asked to do: waiting for it may then take for ever. */
export async function warnWithoutWorker(run: Run, output: Output): Promise<void> {
  const { notice } = await run.progress();
  if (notice !== undefined) output.emit({ type: 'warning', message: notice });
}

/** The run's page in the Temporal UI, where the environment says where the UI is. */
export function runUrl(env: NodeJS.ProcessEnv, namespace: string, run: RunCoordinates): string | undefined {
  const base = env.TEMPORAL_SAGEMAKER_UI_URL;
  if (base === undefined || base === '') return undefined;
  const at = [namespace, 'workflows', run.workflowId, run.runId].map(encodeURIComponent).join('/');
  return `${base.replace(/\/+$/, '')}/namespaces/${at}/history`;
}

interface RunCoordinates {
  workflowId: string;
  runId: string;
}
