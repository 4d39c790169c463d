/**
 * Valid values of the shapes in AWS's model, for tests that go over all of them: as deep as is asked for, each member of a
 * structure given, and nothing that the model refuses.
 */
import { compilePattern } from '../../src/service-model/constraint-violations';
import { shapeOf, type OperationModel } from '../../src/service-model/model';

/** Texts of which one fits each pattern; the first that fits is taken. */
const PLAUSIBLE = [
  'name-1',
  'arn:aws:sagemaker:eu-central-1:123456789012:model/name-1',
  'arn:aws:iam::123456789012:role/name-1',
  's3://bucket/key',
  'https://example.com/a',
  'ml.m5.large',
  '123456789012',
  'arn:aws:sagemaker:eu-central-1:123456789012:hub-content/hub/Model/name/1.0.0',
  'arn:aws:sagemaker:eu-central-1:123456789012:training-plan/plan',
  'arn:aws:sagemaker:eu-central-1:123456789012:mlflow-app/app',
  'arn:aws:sagemaker:eu-central-1:123456789012:model-package-group/group',
  'arn:aws:sagemaker:eu-central-1:123456789012:hub-content/hub/DataSet/name/1.0.0',
  'arn:aws:sagemaker:eu-central-1:123456789012:model-package/group/1',
  'arn:aws:lambda:eu-central-1:123456789012:function:keys',
  'arn:aws:sns:eu-central-1:123456789012:topic',
  'text/csv',
  '/opt/ml',
  'mig-1g.5gb',
  'fs-0123456789abcdef0',
  '8K',
  'a1',
  '1',
];

/** Deeper than any structure of a request that is sent here, but for those that hold themselves. */
const DEPTH_MAX = 12;

/** A value with all that a shape may hold; from a depth on, with what it must hold. */
export function fullValueOf(operation: OperationModel, name: string, depthMax = DEPTH_MAX, depth = 0): unknown {
  const shape = shapeOf(operation, name);
  switch (shape.type) {
    case 'structure':
      return Object.fromEntries(
        Object.entries(shape.members ?? {})
          .filter(([member]) => depth < depthMax || shape.required?.includes(member) === true)
          .map(([member, reference]) => [member, fullValueOf(operation, reference, depthMax, depth + 1)]),
      );
    case 'list':
      return Array.from({ length: Math.max(1, shape.min ?? 1) }, () =>
        fullValueOf(operation, shape.member ?? '', depthMax, depth + 1),
      );
    case 'map':
      return { a_key: fullValueOf(operation, shape.value ?? '', depthMax, depth + 1) };
    case 'string': {
      if (shape.enum !== undefined) return shape.enum[0];
      const expression = compilePattern(shape.pattern ?? '[^]*');
      const fits = (text: string) => text.length >= (shape.min ?? 0) && text.length <= (shape.max ?? Infinity);
      const found = PLAUSIBLE.find((text) => fits(text) && expression.test(text));
      if (found === undefined) throw new Error(`no plausible ${name}: ${shape.pattern ?? ''}`);
      return found;
    }
    case 'boolean':
      return true;
    case 'timestamp':
      return new Date(1_700_000_000_000);
    case 'blob':
      return new Uint8Array([1, 2, 3]);
    default:
      return Math.max(1, shape.min ?? 1);
  }
}

/** A value without what the second shape, of an answer, has no member for. */
export function asAnswered(operation: OperationModel, value: unknown, name: string): unknown {
  const shape = shapeOf(operation, name);
  if (shape.type === 'list') return (value as unknown[]).map((item) => asAnswered(operation, item, shape.member ?? ''));
  if (shape.type !== 'structure') return value;
  const members = shape.members ?? {};
  return Object.fromEntries(
    Object.entries(value as object)
      .filter(([member]) => member in members)
      .map(([member, inner]) => [member, asAnswered(operation, inner, members[member] ?? '')]),
  );
}
