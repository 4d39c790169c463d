/**
 * The emulator's stores where there is no room: a file beside the one that is replaced is a link to /dev/full, which takes
 * no byte. What was there stays, what cannot be written is told, and nothing ticks on after the end.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmulator } from '../../../src/emulator';
import { openClock } from '../../../src/emulator/clock';
import { openJournal, type JournalEntry } from '../../../src/emulator/control/journal';
import { openKeyRing } from '../../../src/emulator/key-pair';
import { openRecords } from '../../../src/emulator/records';
import { makeScratchFolder, removeScratchFolders } from '../../support/scratch';

let folder: string;
beforeEach(() => {
  folder = makeScratchFolder();
});
afterEach(() => jest.useRealTimers());
afterAll(removeScratchFolders);

/** The next replacement of this file finds no room. */
function fillFor(path: string): void {
  symlinkSync('/dev/full', `${path}.tmp`);
}

const NO_ROOM = expect.objectContaining({ code: 'ENOSPC' }) as Error;

describe('records', () => {
  const warnings: string[] = [];
  const open = () => openRecords(folder, (message) => warnings.push(message));
  const fileOf = (name: string): string =>
    join(folder, 'thing', readdirSync(join(folder, 'thing')).find((file) => file.startsWith(name)) ?? '');
  const putInVain = (records: ReturnType<typeof open>, name: string, value: number): void => {
    fillFor(fileOf(name));
    records.put('thing', name, value, { eventually: true });
  };
  beforeEach(() => {
    warnings.length = 0;
    jest.useFakeTimers();
  });

  it('tick no more once they are closed, however often the disk was full in between', () => {
    const records = open();
    for (const name of ['one', 'two']) records.put('thing', name, 1);
    putInVain(records, 'one', 2);
    records.put('thing', 'one', 3, { eventually: true });
    putInVain(records, 'two', 2);
    records.close();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('tell once of each trouble that keeps them from being written later, and are written when it is over', () => {
    const records = open();
    records.put('thing', 'one', 1);
    const file = fileOf('one');
    putInVain(records, 'one', 2);
    rmSync(file);
    mkdirSync(join(file, 'in-the-way'), { recursive: true });
    jest.advanceTimersByTime(5_000);
    expect(warnings).toEqual([expect.stringContaining('is full'), expect.stringContaining('EISDIR')]);
    rmSync(file, { recursive: true });
    jest.advanceTimersByTime(1_000);
    expect(warnings.at(-1)).toContain('There is room on the disk again');
    expect(open().get('thing', 'one')).toBe(2);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('the key pair', () => {
  it('stays in force, and in its file, where there is no room for another', () => {
    const ring = openKeyRing(folder);
    const before = ring.keys();
    const path = join(folder, 'credentials.json');
    fillFor(path);
    expect(() => ring.renew()).toThrow(NO_ROOM);
    expect(ring.keys()).toEqual(before);
    expect(ring.keys().expired).toEqual(new Set());
    expect(openKeyRing(folder).keys().accessKeyId).toBe(before.accessKeyId);
    expect(ring.renew().accessKeyId).not.toBe(before.accessKeyId);
    expect(ring.keys().expired).toEqual(new Set([before.accessKeyId]));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('that cannot be read is told of with what to do', () => {
    writeFileSync(join(folder, 'credentials.json'), '');
    expect(() => openKeyRing(folder)).toThrow(/cannot be read; remove the file/);
  });
});

describe('the journal', () => {
  const entry = (resource: string): JournalEntry => ({
    operation: 'CreateModel',
    time: '2026-05-04T10:00:00.000Z',
    status: 200,
    resource,
    answered: true,
  });
  const resources = (journal: ReturnType<typeof openJournal>) =>
    journal.read({}).entries.map(({ resource }) => resource);

  it('goes on in its file where no new one can be begun, and loses nothing', () => {
    const journal = openJournal(folder, 2);
    const inTheWay = join(folder, 'journal.jsonl.new');
    for (const resource of ['a', 'b']) journal.record(entry(resource));
    mkdirSync(inTheWay);
    expect(() => journal.record(entry('c'))).toThrow('EISDIR');
    rmSync(inTheWay, { recursive: true });
    journal.record(entry('d'));
    journal.record(entry('e'));
    journal.close();
    expect(existsSync(inTheWay)).toBe(false);
    const again = openJournal(folder, 2);
    // Of two files of two lines each, as it is meant to be.
    expect(resources(again)).toEqual(['c', 'd', 'e']);
    again.close();
  });
});

describe('a start', () => {
  it('writes no clock that stands there already', () => {
    openClock(folder, { phases: { Training: 7 } });
    fillFor(join(folder, 'clock.json'));
    expect(openClock(folder).durationMs('Training')).toBe(7);
    expect(() => openClock(folder, { simulated: true })).toThrow(NO_ROOM);
  });

  it('that finds no room says so in plain words', async () => {
    fillFor(join(folder, 'clock.json'));
    await expect(startEmulator({ folder })).rejects.toThrow(
      /^The emulator cannot start: the disk .* is full; free some/,
    );
  });
});
