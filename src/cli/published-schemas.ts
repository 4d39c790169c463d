/**
 * All documents that are published as JSON Schema: what crosses the wire, and the lines that commands print. The command
 * `schema` prints them; `npm run schemas` writes them to the package's folder `schema/`.
 */
import { buildJsonSchema, WIRE_DOCUMENTS, type JsonSchema, type SchemaDocument } from '../schemas';
import { eventSchema } from './event-schemas';

const COMMAND_EVENT: SchemaDocument = {
  name: 'command-event',
  title: 'Event of a command',
  description:
    'One line of what a command prints with --json: v is the version of this shape, and the last line is a result or an ' +
    'error.',
  schema: eventSchema,
  open: true,
};

/** The published documents, in the order in which they are listed. */
export function buildPublishedSchemas(): { name: string; title: string; document: JsonSchema }[] {
  return [...WIRE_DOCUMENTS, COMMAND_EVENT].map((given) => ({
    name: given.name,
    title: given.title,
    document: buildJsonSchema(given),
  }));
}
