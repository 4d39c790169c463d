/**
 * The records of one kind of resource, found by name and changed in one step. All of it is synchronous, so that two
 * requests never see each other's halves.
 */
import type { World } from '../world';
import { formatArn } from './arn';
import type { Kind } from './arn';
import { refuseMissing, refuseTaken } from './refusals';

/** What all records have in common. Times are milliseconds since the epoch. */
export interface ResourceRecord {
  name: string;
  creationTime: number;
  lastModifiedTime: number;
  tags: ResourceTag[];
}

export interface ResourceTag {
  Key: string;
  Value: string;
}

export interface Resources<Stored extends ResourceRecord> {
  kind: Kind;
  arnOf(name: string): string;
  find(name: string): Stored | undefined;
  /** @throws AwsError in AWS's words for a missing resource. */
  get(name: string): Stored;
  /** @throws AwsError in AWS's words for a taken name. */
  add(record: Stored): void;
  /** Writes the change of what is stored now; nothing where it is gone. */
  change(name: string, change: (record: Stored) => Stored, options?: { eventually?: boolean }): Stored | undefined;
  delete(name: string): void;
  list(): Stored[];
}

export function openResources<Stored extends ResourceRecord>(world: World, kind: Kind): Resources<Stored> {
  const { records } = world;
  const arnOf = (name: string): string => formatArn(world, kind, name);
  const find = (name: string): Stored | undefined => records.get(kind, name) as Stored | undefined;
  return {
    kind,
    arnOf,
    find,
    get(name) {
      const record = find(name);
      if (record === undefined) throw refuseMissing(kind, arnOf(name));
      return record;
    },
    add(record) {
      if (find(record.name) !== undefined) throw refuseTaken(kind, arnOf(record.name));
      records.put(kind, record.name, record);
    },
    change(name, change, options) {
      const record = find(name);
      if (record === undefined) return undefined;
      const changed = change(record);
      records.put(kind, name, changed, options);
      return changed;
    },
    delete(name) {
      records.delete(kind, name);
    },
    list: () => records.list<Stored>(kind),
  };
}
