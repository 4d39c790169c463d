/**
 * Finds values of the wrong type in a request, which AWS answers before it looks at any constraint. Called by
 * `index.ts` with the request and its shape from the model.
 */
import type { OperationModel, Shape } from './model';
import { shapeOf } from './model';
import type { Violation } from './violation';
import { itemPath, memberPath } from './violation';

const WANTED: Record<Shape['type'], string> = {
  structure: 'a Structure',
  list: 'a List',
  map: 'a Map',
  string: 'a String',
  integer: 'an Integer',
  long: 'a Long',
  float: 'a Float',
  double: 'a Double',
  boolean: 'a Boolean',
  timestamp: 'a Timestamp',
  blob: 'a Blob',
};

/** The parser's word for what it met. */
function tokenOf(value: unknown): string {
  if (typeof value === 'string') return 'STRING_VALUE';
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  if (Array.isArray(value)) return 'LIST_VALUE';
  return typeof value === 'object' ? 'STRUCTURE_VALUE' : 'UNKNOWN_VALUE';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  );
}

function isOfType(value: unknown, type: Shape['type']): boolean {
  switch (type) {
    case 'structure':
    case 'map':
      return isRecord(value);
    case 'list':
      return Array.isArray(value);
    case 'string':
      return typeof value === 'string';
    case 'integer':
    case 'long':
      return Number.isSafeInteger(value);
    case 'float':
    case 'double':
      return typeof value === 'number' && Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'timestamp':
      return (value instanceof Date && !Number.isNaN(value.getTime())) || Number.isFinite(value);
    case 'blob':
      return typeof value === 'string' || value instanceof Uint8Array;
  }
}

/** Adds to `found` each value behind `value` whose type is not its shape's. Null is absent, unknown members are ignored. */
export function findTypeViolations(
  operation: OperationModel,
  shapeName: string,
  value: unknown,
  path: string,
  found: Violation[],
): void {
  if (value === undefined || value === null) return;
  const shape = shapeOf(operation, shapeName);
  if (!isOfType(value, shape.type)) {
    const message = `${tokenOf(value)} can not be converted to ${WANTED[shape.type]}`;
    found.push({ path, kind: 'type', constraint: `Member must be ${WANTED[shape.type]}`, message });
    return;
  }
  if (shape.members !== undefined) {
    const given = value as Record<string, unknown>;
    for (const [name, member] of Object.entries(shape.members)) {
      if (Object.hasOwn(given, name)) findTypeViolations(operation, member, given[name], memberPath(path, name), found);
    }
  } else if (shape.member !== undefined) {
    for (const [index, item] of (value as unknown[]).entries()) {
      findTypeViolations(operation, shape.member, item, itemPath(path, index), found);
    }
  } else if (shape.value !== undefined) {
    for (const [key, item] of Object.entries(value)) {
      findTypeViolations(operation, shape.value, item, `${path}.${key}`, found);
    }
  }
}
