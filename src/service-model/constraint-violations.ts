/**
 * Finds values that break a published constraint: required, length, range, pattern, enum. Called by `index.ts` once
 * all types are known to be right; the constraints come from the model.
 */
import type { OperationModel, Shape } from './model';
import { shapeOf } from './model';
import type { Violation, ViolationKind } from './violation';
import { itemPath, memberPath, violationOf } from './violation';

/** A value that is already too long is matched against a pattern only up to this length: a pattern can be slow. */
const MATCHED_LENGTH_MAX = 4096;

const compiled = new Map<string, RegExp>();

/** What Java's expressions write otherwise than JavaScript's; the classes stand in brackets wherever they are used. */
const JAVA_ONLY: Record<string, string> = {
  '\\A': '^',
  '\\z': '$',
  '\\p{Alnum}': 'a-zA-Z0-9',
  '\\p{Print}': '\\x20-\\x7e',
};

/** AWS's patterns are not anchored but mean the whole value. */
export function compilePattern(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const translated = pattern.replace(/\\(?:A|z|p\{(?:Alnum|Print)\})/g, (part) => JAVA_ONLY[part] ?? part);
  const expression = new RegExp(`^(?:${translated})$`, 'u');
  compiled.set(pattern, expression);
  return expression;
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) return Object.keys(value).length;
  return undefined;
}

interface Broken {
  kind: ViolationKind;
  constraint: string;
}

/** All that a shape asks of a value by itself, in AWS's words. */
function constraintsOf(shape: Shape): string[] {
  const isNumber = ['integer', 'long', 'float', 'double'].includes(shape.type);
  const measure = isNumber ? 'value' : 'length';
  const constraints: string[] = [];
  const than = (word: string, limit: number) => `Member must have ${measure} ${word} than or equal to ${String(limit)}`;
  if (shape.max !== undefined) constraints.push(than('less', shape.max));
  if (shape.min !== undefined) constraints.push(than('greater', shape.min));
  if (shape.pattern !== undefined) {
    constraints.push(`Member must satisfy regular expression pattern: ${shape.pattern}`);
  }
  if (shape.enum !== undefined) constraints.push(`Member must satisfy enum value set: [${shape.enum.join(', ')}]`);
  return constraints;
}

/** The constraints of its own shape that a value breaks; what it holds is not looked at. */
function brokenBy(value: unknown, shape: Shape): Broken[] {
  const broken: Broken[] = [];
  const isNumber = typeof value === 'number';
  const measured = isNumber ? value : sizeOf(value);
  if (measured !== undefined && shape.type !== 'timestamp') {
    const kind = isNumber ? 'range' : 'length';
    const { min, max } = shape;
    if (max !== undefined && measured > max) {
      broken.push(...constraintsOf({ type: shape.type, max }).map((constraint) => ({ kind, constraint }) as const));
    }
    if (min !== undefined && measured < min) {
      broken.push(...constraintsOf({ type: shape.type, min }).map((constraint) => ({ kind, constraint }) as const));
    }
  }
  if (typeof value !== 'string') return broken;
  const matched = value.length <= Math.max(MATCHED_LENGTH_MAX, shape.max ?? 0);
  if (shape.pattern !== undefined && matched && !compilePattern(shape.pattern).test(value)) {
    broken.push({ kind: 'pattern', constraint: constraintsOf({ type: shape.type, pattern: shape.pattern }).join() });
  }
  if (shape.enum !== undefined && !shape.enum.includes(value)) {
    broken.push({ kind: 'enum', constraint: constraintsOf({ type: shape.type, enum: shape.enum }).join() });
  }
  return broken;
}

function isScalar(shape: Shape): boolean {
  return !['structure', 'list', 'map'].includes(shape.type);
}

/** Adds to `found` each constraint that `value`, or anything in it, breaks. */
export function findConstraintViolations(
  operation: OperationModel,
  shapeName: string,
  value: unknown,
  path: string,
  found: Violation[],
): void {
  if (value === undefined || value === null) return;
  const shape = shapeOf(operation, shapeName);
  const report = (kind: ViolationKind, constraint: string) => {
    found.push(violationOf(kind, path, constraint, { value, shape, shapeName }));
  };
  if (shape.type !== 'structure') {
    for (const { kind, constraint } of brokenBy(value, shape)) report(kind, constraint);
  }

  if (shape.members !== undefined) {
    const given = value as Record<string, unknown>;
    for (const name of shape.required ?? []) {
      if (Object.hasOwn(given, name) && given[name] !== undefined && given[name] !== null) continue;
      found.push(violationOf('required', memberPath(path, name), 'Member must not be null'));
    }
    for (const [name, member] of Object.entries(shape.members)) {
      if (!Object.hasOwn(given, name)) continue;
      findConstraintViolations(operation, member, given[name], memberPath(path, name), found);
    }
  } else if (shape.member !== undefined) {
    const itemShape = shapeOf(operation, shape.member);
    const items = value as unknown[];
    for (const [index, item] of items.entries()) {
      if (item === null || item === undefined) {
        found.push(violationOf('required', itemPath(path, index), 'Member must not be null'));
      } else if (!isScalar(itemShape)) {
        findConstraintViolations(operation, shape.member, item, itemPath(path, index), found);
      }
    }
    // AWS reports a list of plain values once, as a whole.
    if (isScalar(itemShape) && items.some((item) => brokenBy(item, itemShape).length > 0)) {
      report('list', `Member must satisfy constraint: [${constraintsOf(itemShape).join(', ')}]`);
    }
  } else if (shape.key !== undefined && shape.value !== undefined) {
    const keyShape = shapeOf(operation, shape.key);
    const valueShape = shapeOf(operation, shape.value);
    const entries = Object.entries(value);
    if (entries.some(([key]) => brokenBy(key, keyShape).length > 0)) {
      report('map', `Map keys must satisfy constraint: [${constraintsOf(keyShape).join(', ')}]`);
    }
    if (isScalar(valueShape)) {
      if (entries.some(([, item]) => brokenBy(item, valueShape).length > 0)) {
        report('map', `Map value must satisfy constraint: [${constraintsOf(valueShape).join(', ')}]`);
      }
      return;
    }
    for (const [key, item] of entries) {
      findConstraintViolations(operation, shape.value, item, `${path}.${key}.member`, found);
    }
  }
}
