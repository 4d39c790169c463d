/**
 * Rules about several fields of one object. They are told beside whatever is wrong with each field by itself, so that
 * nobody mends one problem to be told of the next; hence they look at values of which nothing is known yet.
 */
import { z } from 'zod';

/** What is wrong, in words that follow the name of the field that the path leads to. */
export interface FieldProblem {
  path: PropertyKey[];
  message: string;
}

/** The schema with a check of its own, which runs whatever else is wrong. */
export function acrossFields<Schema extends z.ZodType>(
  schema: Schema,
  find: (given: Record<string, unknown>) => FieldProblem[],
): Schema {
  const check = z.check((payload) => {
    if (!isFields(payload.value)) return;
    for (const { path, message } of find(payload.value)) {
      payload.issues.push({ code: 'custom', path, message, input: payload.value });
    }
  });
  check._zod.def.when = () => true;
  return schema.check(check);
}

/** True for an object whose fields can be read by name. */
export function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A problem for each of the fields that is given and must not be; absent and undefined are one. */
export function refuseGiven(
  fields: Record<string, unknown>,
  names: readonly string[],
  message: string,
): FieldProblem[] {
  return names.filter((name) => fields[name] !== undefined).map((name) => ({ path: [name], message }));
}

/** A problem for each of the fields that must be given and is not. */
export function findMissing(fields: Record<string, unknown>, names: readonly string[]): FieldProblem[] {
  return names.filter((name) => fields[name] === undefined).map((name) => ({ path: [name], message: 'is missing' }));
}

/** An object with some fields and without others, in JSON Schema's terms. */
export function objectWith(
  required: readonly string[],
  refused: readonly string[],
): { type: 'object'; required: string[]; properties: Record<string, boolean> } {
  const properties = {
    ...Object.fromEntries(required.map((field) => [field, true])),
    ...Object.fromEntries(refused.map((field) => [field, false])),
  };
  return { type: 'object', required: [...required], properties };
}
