/**
 * The published JSON Schema documents: which there are, and how one is made of a zod schema. The command `schema` prints
 * them, `npm run schemas` writes them to the package's folder `schema/`.
 */
import { z } from 'zod';
import { WORKFLOW_TYPES } from '../contract';
import { INPUT_SCHEMAS } from './inputs';
import { failureDetailsSchema, progressSchema, RESULT_SCHEMAS, runMemoSchema } from './outcomes';

/** One document before it is written out. */
export interface SchemaDocument {
  /** Its file's name without `.json`, and the last part of its `$id`. */
  name: string;
  title: string;
  description: string;
  schema: z.ZodType;
  /**
   * True of what comes back from us: a reader must take fields that it does not know, as a newer worker or program may
   * add some. What is handed to us is closed: an unknown field is refused.
   */
  open: boolean;
}

/** All that crosses the wire. */
export const WIRE_DOCUMENTS: readonly SchemaDocument[] = [
  ...WORKFLOW_TYPES.map((type) => ({
    name: `${type}.input`,
    title: `Input of ${type}`,
    description: `The one argument of the workflow type ${type}. Fields that are not named here are refused.`,
    schema: INPUT_SCHEMAS[type],
    open: false,
  })),
  ...WORKFLOW_TYPES.map((type) => ({
    name: `${type}.result`,
    title: `Result of ${type}`,
    description: `What the workflow type ${type} answers when it has succeeded.`,
    schema: RESULT_SCHEMAS[type],
    open: true,
  })),
  {
    name: 'progress',
    title: 'Progress of a run',
    description: 'Answer of the query progress, which every run takes at any time.',
    schema: progressSchema,
    open: true,
  },
  {
    name: 'run-memo',
    title: 'Memo of a run',
    description:
      'The memo field temporalSagemakerRun, which a run writes before every end, so that it outlives worker and result.',
    schema: runMemoSchema,
    open: true,
  },
  {
    name: 'failure-details',
    title: 'Details of a failure',
    description: "First of the details of a failed run's application failure, whose type is the failure's code.",
    schema: failureDetailsSchema,
    open: true,
  },
];

/** The wire's version: a document under another `$id` is for another one. */
const ID_PREFIX = 'urn:temporal-sagemaker:schema:1:';

export type JsonSchema = Record<string, unknown>;

/** The document as JSON Schema, draft 2020-12; it refers to nothing outside itself. */
export function buildJsonSchema({ name, title, description, schema, open }: SchemaDocument): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: 'input',
    override({ jsonSchema: part }) {
      // Zod's pattern of a time is long, and no other than the format's.
      if (part.format !== undefined) delete part.pattern;
      if (!open) return;
      if (part.additionalProperties === false) delete part.additionalProperties;
      // How far JavaScript counts is no promise of ours.
      if (part.minimum === Number.MIN_SAFE_INTEGER) delete part.minimum;
      if (part.maximum === Number.MAX_SAFE_INTEGER) delete part.maximum;
    },
  });
  return { $schema, $id: `${ID_PREFIX}${name}`, title, description, ...rest };
}
