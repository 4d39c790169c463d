/**
 * The shapes of the AWS operations in use, as botocore publishes them. The data comes from `botocore-cut.json`, which
 * scripts/cut-service-model.py makes; `type-violations.ts` and `constraint-violations.ts` walk it.
 */
import cut from './botocore-cut.json';

/** One shape: its type, what it holds, and what constrains it. */
export interface Shape {
  type:
    | 'structure'
    | 'list'
    | 'map'
    | 'string'
    | 'integer'
    | 'long'
    | 'float'
    | 'double'
    | 'boolean'
    | 'timestamp'
    | 'blob';
  /** Of a structure: each member's shape, by name. */
  members?: Record<string, string>;
  required?: string[];
  /** Of a list: the shape of its items. */
  member?: string;
  /** Of a map: the shapes of its keys and values. */
  key?: string;
  value?: string;
  min?: number;
  max?: number;
  pattern?: string;
  enum?: string[];
  sensitive?: boolean;
}

interface ServiceModel {
  operations: Record<string, { input?: string; output?: string }>;
  shapes: Record<string, Shape>;
}

/** One operation, with the shapes that its members' names refer to. */
export interface OperationModel {
  service: string;
  input?: string;
  output?: string;
  shapes: Readonly<Record<string, Shape>>;
}

/** The version of botocore that the constraints were published with. */
export const BOTOCORE_VERSION: string = cut.botocore;

const operations = new Map<string, OperationModel>();
for (const [service, model] of Object.entries(cut.services as unknown as Record<string, ServiceModel>)) {
  for (const [name, references] of Object.entries(model.operations)) {
    operations.set(name, { service, ...references, shapes: model.shapes });
  }
}

/** The regions that there were when the constraints were published, of all partitions. */
export const KNOWN_REGIONS: readonly string[] = cut.regions;

/** The names of all operations whose constraints are known. */
export const MODELLED_OPERATIONS: readonly string[] = [...operations.keys()];

/** Answers undefined for an operation that was not cut out of the model. */
export function findOperation(name: string): OperationModel | undefined {
  return operations.get(name);
}

/** Answers the shape of that name; the model is closed, so that an unknown name is a defect of the cut. */
export function shapeOf(operation: OperationModel, name: string): Shape {
  const shape = operation.shapes[name];
  if (shape === undefined) throw new Error(`The service model has no shape ${name} [service=${operation.service}]`);
  return shape;
}
