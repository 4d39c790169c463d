/**
 * AWS's published constraints, checked without a call: the one thing that product and emulator share. `schemas/` asks
 * it about the requests a run would send, the emulator about the requests it receives; the data is botocore's.
 */
import { findConstraintViolations } from './constraint-violations';
import { findOperation, shapeOf, type OperationModel } from './model';
import { findTypeViolations } from './type-violations';
import { itemPath, type Violation } from './violation';

export { compilePattern } from './constraint-violations';
export { BOTOCORE_VERSION, KNOWN_REGIONS, MODELLED_OPERATIONS } from './model';
export type { Violation, ViolationKind } from './violation';

/** Answers whether {@link findViolations} knows the operation. */
export function isModelled(operation: string): boolean {
  return findOperation(operation) !== undefined;
}

function findIn(direction: 'input' | 'output', name: string, value: unknown): Violation[] {
  const operation = findOperation(name);
  if (operation === undefined) {
    throw new Error(`${name} is not in the service model; add it to scripts/cut-service-model.py and run that`);
  }
  const shape = operation[direction];
  if (shape === undefined) return [];
  const wrongTypes: Violation[] = [];
  findTypeViolations(operation, shape, value ?? {}, '', wrongTypes);
  if (wrongTypes.length > 0) return wrongTypes;
  const broken: Violation[] = [];
  findConstraintViolations(operation, shape, value ?? {}, '', broken);
  return broken;
}

/**
 * Finds all that is wrong with a request, or answers an empty list. Wrong types come alone, as AWS looks at nothing else
 * then; a null member counts as absent and a member that the model does not know is ignored, as AWS ignores it. Times
 * may be dates or epoch seconds, blobs byte arrays or base64.
 *
 * @throws Error when the operation is not modelled.
 */
export function findViolations(operation: string, input: unknown): Violation[] {
  return findIn('input', operation, input);
}

/** The same for an answer; there to test the emulator with. */
export function findOutputViolations(operation: string, output: unknown): Violation[] {
  return findIn('output', operation, output);
}

/** Members of a request that the model does not know, by their paths; AWS ignores them, or is newer. */
export function findUnknownMembers(name: string, value: unknown): string[] {
  const operation = findOperation(name);
  return operation?.input === undefined ? [] : unknownWithin(operation, operation.input, value, '');
}

function unknownWithin(operation: OperationModel, shapeName: string, value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { members, member, value: valueShape } = shapeOf(operation, shapeName);
  if (Array.isArray(value)) {
    if (member === undefined) return [];
    return value.flatMap((item, index) => unknownWithin(operation, member, item, itemPath(path, index)));
  }
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const shape = members === undefined ? valueShape : Object.hasOwn(members, name) ? members[name] : undefined;
    if (shape !== undefined) return unknownWithin(operation, shape, inner, at);
    return members === undefined ? [] : [at];
  });
}

/** Writes violations as one message, as AWS does: `2 validation errors detected: ...; ...`. */
export function describeViolations(violations: readonly Violation[]): string {
  const noun = violations.length === 1 ? 'error' : 'errors';
  const parts = violations.map((violation) => violation.message).join('; ');
  return `${String(violations.length)} validation ${noun} detected: ${parts}`;
}
