/**
 * `logs RUN`: what the containers of a training have printed. RUN is a run's Workflow Id, or the name of a training job
 * that was started by whomever.
 */
import type { Command } from 'commander';
import type { Run, Session } from '../../client';
import { CommandFailure, describeFailure } from '../command-failure';
import { invoke, type CommonOptions, type ProgramContext } from '../invocation';
import { readCount, readSince } from '../option-values';
import { printLog, type LogChoice, type LogSource, type PrintedLog } from '../print-log';
import { awaitJobEnd, readJobStatus } from '../training-job';
import { withSession, type ClientModule } from '../with-session';

const TRAINING_TYPES = ['fit', 'fitThenDeploy'];

type LogsOptions = CommonOptions & LogChoice;

const EXAMPLES = `Examples:
  $ temporal-sagemaker logs digits-2026-03-01-12-00-00-000-k3j9x2ab
  $ temporal-sagemaker logs digits-2026-03-01-12-00-00-000-k3j9x2ab --follow --tail 20
`;

export function addLogsCommand(program: Command, context: ProgramContext): void {
  program
    .command('logs')
    .description('print what the containers of a training have printed')
    .addHelpText('before', EXAMPLES)
    .argument('<run>', "its Workflow Id, or any training job's name")
    .option('-f, --follow', 'go on until the training has ended')
    .option('--since <time>', 'only lines since: 90s, 15m, 2h, 7d back, or a time in ISO 8601', readSince)
    .option('--tail <count>', 'of what is there, only the last lines', readCount)
    .action(
      invoke<LogsOptions>(context, async (invocation) => {
        const { args, options, output, interrupted: signal } = invocation;
        await withSession(invocation, async (session, client) => {
          const source = await findSource(args[0] ?? '', { session, client, signal });
          const printed = await printLog(source, options, { client, output, signal });
          signal.throwIfAborted();
          refuseUnread(source, printed);
          output.result({ trainingJobName: source.trainingJobName, lines: printed.lineCount }, '');
        });
      }),
    );
}

interface Search {
  session: Session;
  client: ClientModule;
  signal: AbortSignal;
}

/** @throws CommandFailure InvalidInput where the run trains nothing; TrainingJobNotFound */
async function findSource(name: string, search: Search): Promise<LogSource> {
  const run = await findRun(name, search);
  return run ? sourceOfRun(run, search) : sourceOfJob(name, search);
}

async function findRun(workflowId: string, { session, client }: Search): Promise<Run | undefined> {
  try {
    return await client.Run.attach(session, workflowId);
  } catch (error) {
    if (describeFailure(error).code === 'RunNotFound') return undefined;
    throw error;
  }
}

async function sourceOfRun(run: Run, { signal }: Search): Promise<LogSource> {
  const { workflowId, workflowType } = run;
  const { trainingJob, region } = await run.progress();
  // A run that says nothing yet has the name that our client gives to run and job alike.
  const trainingJobName = trainingJob?.name ?? (TRAINING_TYPES.includes(workflowType) ? workflowId : undefined);
  if (trainingJobName === undefined || workflowType === 'deploy') {
    throw new CommandFailure('InvalidInput', `a run of the type ${workflowType} trains nothing, so it has no log`, {
      fix: "Name the run that trained the model; an endpoint's log stands in CloudWatch under /aws/sagemaker/Endpoints.",
      workflowId,
    });
  }
  return {
    trainingJobName,
    ...(region !== undefined && { region }),
    async follow(onLine, onTrouble) {
      const { followTrainingLog } = await import('../../client/training-log.js');
      const log = followTrainingLog({ signal, onLine, onTrouble });
      try {
        for await (const progress of run.watch({ signal, onNotice: onTrouble })) log.see(progress);
        await log.end();
      } finally {
        log.leave();
      }
    },
  };
}

async function sourceOfJob(trainingJobName: string, { client, signal }: Search): Promise<LogSource> {
  const status = await readJobStatus(trainingJobName, signal);
  return {
    trainingJobName,
    follow(onLine, onTrouble) {
      if (status === undefined) {
        onTrouble(
          'AWS does not tell this process whether the job has ended (sagemaker:DescribeTrainingJob); Ctrl-C ends this',
        );
      }
      // An abort ends the reading by itself.
      const ended = awaitJobEnd(trainingJobName, signal).catch(() => undefined);
      return client.tailTrainingLogs({ trainingJobName, onLine, onTrouble, signal, until: ended });
    },
  };
}

/** Where the log could not be read at all, the command has not done what was asked. */
function refuseUnread({ trainingJobName }: LogSource, { lineCount, unread }: PrintedLog): void {
  if (lineCount > 0 || !unread) return;
  throw new CommandFailure(unread.code, unread.trouble, { trainingJobName });
}
