/**
 * `fit`, `deploy` and `fit-then-deploy`: one implementation. Reads the spec, refuses it whole or starts the run, and
 * follows it; with `--detach` it stops there, with `--dry-run` it calls nothing at all.
 */
import type { Command } from 'commander';
import type { Run, Session } from '../../client';
import type { InputOf } from '../../schemas';
import { describeLeaving, describeUnknownStart } from '../farewell';
import { followToTheEnd } from '../follow-command';
import { addFollowerOptions } from '../follower-options';
import { invoke, type FollowerOptions, type Invocation, type ProgramContext } from '../invocation';
import { readSpec } from '../spec';
import { runUrl, withSession } from '../with-session';

interface StartOptions extends FollowerOptions {
  spec: string;
  detach?: true;
  dryRun?: true;
}

const COMMANDS = [
  { name: 'fit', workflowType: 'fit', does: 'train a model' },
  { name: 'deploy', workflowType: 'deploy', does: 'put a trained model behind an endpoint' },
  { name: 'fit-then-deploy', workflowType: 'fitThenDeploy', does: 'train a model and put it behind an endpoint' },
] as const;

type StartedType = (typeof COMMANDS)[number]['workflowType'];

export function addStartCommands(program: Command, context: ProgramContext): void {
  for (const { name, workflowType, does } of COMMANDS) {
    const command = program
      .command(name)
      .description(`${does}, as a run that survives this program`)
      .addHelpText('before', exampleOf(name))
      .requiredOption('--spec <file>', "the workflow's input as JSON or YAML; - is standard input")
      .option('--detach', 'start the run and print its ids')
      .option('--dry-run', 'print the AWS requests that would be made, and call nothing');
    addFollowerOptions(command, { cancels: true }).action(
      invoke<StartOptions>(context, (invocation) => startFromSpec(invocation, workflowType)),
    );
  }
}

async function startFromSpec(invocation: Invocation<StartOptions>, workflowType: StartedType): Promise<void> {
  const { options, output, stdin, interrupted } = invocation;
  const input = await readSpec(workflowType, { file: options.spec, stdin });
  if (options.dryRun) {
    const { planRun } = await import('../../client/index.js');
    const { AWS_REGION: region } = invocation.env;
    const onNotice = (notice: string): void => {
      output.note(`warning: ${notice}`);
    };
    const requests = planRun(workflowType, input, { onNotice, ...(region !== undefined && { region }) });
    output.document(requests, JSON.stringify(requests, null, 2));
    return;
  }
  await withSession(invocation, async (session, client) => {
    interrupted.throwIfAborted();
    invocation.whenInterrupted(() => describeUnknownStart(invocation));
    const isToCancel = cancelOnceStarted(invocation);
    const run = await client.startRun(session, workflowType, input);
    if (run.attached) output.note(`a run with this input exists; following it: ${run.workflowId}`);
    if (options.detach && !isToCancel()) tellDetached(invocation, session, run, namesOf(input, run.workflowId));
    else await followToTheEnd(invocation, session, run);
  });
}

/**
 * With `--on-interrupt cancel`, a signal that comes while the run is being started must not leave a run behind that nobody
 * knows of: the start is awaited, and whoever follows the run then cancels it.
 */
function cancelOnceStarted({ options, output, onSignal }: Invocation<StartOptions>): () => boolean {
  let isGiven = false;
  if (options.onInterrupt === 'cancel') {
    onSignal(({ message }) => {
      isGiven = true;
      output.note(`${message}: the run is told to stop as soon as it is there; once more leaves at once`);
    });
  }
  return () => isGiven;
}

interface Names {
  trainingJobName?: string;
  endpointName?: string;
}

/** The names under which AWS will know what the run makes: the client has settled them before the start. */
function namesOf(input: InputOf[StartedType], workflowId: string): Names {
  const trainingJobName = 'fit' in input ? (input.fit.jobName ?? workflowId) : input.trainingJobName;
  const endpointName = 'deploy' in input ? (input.deploy.endpointName ?? trainingJobName) : undefined;
  return {
    ...(trainingJobName !== undefined && { trainingJobName }),
    ...(endpointName !== undefined && { endpointName }),
  };
}

function tellDetached(
  invocation: Invocation<StartOptions>,
  session: Session,
  { workflowId, runId, workflowType, attached }: Run<StartedType>,
  names: Names,
): void {
  const { output, env } = invocation;
  const temporalUiUrl = runUrl(env, session.client.options.namespace, { workflowId, runId });
  for (const line of describeLeaving(invocation, { workflowId, runId }).lines) output.note(line);
  output.result(
    { workflowId, runId, workflowType, attached, ...names, ...(temporalUiUrl !== undefined && { temporalUiUrl }) },
    workflowId,
  );
}

function exampleOf(name: string): string {
  const start = `  $ temporal-sagemaker ${name} --spec run.yaml`;
  return `Examples:\n${start}\n${start} --dry-run\n${start} --detach --json\n`;
}
