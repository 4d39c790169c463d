/**
 * What is said when a run is let go of: where it stands, how to follow it again, how to stop it. Comes from the run's last
 * progress; `invocation.ts` tells it after an interruption or when the time is up.
 */
import type { Progress } from '../contract';
import type { CommonOptions, Farewell, Invocation } from './invocation';
import { duration } from './live-block';

export interface LeftRun {
  workflowId: string;
  runId: string;
  /** Milliseconds since the epoch; absent where it is not known yet. */
  startedAtMs?: number;
  progress?: Pick<Progress, 'stage' | 'trainingJob' | 'endpoint'>;
}

export function describeLeaving<Options extends CommonOptions>(
  { commandLine }: Pick<Invocation<Options>, 'commandLine'>,
  { workflowId, runId, startedAtMs, progress }: LeftRun,
  nowMs = Date.now(),
): Farewell {
  const next = nextCommands({ commandLine }, workflowId);
  const after = startedAtMs === undefined ? '' : ` after ${duration(nowMs - startedAtMs)}`;
  const stage = progress === undefined ? 'has been started' : `is at ${progress.stage}${describeDetail(progress)}`;
  return {
    lines: [
      `${workflowId} ${stage}${after}, and goes on`,
      `follow it again: ${next.attach}`,
      `stop it and remove what it made: ${next.cancel}`,
    ],
    details: { workflowId, runId, ...(progress !== undefined && { stage: progress.stage }), next },
  };
}

function describeDetail({ stage, trainingJob, endpoint }: NonNullable<LeftRun['progress']>): string {
  if (stage === 'Training' && trainingJob?.secondaryStatus !== undefined) {
    return ` (training job ${trainingJob.secondaryStatus})`;
  }
  return stage === 'Deploying' && endpoint?.status !== undefined ? ` (endpoint ${endpoint.status})` : '';
}

/** Of a run that is known by its name alone: Temporal has not answered yet. */
export function describeUnreached<Options extends CommonOptions>(
  { commandLine }: Pick<Invocation<Options>, 'commandLine'>,
  workflowId: string,
): Farewell {
  const next = nextCommands({ commandLine }, workflowId);
  return {
    lines: [
      `${workflowId} is left as it is: Temporal has not told of it yet`,
      `follow it again: ${next.attach}`,
      `stop it and remove what it made: ${next.cancel}`,
    ],
    details: { workflowId, next },
  };
}

function nextCommands<Options extends CommonOptions>(
  { commandLine }: Pick<Invocation<Options>, 'commandLine'>,
  name: string,
): { attach: string; cancel: string } {
  return { attach: commandLine('attach', { name }), cancel: commandLine('cancel', { name }) };
}

/** Of a run that has been told to stop. */
export function describeStopping<Options extends CommonOptions>(
  { commandLine }: Pick<Invocation<Options>, 'commandLine'>,
  { workflowId, runId }: LeftRun,
): Farewell {
  const next = nextCommands({ commandLine }, workflowId);
  return {
    lines: [
      `${workflowId} has been told to stop, and goes on doing so`,
      `follow it again: ${next.attach}`,
      `wait for its end: ${next.cancel}`,
    ],
    details: { workflowId, runId, next },
  };
}

/** Of a start that was on its way: Temporal may have taken it. */
export function describeUnknownStart<Options extends CommonOptions>({
  commandLine,
}: Pick<Invocation<Options>, 'commandLine'>): Farewell {
  return { lines: [`the run may have been started: ${commandLine('status', { options: ['--since', '5m'] })}`] };
}
