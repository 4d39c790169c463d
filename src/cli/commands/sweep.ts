/**
 * `sweep`: finds what ended runs have left on AWS, as a run of its own, and says it; with `--apply` it removes it.
 */
import type { Command } from 'commander';
import type { SweepInput } from '../../contract';
import { resultFields } from '../describe-run';
import { describeCounts, describeSweep } from '../describe-sweep';
import { describeLeaving, describeUnknownStart } from '../farewell';
import { addFollowerOptions } from '../follower-options';
import { keepTelling } from '../heartbeat';
import { invoke, type FollowerOptions, type Invocation, type ProgramContext } from '../invocation';
import { readSince } from '../option-values';
import { warnWithoutWorker, withSession } from '../with-session';

const EXAMPLES = `Examples:
  $ temporal-sagemaker sweep
  $ temporal-sagemaker sweep --since 7d
  $ temporal-sagemaker sweep --apply
`;

interface SweepOptions extends FollowerOptions {
  apply?: true;
  region?: string;
  since?: Date;
}

export function addSweepCommand(program: Command, context: ProgramContext): void {
  const command = program
    .command('sweep')
    .description('list what ended runs have left on AWS, and remove it where asked to')
    .addHelpText('before', EXAMPLES)
    .option('--apply', 'stop and delete what is orphaned; without it, nothing is touched')
    .option('--since <time>', 'only what was made since: 90s, 15m, 2h, 7d back, or a time in ISO 8601', readSince)
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
    // At least one: a time to come is one that nothing was made since.
    ...(since !== undefined && {
      createdWithinSeconds: Math.max(1, Math.round((Date.now() - since.getTime()) / 1_000)),
    }),
  };
}

function howToApply({ commandLine }: Invocation<SweepOptions>): string {
  return `nothing was touched; to remove the orphans: ${commandLine('sweep', { options: ['--apply'] })}`;
}
