/** docs/arguments.md has every argument, with the default that the schema publishes and a field that AWS's model has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { deploySchema, estimatorSchema, fileSystemInputSchema, fitSchema, s3InputSchema } from '../../src/schemas';
import { findOperation, shapeOf } from '../../src/service-model/model';

const page = readFileSync(join(__dirname, '../../docs/arguments.md'), 'utf8');

interface Row {
  argument: string;
  field: string;
  fallback: string;
}

function rowsUnder(heading: string): Row[] {
  const [, section = ''] = page.split(new RegExp(`^## ${heading}$`, 'm'));
  const [own = ''] = section.split(/^## /m);
  return [...own.matchAll(/^\| `(\w+)` *\|([^|]*)\|([^|]*)\|/gm)].map(
    ([, argument = '', field = '', fallback = '']) => ({
      argument,
      field: field.replaceAll('`', '').trim(),
      fallback: fallback.replaceAll('`', '').trim(),
    }),
  );
}

const SECTIONS = {
  Estimator: estimatorSchema,
  fit: fitSchema,
  s3Input: s3InputSchema,
  fileSystemInput: fileSystemInputSchema,
  deploy: deploySchema,
};

describe.each(Object.entries(SECTIONS))('%s', (heading, schema) => {
  const rows = rowsUnder(heading);

  it('has a row for each argument, and no others', () => {
    expect(rows.map(({ argument }) => argument).sort()).toEqual(Object.keys(schema.shape).sort());
  });

  it('tells the defaults that are published', () => {
    const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
    const published = Object.entries(properties).flatMap(([argument, property]) =>
      typeof property === 'object' && property.default !== undefined
        ? [[argument, JSON.stringify(property.default).replaceAll('"', '')]]
        : [],
    );
    const told = new Map(rows.map(({ argument, fallback }) => [argument, fallback]));
    expect(published.map(([argument = '']) => [argument, told.get(argument)])).toEqual(published);
  });

  it("names fields of AWS's model", () => {
    expect(rows.filter(({ field }) => field !== '' && !isModelled(field))).toEqual([]);
  });
});

function isModelled(field: string): boolean {
  const [first = '', ...rest] = field.split('.');
  const name = first === 'Channel' ? 'CreateTrainingJob' : first;
  const path = first === 'Channel' ? ['InputDataConfig', ...rest] : rest;
  const operation = findOperation(name);
  if (operation?.input === undefined) return false;
  const end = path.reduce<string | undefined>((at, member) => {
    const shape = at === undefined ? undefined : shapeOf(operation, at);
    const holder = shape?.member === undefined ? shape : shapeOf(operation, shape.member);
    return holder?.members?.[member];
  }, operation.input);
  return end !== undefined;
}
