/**
 * Where a worker's log goes: short lines for a person at a terminal, pino's JSON for everything that collects logs.
 * Comes from Temporal's SDK, its native core included, and from our activities; goes to stderr.
 */
import type { LogEntry, Logger, LogLevel } from '@temporalio/worker';
import { dropControlCharacters, timeOfDay } from './live-block';

const LEVELS: LogLevel[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

/** Installs the log for this process; before any worker is made. `TEMPORAL_SAGEMAKER_LOG_LEVEL` sets its level. */
export async function installWorkerLog(stderr: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Promise<void> {
  const { Runtime } = await import('@temporalio/worker');
  const asked = LEVELS.find((level) => level === env.TEMPORAL_SAGEMAKER_LOG_LEVEL?.toUpperCase());
  Runtime.install({
    logger: await createWorkerLog(stderr, asked ?? 'INFO'),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
    // The program listens itself, and drains.
    shutdownSignals: [],
  });
}

export async function createWorkerLog(stderr: NodeJS.WriteStream, level: LogLevel): Promise<Logger> {
  const { DefaultLogger } = await import('@temporalio/worker');
  return new DefaultLogger(level, stderr.isTTY ? printShortly(stderr) : await printAsJson(stderr));
}

function printShortly(stderr: NodeJS.WriteStream): (entry: LogEntry) => void {
  return ({ level, message, timestampNanos, meta }) => {
    const { error } = (meta ?? {}) as { error?: unknown };
    const reason = error instanceof Error ? `: ${error.message}` : '';
    const about = describeWhere(meta ?? {});
    stderr.write(
      dropControlCharacters(`${timeOfDay(msOf(timestampNanos))} ${level} ${message}${reason}${about}`).concat('\n'),
    );
  };
}

async function printAsJson(stderr: NodeJS.WriteStream): Promise<(entry: LogEntry) => void> {
  const { pino, stdSerializers } = await import('pino');
  const log = pino(
    {
      level: 'trace',
      base: { pid: process.pid },
      timestamp: false,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.err },
    },
    stderr,
  );
  return ({ level, message, timestampNanos, meta }) => {
    const time = new Date(msOf(timestampNanos)).toISOString();
    log[level.toLowerCase() as Lowercase<LogLevel>]({ time, ...meta }, message);
  };
}

function msOf(nanos: bigint): number {
  return Number(nanos / 1_000_000n);
}

/** The coordinates that lead to the run. */
function describeWhere(meta: Record<string, unknown>): string {
  const named = ['workflowId', 'activityType', 'taskQueue'].flatMap((name) =>
    typeof meta[name] === 'string' ? [`${name}=${meta[name]}`] : [],
  );
  return named.length === 0 ? '' : ` [${named.join(', ')}]`;
}
