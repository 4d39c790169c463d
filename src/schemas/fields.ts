/**
 * The values that inputs are made of: names, addresses, counts, each with the words that refuse a wrong one and those
 * that describe it in the published JSON Schema. `inputs.ts` puts them together.
 *
 * Patterns keep to what every language's regular expressions share, since validators of many read them.
 */
import { z } from 'zod';
import type { JsonValue } from '../contract';
import { NAME_LENGTH_MAX, NAME_PATTERN, REGION_PATTERN } from '../domain/names';

/** A text that is not empty. The limit counts UTF-16 units here and characters in JSON Schema, which is never less. */
export const text = (lengthMax: number): z.ZodString => z.string().min(1, 'must not be empty').max(lengthMax);

export const wholeNumber = (least: number, most: number): z.ZodInt => z.int().min(least).max(most);

export const resourceName = z
  .string()
  .max(NAME_LENGTH_MAX)
  .regex(NAME_PATTERN, 'must be 1 to 63 letters, digits and hyphens, beginning and ending with a letter or digit')
  .meta({
    id: 'ResourceName',
    title: 'Name of a SageMaker resource',
    description: '1 to 63 letters, digits and hyphens, beginning and ending with a letter or digit.',
  });

export const s3Uri = z
  .string()
  .max(1024)
  .regex(/^s3:[/][/][a-z0-9][a-z0-9.-]{1,61}[a-z0-9]([/][\s\S]*)?$/, 'must be an S3 URI such as s3://bucket/prefix')
  .meta({
    id: 'S3Uri',
    title: 'S3 URI',
    description: 'A bucket and, behind it, a key or the beginning of keys.',
    examples: ['s3://bucket/prefix'],
  });

export const region = z
  .string()
  .regex(REGION_PATTERN, 'must be an AWS region such as eu-central-1')
  .meta({ id: 'Region', title: 'AWS region', description: 'The name of an AWS region.', examples: ['eu-central-1'] });

const TIME_WORDS = 'must be a time such as 2026-03-01T12:00:00Z, with its offset from UTC';

export const time = z
  .string()
  .regex(
    /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$/,
    TIME_WORDS,
  )
  // A day that the month has not.
  .refine((text) => !Number.isNaN(Date.parse(text)), TIME_WORDS)
  .meta({
    id: 'Time',
    title: 'Time',
    description: 'A time in ISO 8601, with its offset from UTC.',
    examples: ['2026-03-01T12:00:00Z'],
  });

export const instanceType = z
  .string()
  .regex(/^ml[.][a-z0-9-]+[.][a-z0-9]+$/, 'must be an instance type such as ml.m5.large')
  .meta({
    id: 'InstanceType',
    title: 'Instance type',
    description: 'A machine type of SageMaker.',
    examples: ['ml.m5.large'],
  });

export const role = z
  .string()
  .regex(
    /^(arn:aws[a-z-]*:iam::[0-9]{12}:role[/][A-Za-z0-9_+=,.@/-]{1,512}|[A-Za-z0-9_+=,.@-]{1,64})$/,
    'must be the ARN of an IAM role, or its name without a path',
  )
  .meta({
    id: 'Role',
    title: 'Execution role',
    description: 'The name or the ARN of an IAM role that SageMaker may assume.',
    examples: ['SageMakerRole', 'arn:aws:iam::123456789012:role/SageMakerRole'],
  });

export const image = z
  .string()
  .regex(/^\S{1,255}$/, 'must be an image path of at most 255 characters without blanks')
  .meta({
    id: 'Image',
    title: 'Container image',
    description: 'A registry path, with a tag or a digest.',
    examples: ['123456789012.dkr.ecr.eu-central-1.amazonaws.com/digits:1'],
  });

/** AWS takes the empty key too and means its own, which is said here by giving none. */
export const kmsKey = text(2048)
  .regex(/^[a-zA-Z0-9:/_-]*$/, 'must be the id, the alias or the ARN of a KMS key')
  .meta({ id: 'KmsKey', title: 'KMS key', description: 'The id, the alias or the ARN of a KMS key.' });

/** Of a subnet or a security group. */
export const vpcId = text(32).regex(/^[-0-9a-zA-Z]+$/, 'must be an id such as subnet-0a1b2c3d or sg-0a1b2c3d');

/** Names under which JSON can carry a value into an object's prototype; zod would drop some without a word. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor']);

/** For keys of objects whose names are the user's own; `check-input.ts` refuses the forbidden ones. */
const usableKey = (schema: z.ZodString, taken: readonly string[] = []): z.ZodString =>
  schema.meta({ not: { enum: [...FORBIDDEN_KEYS, ...taken] } });

/** An object whose names are the user's own, but for those that are `taken`. */
export function namedValues<Value extends z.ZodType>(
  key: z.ZodString,
  value: Value,
  {
    least = 0,
    most,
    problem,
    taken = [],
  }: { least?: number; most: number; problem: string; taken?: readonly string[] },
): z.ZodRecord<z.ZodString, Value> {
  const free = taken.length === 0 ? key : key.refine((name) => !taken.includes(name), 'is taken');
  return z
    .record(usableKey(free, taken), value)
    .refine((given) => isBetween(Object.keys(given).length, least, most), problem)
    .meta({ ...(least > 0 && { minProperties: least }), maxProperties: most });
}

const isBetween = (count: number, least: number, most: number): boolean => count >= least && count <= most;

export const json: z.ZodType<JsonValue> = z
  .lazy(() =>
    z.union(
      [z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(usableKey(z.string()), json)],
      'must be a text, a finite number, true, false, null, or a list or plain object of these',
    ),
  )
  .meta({ id: 'JsonValue', title: 'Any JSON value', description: 'An input as a whole has at most 100 levels.' });

const tag = z
  .strictObject({
    key: text(128)
      .refine(
        (key) => !/^(aws:|temporal-sagemaker:)/i.test(key),
        'must not begin with aws: or temporal-sagemaker:, which are taken',
      )
      .meta({
        description: 'Must not begin with aws: or temporal-sagemaker:, in any case of letters.',
        not: { pattern: `^(${inAnyCase('aws')}|${inAnyCase('temporal-sagemaker')}):` },
      }),
    value: z.string().max(256).meta({ description: 'May be empty.' }),
  })
  .meta({ id: 'Tag', title: 'Tag', description: 'A tag for every resource that a run makes.' });

/** AWS takes 50; one is the run's own. */
const TAGS_MAX = 49;
export const tags = z.array(tag).max(TAGS_MAX);

/** A pattern for a word in small and capital letters: flags cannot be written into a JSON Schema. */
function inAnyCase(word: string): string {
  return word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

export const inputMode = z.enum(['File', 'Pipe', 'FastFile']).meta({
  id: 'InputMode',
  title: 'Input mode',
  description:
    'How data reaches the container: copied before the training begins (File), through named pipes (Pipe), or as files ' +
    'that are fetched when they are read (FastFile).',
});

/** The most hyperparameters, and the most variables of an environment, that AWS takes. */
export const ENTRIES_MAX = 100;
export const ENTRIES_PROBLEM = `must have at most ${String(ENTRIES_MAX)} entries`;
