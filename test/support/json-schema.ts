/**
 * The published JSON Schema documents as a reader of another program has them: the files of `schema/`, compiled by ajv
 * in its strictest mode.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';

const FOLDER = join(__dirname, '../../schema');

/** Names of all published documents. */
export function publishedNames(): string[] {
  return readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));
}

export function readPublished(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Record<string, unknown>;
}

export interface Validator {
  (value: unknown): boolean;
  errors?: ErrorObject[] | null;
}

const compiled = new Map<string, Validator>();

/** Compiles one document, alone: it may refer to nothing outside itself. */
export function compilePublished(name: string): Validator {
  const known = compiled.get(name);
  if (known) return known;
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats(ajv);
  const validate = ajv.compile(readPublished(name));
  compiled.set(name, validate);
  return validate;
}

/** @throws Error that tells what is wrong with a value */
export function expectToFit(name: string, value: unknown): void {
  const validate = compilePublished(name);
  if (!validate(value)) throw new Error(`${JSON.stringify(value)} is no ${name}: ${JSON.stringify(validate.errors)}`);
}
