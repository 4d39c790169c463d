/**
 * `status`: a table of runs. `status RUN`: where one stands, from the run itself or, with no worker alive, from Temporal's
 * own record.
 */
import { Option, type Command } from 'commander';
import type { RunFilter, Session } from '../../client';
import { WORKFLOW_TYPES, type Stage } from '../../contract';
import { CommandFailure } from '../command-failure';
import { invoke, type CommonOptions, type Invocation, type ProgramContext } from '../invocation';
import { readCount, readSince } from '../option-values';
import { runUrl, withSession, type ClientModule } from '../with-session';

const EXAMPLES = `Examples:
  $ temporal-sagemaker status
  $ temporal-sagemaker status --stage Failed --since 7d
  $ temporal-sagemaker status digits-2026-03-01-12-00-00-000-k3j9x2ab
`;

const STATUSES = ['running', 'completed', 'failed', 'cancelled', 'terminated', 'timed-out'] as const;
const STAGES: Stage[] = ['Preparing', 'Training', 'Stopping', 'Deploying', 'Deleting', 'Done', 'Failed', 'Cancelled'];

interface StatusOptions extends CommonOptions {
  status?: (typeof STATUSES)[number];
  type?: RunFilter['type'];
  stage?: Stage;
  endpoint?: string;
  since?: Date;
  limit?: number;
}

const FILTERS = ['status', 'type', 'stage', 'endpoint', 'since', 'limit'] as const;

export function addStatusCommand(program: Command, context: ProgramContext): void {
  program
    .command('status')
    .description('list runs, or tell where one stands')
    .addHelpText('before', EXAMPLES)
    .argument('[run]', 'its Workflow Id; without it, the latest runs are listed')
    .addOption(new Option('--status <status>', 'only those of this status in Temporal').choices(STATUSES))
    .addOption(new Option('--type <type>', 'only those of this workflow type').choices(WORKFLOW_TYPES))
    .addOption(new Option('--stage <stage>', 'only those at this stage').choices(STAGES))
    .option('--endpoint <name>', 'only those about this endpoint')
    .option('--since <time>', 'only those started since: 90s, 15m, 2h, 7d back, or a time in ISO 8601', readSince)
    .option('--limit <count>', 'at most so many (default: 20)', readCount)
    .action(
      invoke<StatusOptions>(context, async (invocation) => {
        const { args, options } = invocation;
        const [workflowId] = args;
        const filters = FILTERS.filter((name) => options[name] !== undefined);
        if (workflowId !== undefined && filters.length > 0) {
          throw new CommandFailure('InvalidInput', `--${filters.join(', --')} cannot be given beside a run`, {
            fix: 'Leave the run out to list runs, or the filters to look at this one.',
          });
        }
        await withSession(invocation, (session, client) =>
          workflowId === undefined
            ? tellRuns(invocation, session, client)
            : tellRun(invocation, session, client, workflowId),
        );
      }),
    );
}

async function tellRun(
  { output, env }: Invocation<StatusOptions>,
  session: Session,
  { Run }: ClientModule,
  id: string,
): Promise<void> {
  const run = await Run.attach(session, id);
  const [status, progress] = await Promise.all([run.status(), run.progress()]);
  const { workflowId, runId, workflowType } = run;
  const { status: temporalStatus, closed, startTime, closeTime } = status;
  const temporalUiUrl = runUrl(env, session.client.options.namespace, run);
  const { describeStatus } = await import('../describe-run.js');
  output.result(
    {
      ...{ workflowId, runId, workflowType, temporalStatus, closed, startTime, closeTime },
      ...progress,
      ...(temporalUiUrl !== undefined && { temporalUiUrl }),
    },
    describeStatus(status, progress, Date.now()),
  );
}

async function tellRuns(
  { options, output }: Invocation<StatusOptions>,
  session: Session,
  { listRuns }: ClientModule,
): Promise<void> {
  const { status, type, stage, endpoint, since, limit } = options;
  const runs = await listRuns(session, {
    ...(status !== undefined && { status: status.toUpperCase().replace('-', '_') as RunFilter['status'] & string }),
    ...(type !== undefined && { type }),
    ...(stage !== undefined && { stage }),
    ...(endpoint !== undefined && { endpointName: endpoint }),
    ...(since !== undefined && { since }),
    ...(limit !== undefined && { limit }),
  });
  if (runs.length === 0)
    output.note(`no run ${FILTERS.some((name) => options[name] !== undefined) ? 'fits' : 'is known'}`);
  const { describeRuns, runFields } = await import('../run-table.js');
  output.result({ runs: runs.map(runFields) }, describeRuns(runs, Date.now()));
}
