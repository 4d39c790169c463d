/**
 * `cancel RUN`: asks a run to stop and waits until it has cleaned up; says what was stopped and removed. A run that had
 * ended is told as it is.
 */
import type { Command } from 'commander';
import type { Run } from '../../client';
import type { LedgerEntry } from '../../contract';
import { describeFailure } from '../command-failure';
import { describeLedger } from '../describe-run';
import { invoke, type CommonOptions, type ProgramContext } from '../invocation';
import { warnWithoutWorker, withSession } from '../with-session';

const EXAMPLE = `Example:
  $ temporal-sagemaker cancel digits-2026-03-01-12-00-00-000-k3j9x2ab
`;

export function addCancelCommand(program: Command, context: ProgramContext): void {
  program
    .command('cancel')
    .description('stop a run, wait until it has removed what it made, and tell what became of it')
    .addHelpText('before', EXAMPLE)
    .argument('<run>', 'its Workflow Id')
    .action(
      invoke<CommonOptions>(context, async (invocation) => {
        const { args, output, interrupted, whenInterrupted } = invocation;
        await withSession(invocation, async (session, { Run }) => {
          const run = await Run.attach(session, args[0] ?? '');
          const wasOver = (await run.status()).closed;
          await run.cancel();
          whenInterrupted(() => [`the run ${run.workflowId} has been told to stop and goes on doing so`]);
          if (!wasOver) output.note(`${run.workflowId} has been told to stop; waiting until it has`);
          if (!wasOver) await warnWithoutWorker(run, output);
          const end = await awaitEnd(run, interrupted, (notice) => output.note(notice));
          const { workflowId, runId } = run;
          output.result({ workflowId, runId, ...end }, describeEnd(workflowId, end, wasOver));
        });
      }),
    );
}

interface RunEnd {
  /** `Done`, `Cancelled`, or the code of its failure. */
  outcome: string;
  ledger: LedgerEntry[];
}

async function awaitEnd(run: Run, signal: AbortSignal, onNotice: (notice: string) => void): Promise<RunEnd> {
  try {
    const { ledger } = await run.result({ signal, onNotice });
    return { outcome: 'Done', ledger };
  } catch (error) {
    signal.throwIfAborted();
    const { code, ledger, exitCode } = describeFailure(error);
    // Nobody knows how it ended where Temporal does not answer.
    if (code === 'TemporalUnreachable' || code === 'AccessDenied') throw error;
    if (code === 'Internal' && ledger === undefined && exitCode === 1) throw error;
    return { outcome: code, ledger: ledger ?? [] };
  }
}

function describeEnd(workflowId: string, { outcome, ledger }: RunEnd, wasOver: boolean): string {
  const how = wasOver ? 'had ended before' : 'has ended';
  return [`${workflowId} ${how}: ${outcome}`, ...describeLedger(ledger).map((line) => `  ${line}`)].join('\n');
}
