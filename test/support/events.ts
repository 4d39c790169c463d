/**
 * What commands print with `--json`, read line by line and held against the published schemas: a line that they do not
 * describe to the last field fails the test that read it.
 */
import { EVENT_SCHEMAS, type PrintedEvent } from '../../src/cli/event-schemas';

/** One line of NDJSON. */
export type Event = { type: PrintedEvent['type'] } & Record<string, unknown>;

export function readEvents(stdout: string): Event[] {
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line, index) => {
    const event = JSON.parse(line) as Event;
    const schema = (EVENT_SCHEMAS as Partial<Record<string, (typeof EVENT_SCHEMAS)[Event['type']]>>)[event.type];
    if (!schema) throw new Error(`no event is of the type ${event.type}: ${line}`);
    const { error } = schema.safeParse(event);
    if (error) throw new Error(`not as published: ${line}\n${error.message}`);
    const isLast = index === lines.length - 1;
    if (isLast !== (event.type === 'result' || event.type === 'error')) throw new Error(`out of place: ${line}`);
    return event;
  });
}
