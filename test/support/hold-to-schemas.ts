/**
 * Holds what runs answer against the contract's schemas, to the last field: every result, progress and failure that a
 * test gets to see passes here, so that a field which the published documents do not name fails the test that met it.
 */
import { PROGRESS_QUERY, type WorkflowType } from '../../src/contract';
import { failureDetailsSchema, progressSchema, RESULT_SCHEMAS } from '../../src/schemas';

interface Answering {
  result(): Promise<unknown>;
  query(definition: unknown, ...args: unknown[]): Promise<unknown>;
}

/** The handle of a run, which from now on checks what it answers. Runs of other types are left alone. */
export function holdToSchemas<Handle extends object>(handle: Handle, type: string): Handle {
  if (!Object.hasOwn(RESULT_SCHEMAS, type)) return handle;
  const { result, query } = handle as Answering;
  return Object.assign(handle, {
    async result() {
      return RESULT_SCHEMAS[type as WorkflowType].parse(await result.call(handle));
    },
    async query(...args: Parameters<Answering['query']>) {
      const answer = await query.apply(handle, args);
      return args[0] === PROGRESS_QUERY ? progressSchema.parse(answer) : answer;
    },
  });
}

export function holdDetailsToSchema(details: unknown): void {
  failureDetailsSchema.parse(details);
}
