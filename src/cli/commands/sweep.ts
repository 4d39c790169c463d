/**
 * `sweep`: finds what ended runs have left on AWS, as a run of its own, and says it; with `--apply` it removes it.
 */
import { InvalidArgumentError, type Command } from 'commander';
import type { SweepInput } from '../../contract';
import { resultFields } from '../describe-run';
import { describeCounts, describeSweep } from '../describe-sweep';
import { describeLeaving, describeUnknownStart } from '../farewell';
import { addFollowerOptions } from '../follower-options';
import { keepTelling } from '../heartbeat';
import { invoke, type FollowerOptions, type Invocation, type ProgramContext } from '../invocation';
import { readSecondsBack, readTime } from '../option-values';
import { warnWithoutWorker, withSession } from '../with-session';

const EXAMPLES = `Examples:
  $ temporal-sagemaker sweep
  $ temporal-sagemaker sweep --since 7d
  $ temporal-sagemaker sweep --apply
`;

interface SweepOptions extends FollowerOptions {
  apply?: true;
  region?: string;
  since?: Beginning;
}

/** A span stays a span, and a time a time: the same command, typed again, is the same input. */
type Beginning = Pick<SweepInput, 'createdWithinSeconds' | 'createdAfter'>;

const DAYS_MAX = 366;

function readBeginning(value: string): Beginning {
  const seconds = readSecondsBack(value);
  if (seconds === undefined) return { createdAfter: readTime(value).toISOString() };
  if (seconds < 1 || seconds > DAYS_MAX * 86_400) {
    const furtherBack = 'give a time such as 2026-03-01 to look further back';
    throw new InvalidArgumentError(`a span is 1s to ${String(DAYS_MAX)}d; ${furtherBack}.`);
  }
  return { createdWithinSeconds: seconds };
}

export function addSweepCommand(program: Command, context: ProgramContext): void {
  const command = program
    .command('sweep')
    .description('list what ended runs have left on AWS, and remove it where asked to')
    .addHelpText('before', EXAMPLES)
    .option('--apply', 'stop and delete what is orphaned; without it, nothing is touched')
    .option('--since <time>', 'only what was made since: 90s, 15m, 2h, 7d back, or a time in ISO 8601', readBeginning)
    .option('--region <region>', "AWS region (default: the worker's)");
  addFollowerOptions(command, { cancels: false }).action(
    invoke<SweepOptions>(context, async (invocation) => {
      const { output, interrupted, whenInterrupted } = invocation;
      await withSession(invocation, async (session, { startSweep }) => {
        whenInterrupted(() => describeUnknownStart(invocation));
        const run = await startSweep(session, inputOf(invocation.options));
        const { workflowId, runId, workflowType } = run;
        whenInterrupted(() => describeLeaving(invocation, { workflowId, runId }));
        await warnWithoutWorker(run, output);
        const stopHeartbeat = keepTelling(
          (event) => output.emit(event),
          workflowId,
          () => undefined,
        );
        try {
          const result = await run.result({
            signal: interrupted,
            onNotice: (message) => output.emit({ type: 'warning', message }),
          });
          for (const message of result.warnings) output.emit({ type: 'warning', message });
          output.note(describeCounts(result));
          if (!result.applied && result.counts.orphans > 0) output.note(howToApply(invocation));
          output.result({ workflowId, runId, ...resultFields(workflowType, result) }, describeSweep(result));
        } finally {
          stopHeartbeat();
        }
      });
    }),
  );
}

function inputOf({ apply, region, since }: SweepOptions): SweepInput {
  return {
    ...(apply && { apply }),
    ...(region !== undefined && { region }),
    ...since,
  };
}

function howToApply({ commandLine }: Invocation<SweepOptions>): string {
  return `nothing was touched; to remove the orphans: ${commandLine('sweep', { options: ['--apply'] })}`;
}
