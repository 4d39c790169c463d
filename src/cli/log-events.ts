/**
 * The lines of a training's log as events: what `fit` tells beside statuses, and `logs` as its data. Lines come from the
 * client's readers.
 */
import type { LogLine } from '../client';
import type { CommandEvent } from './output';

type LogEvent = Extract<CommandEvent, { type: 'log' }>;

/** A line of CloudWatch's: what a container wrote with carriage returns is more than one. */
export function readLogLine({ host, timestamp, message }: LogLine): LogEvent[] {
  const time = new Date(timestamp).toISOString();
  return message.split('\n').map((line) => ({ type: 'log', source: host, line, time }));
}
