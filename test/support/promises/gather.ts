/**
 * Gathers the checker's evidence: the journal and all that stands from the emulator's control paths, where no fault
 * reaches, and the runs from Temporal. Remembers what cannot change any more, so that a check after each test costs
 * little.
 */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { RUN_TAG } from '../../../src/contract';
import type { EmulatorControl, JournalEntry, StandingResource } from '../../../src/emulator';
import {
  isClosed,
  type Evidence,
  type Exemption,
  type RunEvidence,
  type RunStatus,
  type SageMakerKind,
  type Standing,
} from './evidence';
import { readRun } from './read-history';
import { readWrites } from './writes';

/** Where the runs of a test are, and the AWS that they meet. */
export interface World {
  control: Pick<EmulatorControl, 'calls' | 'resources' | 'defects'>;
  client: Client;
  taskQueues: string[];
  /** The runs, where others have gone the same way that met another AWS. @default all on the task queues */
  workflowIds?: string[];
  /** What the test itself has broken, by Workflow Id, each with the reason. */
  exempt?: Record<string, Exemption>;
  /** Names of what was there before, and is to be left alone. */
  foreignNames?: string[];
}

/** A server that was killed or frozen by a test, and is not back, would hold the check up for ever. */
const ANSWER_LIMIT_MS = 45_000;

/** Reads everything once. */
export function gatherEvidence(world: World): Promise<Evidence> {
  return openGathering(world).gather();
}

export interface Gathering {
  /** True where AWS was called since the last look. */
  hasNews(): Promise<boolean>;
  /** Everything, or with `closedOnly` only the histories of runs that have ended. */
  gather(options?: { closedOnly?: boolean }): Promise<Evidence>;
}

export function openGathering(world: World): Gathering {
  const journal: JournalEntry[] = [];
  const ended = new Map<string, RunEvidence>();

  const readJournal = async (): Promise<number> => {
    const further = await world.control.calls({ since: journal.length });
    journal.push(...further);
    return further.length;
  };

  async function readRuns(isWhole: boolean): Promise<RunEvidence[]> {
    const runs: RunEvidence[] = [];
    for (const listed of await listRuns(world)) {
      const known = ended.get(listed.runId);
      if (known) runs.push(known);
      else if (!isWhole && !isClosed(listed)) runs.push(listed);
      else runs.push(await read(listed.workflowId, listed.runId));
    }
    // The list lags behind; a tag names its run at once.
    const named = new Set(runs.map(({ tag }) => tag));
    for (const tag of isWhole ? readTags(journal) : []) {
      if (named.has(tag)) continue;
      const found = await findByTag(tag);
      if (found) runs.push(found);
    }
    return runs;
  }

  async function read(workflowId: string, runId: string): Promise<RunEvidence> {
    const run = await readRun(world.client, workflowId, runId);
    if (isClosed(run)) ended.set(runId, run);
    return run;
  }

  async function findByTag(tag: string): Promise<RunEvidence | undefined> {
    const at = tag.lastIndexOf('/');
    const [workflowId, runId] = [tag.slice(0, at), tag.slice(at + 1)];
    try {
      return await read(workflowId, runId);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      if (isOfOthers(error)) return { ...UNREAD, workflowId, runId, tag };
      throw error;
    }
  }

  return {
    hasNews: async () => (await readJournal()) > 0,
    gather: ({ closedOnly = false } = {}) =>
      world.client.withDeadline(Date.now() + ANSWER_LIMIT_MS, async () => {
        // The runs first: what they say must be true of what stands afterwards.
        const runs = await readRuns(!closedOnly);
        const resources = (await world.control.resources()).map(asStanding);
        await readJournal();
        return {
          journal,
          resources,
          runs,
          defects: await world.control.defects(),
          isWhole: !closedOnly,
          ...(world.exempt && { exempt: world.exempt }),
          ...(world.foreignNames && { foreignNames: world.foreignNames }),
        };
      }),
  };
}

/** A run on a task queue that is not this world's, with a codec of its own: nobody here can judge it. */
function isOfOthers(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unknown encoding: ');
}

const STATUSES: Partial<Record<string, RunStatus>> = {
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
  TERMINATED: 'Terminated',
  TIMED_OUT: 'TimedOut',
  CONTINUED_AS_NEW: 'ContinuedAsNew',
  PAUSED: 'Paused',
};

const UNREAD: Omit<RunEvidence, 'workflowId' | 'runId'> = {
  type: '',
  status: 'Running',
  tag: '',
  startedAt: new Date(0).toISOString(),
  isChained: false,
  isRead: false,
  plans: [],
  cancelRequested: false,
};

/** The executions of the world: those that are named, or all on its task queues, as far as the list shows them. */
async function listRuns({ client, taskQueues, workflowIds }: World): Promise<RunEvidence[]> {
  if (workflowIds) return Promise.all(workflowIds.map((workflowId) => readRun(client, workflowId)));
  const queues = taskQueues.map((queue) => `'${queue}'`).join(', ');
  const runs: RunEvidence[] = [];
  for await (const info of client.workflow.list({ query: `TaskQueue IN (${queues})` })) {
    runs.push({
      ...UNREAD,
      workflowId: info.workflowId,
      runId: info.runId,
      type: info.type,
      status: STATUSES[info.status.name] ?? 'Running',
      startedAt: info.startTime.toISOString(),
    });
  }
  return runs;
}

/** Tags of what workers made. */
function readTags(journal: JournalEntry[]): Set<string> {
  const made = readWrites(journal).filter(
    ({ verb, isOurs, isEffective }) => verb === 'create' && isOurs && isEffective,
  );
  return new Set(made.flatMap(({ tag }) => tag ?? []));
}

const KINDS: Record<StandingResource['kind'], SageMakerKind> = {
  'training-job': 'training job',
  model: 'model',
  'endpoint-config': 'endpoint config',
  endpoint: 'endpoint',
};

function asStanding({ kind, name, arn, tags, description }: StandingResource): Standing {
  const tag = tags[RUN_TAG];
  return { kind: KINDS[kind], name, arn, ...(tag !== undefined && { tag }), description };
}
