/**
 * The journal read as a story: which writes took effect, on what, and what bore which tag when. Used by every rule.
 */
import { RUN_TAG } from '../../../src/contract';
import type { JournalEntry } from '../../../src/emulator';
import type { Named, SageMakerKind } from './evidence';

/** One write to a resource of SageMaker. */
export interface Write extends Named {
  /** Its place in the journal. */
  index: number;
  verb: 'create' | 'update' | 'stop' | 'delete' | 'tag';
  entry: JournalEntry;
  /** False where AWS refused it or it was lost on the way. */
  isEffective: boolean;
  /** True where a worker of ours sent it, and not the test or anyone else. */
  isOurs: boolean;
  /** Run tag of what the write met, before it; of a create, the tag it sets. */
  tag?: string;
  /** True where the resource was there, before it. */
  wasThere: boolean;
  /** True where what it met was made by a worker of ours. */
  wasMadeByUs: boolean;
}

const OPERATIONS: Record<string, [Write['verb'], SageMakerKind]> = {
  CreateTrainingJob: ['create', 'training job'],
  UpdateTrainingJob: ['update', 'training job'],
  StopTrainingJob: ['stop', 'training job'],
  DeleteTrainingJob: ['delete', 'training job'],
  CreateModel: ['create', 'model'],
  DeleteModel: ['delete', 'model'],
  CreateEndpointConfig: ['create', 'endpoint config'],
  DeleteEndpointConfig: ['delete', 'endpoint config'],
  CreateEndpoint: ['create', 'endpoint'],
  UpdateEndpoint: ['update', 'endpoint'],
  UpdateEndpointWeightsAndCapacities: ['update', 'endpoint'],
  DeleteEndpoint: ['delete', 'endpoint'],
};

const KIND_OF_ARN: Record<string, SageMakerKind> = {
  'training-job': 'training job',
  model: 'model',
  'endpoint-config': 'endpoint config',
  endpoint: 'endpoint',
};

/** What a worker's AWS clients add to their User-Agent. */
export const OUR_USER_AGENT = 'temporal-sagemaker';

export function readWrites(journal: readonly JournalEntry[]): Write[] {
  const present = new Map<string, { tag?: string; isOurs: boolean }>();
  const writes: Write[] = [];
  for (const [index, entry] of journal.entries()) {
    const about = findSubject(entry);
    if (!about) continue;
    const { verb, kind, name } = about;
    const key = `${kind} ${name}`;
    const isEffective = entry.status >= 200 && entry.status < 300;
    const isOurs = entry.userAgent?.split(' ').includes(OUR_USER_AGENT) ?? false;
    const met = present.get(key);
    const tag = verb === 'create' ? entry.tags?.[RUN_TAG] : met?.tag;
    writes.push({
      ...about,
      index,
      entry,
      isEffective,
      isOurs,
      ...(tag !== undefined && { tag }),
      wasThere: met !== undefined,
      wasMadeByUs: met?.isOurs ?? false,
    });
    if (!isEffective) continue;
    if (verb === 'create') present.set(key, { ...(tag !== undefined && { tag }), isOurs });
    if (verb === 'delete') present.delete(key);
    const added = entry.tags?.[RUN_TAG];
    if (verb === 'tag' && met && added !== undefined) present.set(key, { ...met, tag: added });
  }
  return writes;
}

function findSubject({ operation, resource }: JournalEntry): (Named & Pick<Write, 'verb'>) | undefined {
  if (resource === null) return undefined;
  const known = OPERATIONS[operation];
  if (known) return { verb: known[0], kind: known[1], name: resource };
  if (operation !== 'AddTags' && operation !== 'DeleteTags') return undefined;
  const [, segment = '', name] = /:([a-z-]+)\/([^:]+)$/.exec(resource) ?? [];
  const kind = KIND_OF_ARN[segment];
  return kind && name !== undefined ? { verb: 'tag', kind, name } : undefined;
}

/** The last write of some kinds that took effect on a resource. */
export function lastWrite(writes: readonly Write[], of: Named, verbs: readonly Write['verb'][]): Write | undefined {
  return writes.findLast(
    ({ kind, name, verb, isEffective }) => isEffective && kind === of.kind && name === of.name && verbs.includes(verb),
  );
}
