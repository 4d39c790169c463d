/**
 * `doctor`: looks at everything that a run needs, changes nothing, and says what to mend. All checks run at once.
 */
import type { Command } from 'commander';
import { EXIT } from '../../domain/failures';
import { invoke, type CommonOptions, type ProgramContext } from '../invocation';

interface DoctorCommandOptions extends CommonOptions {
  role?: string;
}

const EXAMPLES = `Examples:
  $ temporal-sagemaker doctor
  $ temporal-sagemaker doctor --role SageMakerRole
`;

const NOTES = `
Only reads, and ends within 10 seconds. Exit codes: 0 where nothing failed (warnings
do not count), else that of the most severe failure, in this order: 1 this machine or
its settings, 8 Temporal or AWS cannot be reached, 4 credentials or permission.`;

export function addDoctorCommand(program: Command, context: ProgramContext): void {
  program
    .command('doctor')
    .description('check Node, Temporal, workers, AWS and the emulator, and say what to mend')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', NOTES)
    .option('--role <role>', 'an execution role to look at: a name or an ARN')
    .action(async (...given: unknown[]) => {
      let exitCode: number = EXIT.ok;
      await invoke<DoctorCommandOptions>(context, async ({ options, output, env }) => {
        output.note('checking; this takes 10 seconds at most');
        const { startChecks } = await import('../doctor/run-checks.js');
        const { describeCheck, exitCodeOf, summarize, toResult } = await import('../doctor/finding.js');
        const checks = startChecks({ env, role: options.role });
        // All of them run; they are told in order, each as soon as those before it are.
        for (const [name, finding] of checks) output.print(describeCheck(name, await finding));
        const told = await Promise.all(checks.map(async ([name, finding]) => ({ name, finding: await finding })));
        const findings = told.map(({ finding }) => finding);
        exitCode = exitCodeOf(findings);
        output.result(
          { healthy: exitCode === EXIT.ok, exitCode, checks: told.map(({ name, finding }) => toResult(name, finding)) },
          summarize(findings),
        );
      })(...given);
      // What was asked for is reached, the diagnosis; the exit code is its verdict.
      if (exitCode !== EXIT.ok) context.end(exitCode);
    });
}
