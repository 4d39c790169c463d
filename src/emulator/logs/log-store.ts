/**
 * CloudWatch Logs' contents: log groups as folders, log streams as files in them. The emulator's processes and
 * PutLogEvents append; the handlers look groups and streams up here and read the files through `log-file.ts`. All
 * survives a restart; only names, sizes and first and last times are kept in memory.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../disk';
import type { LogStore } from '../world';
import { appendEvents, createLogFile, loadLogFile, type LogFile } from './log-file';

export interface LogGroup {
  name: string;
  createdAt: number;
  folder: string;
  streams: Map<string, LogFile>;
}

/** A {@link LogStore} that can also be read. */
export interface ReadableLogStore extends LogStore {
  /** Sorted by name. */
  groups(): LogGroup[];
  group(name: string): LogGroup | undefined;
  /** False where it is there already. */
  createGroup(name: string): boolean;
  /** False where it is there already. The group must be there. */
  createStream(group: LogGroup, name: string): boolean;
}

/** Opens the store in `folder`, which one process at a time may hold. */
export function openLogStore(folder: string, now: () => number = Date.now): ReadableLogStore {
  mkdirSync(folder, { recursive: true });
  const groups = new Map<string, LogGroup>();
  for (const entry of readdirSync(folder)) {
    const group = loadGroup(join(folder, entry));
    if (group) groups.set(group.name, group);
  }

  function makeGroup(name: string): LogGroup {
    const group: LogGroup = { name, createdAt: now(), folder: join(folder, fileName(name)), streams: new Map() };
    mkdirSync(group.folder, { recursive: true });
    const path = join(group.folder, 'group.json');
    replaceFile(path, JSON.stringify({ name, createdAt: group.createdAt }));
    groups.set(name, group);
    return group;
  }

  function makeStream(group: LogGroup, name: string): LogFile {
    const stream = createLogFile(join(group.folder, `${fileName(name)}.log`), name, now());
    group.streams.set(name, stream);
    return stream;
  }

  return {
    groups: () => [...groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    group: (name) => groups.get(name),
    createGroup(name) {
      if (groups.has(name)) return false;
      makeGroup(name);
      return true;
    },
    createStream(group, name) {
      if (group.streams.has(name)) return false;
      makeStream(group, name);
      return true;
    },
    append(groupName, streamName, lines) {
      const group = groups.get(groupName) ?? makeGroup(groupName);
      appendEvents(group.streams.get(streamName) ?? makeStream(group, streamName), lines, now());
    },
  };
}

/** Undefined where a kill came before the group's record: nobody was told of it. */
function loadGroup(folder: string): LogGroup | undefined {
  const entries = readdirSync(folder);
  if (!entries.includes('group.json')) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  const record = JSON.parse(readFileSync(join(folder, 'group.json'), 'utf8')) as Pick<LogGroup, 'name' | 'createdAt'>;
  const streams = new Map<string, LogFile>();
  for (const entry of entries) {
    if (!entry.endsWith('.log')) continue;
    const path = join(folder, entry);
    const stream = loadLogFile(path);
    if (stream) streams.set(stream.stream, stream);
    else rmSync(path);
  }
  return { ...record, folder, streams };
}

/** A hash, because names hold slashes, may be longer than a file name, and may differ from another only in case. */
function fileName(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}
