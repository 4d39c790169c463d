import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClock } from '../../../src/emulator/clock';
import { createFaults } from '../../../src/emulator/control/faults';
import { openJournal } from '../../../src/emulator/control/journal';
import { lockFolder } from '../../../src/emulator/folder-lock';
import { openKeyPair } from '../../../src/emulator/key-pair';
import { openRecords } from '../../../src/emulator/records';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wire-state-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const refuseWarning = (message: string) => {
  throw new Error(message);
};

describe('records', () => {
  it('are there again after a restart, whatever their names', () => {
    const names = ['plain', 'Plain', '../../etc/passwd', 'a/b', '.', '', 'é\u202e\0\n', 'x'.repeat(5000), '__proto__'];
    const records = openRecords(join(folder, 'r'), refuseWarning);
    for (const name of names) records.put('thing', name, { name, at: new Date(0) });
    const again = openRecords(join(folder, 'r'), refuseWarning);
    for (const name of names) {
      expect(again.get('thing', name)).toEqual({ name, at: '1970-01-01T00:00:00.000Z' });
      expect(records.get('thing', name)).toEqual(again.get('thing', name));
    }
    expect(again.list('thing')).toHaveLength(names.length);
    expect(readdirSync(join(folder, 'r', 'thing'))).toHaveLength(names.length);
    expect(readdirSync(folder)).toEqual(['r']);
  });

  it('are gone when deleted, also after a restart', () => {
    const records = openRecords(folder, refuseWarning);
    records.put('thing', 'one', 1);
    records.delete('thing', 'one');
    records.delete('thing', 'none');
    expect(records.get('thing', 'one')).toBeUndefined();
    expect(openRecords(folder, refuseWarning).list('thing')).toEqual([]);
  });

  it('survive a write that was killed half way', () => {
    openRecords(folder, refuseWarning).put('thing', 'one', { whole: true });
    const [file = ''] = readdirSync(join(folder, 'thing'));
    writeFileSync(join(folder, 'thing', `${file}.tmp`), '{"name":"one","val');
    expect(openRecords(folder, refuseWarning).list('thing')).toEqual([{ whole: true }]);
    expect(readdirSync(join(folder, 'thing'))).toEqual([file]);
  });

  it('are set aside with a warning when a file is broken', () => {
    openRecords(folder, refuseWarning).put('thing', 'one', 1);
    const [file = ''] = readdirSync(join(folder, 'thing'));
    writeFileSync(join(folder, 'thing', file), '{');
    const warnings: string[] = [];
    expect(openRecords(folder, (message) => warnings.push(message)).list('thing')).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('set aside')]);
    expect(existsSync(join(folder, 'thing', `${file}.broken`))).toBe(true);
  });

  it('refuse a kind that would leave the folder', () => {
    expect(() => openRecords(folder, refuseWarning).get('../x', 'one')).toThrow('A kind of record');
  });
});

describe('the journal', () => {
  const entry = (operation: string, answered = true) => ({
    operation,
    time: new Date(0).toISOString(),
    status: 200,
    resource: null,
    answered,
  });

  it('keeps its order and the fate of answers over a restart', () => {
    const journal = openJournal(folder);
    journal.record(entry('A'));
    const withheld = journal.record(entry('B', false));
    journal.record(entry('A'));
    withheld.setAnswered(true);
    journal.close();
    const again = openJournal(folder);
    expect(again.read({}).entries.map(({ operation, answered }) => [operation, answered])).toEqual([
      ['A', true],
      ['B', true],
      ['A', true],
    ]);
    again.record(entry('C', false));
    expect(again.read({ since: 2 })).toMatchObject({ entries: [{ operation: 'A' }, { operation: 'C' }], next: 4 });
    expect(again.read({ operation: 'A' }).entries).toHaveLength(2);
    again.close();
  });

  it('forgives half a line at its end', () => {
    const journal = openJournal(folder);
    journal.record(entry('A'));
    journal.close();
    appendFileSync(join(folder, 'journal.jsonl'), '[1,{"operation":"B"');
    const again = openJournal(folder);
    expect(again.read({}).entries).toHaveLength(1);
    again.record(entry('C'));
    again.close();
    const third = openJournal(folder);
    expect(third.read({}).entries.map(({ operation }) => operation)).toEqual(['A', 'C']);
    third.close();
  });
});

describe('the clock', () => {
  it('keeps its settings over a restart, but for those that a start gives', () => {
    openClock(folder).set({ phases: { Starting: 5, Training: 6 }, simulated: true });
    const again = openClock(folder, { phases: { Training: 7 } });
    expect(again.settings()).toMatchObject({ phases: { Starting: 5, Training: 7, Creating: 1000 }, simulated: true });
    expect(again.durationMs('Starting')).toBe(5);
  });

  it('can be ahead of this machine or behind it', () => {
    const clock = openClock(folder);
    for (const skewMs of [600_000, -600_000, 0]) {
      clock.set({ skewMs });
      expect(Math.abs(clock.now() - Date.now() - skewMs)).toBeLessThan(60_000);
    }
    expect(() => clock.set({ skewMs: 86_400_001 })).toThrow('skewMs must be a whole number from -86400000');
  });

  it('refuses what is no setting, with every problem', () => {
    const clock = openClock(folder);
    expect(() => clock.set({ phases: { Starting: -1, Dancing: 1 }, simulated: 'yes', speed: 2 })).toThrow(
      'speed is not known; simulated must be true or false; phases.Starting must be from 0 to 2419200000 ms; phases.Dancing is not one of',
    );
    expect(() => clock.set(null)).toThrow('The body must be');
    expect(clock.settings().phases.Starting).toBe(1000);
  });
});

describe('the folder', () => {
  it('has one holder at a time', () => {
    const release = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(`pid=${String(process.pid)}`);
    release();
    lockFolder(folder)();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over from a process that is gone, and from another that got its number', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const lock = join(folder, 'emulator.lock');
    writeFileSync(lock, JSON.stringify({ pid, token: 'gone' }));
    const release = lockFolder(folder);
    const held = JSON.parse(readFileSync(lock, 'utf8')) as { startedAt?: string };
    release();
    if (held.startedAt !== undefined) {
      writeFileSync(lock, JSON.stringify({ ...held, startedAt: '1', token: 'earlier' }));
      lockFolder(folder)();
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps its key pair, which only its owner may read', () => {
    const first = openKeyPair(folder);
    expect(openKeyPair(folder)).toEqual(first);
    const given = { accessKeyId: 'GIVEN', secretAccessKey: 'given' };
    expect(openKeyPair(folder, given)).toEqual(given);
    expect(openKeyPair(folder)).toEqual(given);
  });
});

describe('fault rules', () => {
  const call = (operation: string, resource: string | null = 'job-1') => ({ operation, resource, requestId: 'r' });

  it('meet the calls they name, as often as they say', async () => {
    const faults = createFaults();
    faults.add({ rules: [{ operation: 'StopTrainingJob', resource: 'job-\\d', action: 'error', times: 2 }] });
    expect(faults.meet('before', call('CreateTrainingJob'))).toBeUndefined();
    expect(faults.meet('after', call('StopTrainingJob'))).toBeUndefined();
    expect(faults.meet('before', call('StopTrainingJob', 'job-10'))).toBeUndefined();
    expect(faults.meet('before', call('StopTrainingJob', null))).toBeUndefined();
    await expect(faults.meet('before', call('StopTrainingJob'))?.run()).resolves.toMatchObject({ kind: 'answer' });
    expect(faults.meet('before', call('StopTrainingJob'))).toBeDefined();
    expect(faults.meet('before', call('StopTrainingJob'))).toBeUndefined();
    expect(faults.list()).toMatchObject([{ id: 'fault-1', hits: 2, held: [] }]);
  });

  it('hold a call before what a later rule does to it', async () => {
    const faults = createFaults();
    faults.add({
      rules: [
        { id: 'barrier', operation: '*', action: 'hold' },
        { operation: '*', action: 'throttle' },
      ],
    });
    const verdict = faults.meet('before', call('A'))?.run();
    await expect(faults.untilHeld('barrier', 1000)).resolves.toMatchObject({ operation: 'A', resource: 'job-1' });
    expect(faults.release('barrier')).toBe(1);
    await expect(verdict).resolves.toMatchObject({ kind: 'answer', rule: { action: 'throttle' } });
    expect(faults.release('none')).toBeUndefined();
    await expect(faults.untilHeld('barrier', 1)).resolves.toBeUndefined();
  });

  it('let go of what they hold when they are removed', async () => {
    const faults = createFaults();
    faults.add({
      rules: [
        { id: 'a', operation: 'A', action: 'hold' },
        { id: 'b', operation: 'B', action: 'hang', when: 'after' },
      ],
    });
    const held = faults.meet('before', call('A'))?.run();
    const hung = faults.meet('after', call('B'))?.run();
    faults.add({ rules: [{ id: 'c', operation: 'C', action: 'hold' }] });
    const watched = faults.untilHeld('c', 60_000);
    faults.remove();
    await expect(held).resolves.toEqual({ kind: 'go on', changes: [] });
    await expect(hung).resolves.toEqual({ kind: 'close', reset: false });
    await expect(watched).resolves.toBeUndefined();
    expect(faults.list()).toEqual([]);
  });

  it('draw the same lots for the same seed', () => {
    const drawn = () => {
      const faults = createFaults();
      faults.add({ rules: [{ operation: '*', action: 'error', probability: 0.5, seed: 7 }] });
      return Array.from({ length: 64 }, () => faults.meet('before', call('A')) !== undefined);
    };
    expect(drawn()).toEqual(drawn());
    expect(new Set(drawn())).toEqual(new Set([true, false]));
  });

  it('are refused with every problem at once, and then none of them holds', () => {
    const faults = createFaults();
    expect(() =>
      faults.add({
        rules: [{ operation: 'A', action: 'hold', status: 500 }, { action: 'explode', times: 0, colour: 'red' }, 'x'],
      }),
    ).toThrow(
      'rules[0].status is only for throttle and error; rules[1].operation must be given; rules[1].action must be one of throttle, error, lose, hang, hold, delay, reset, truncate, stale, rewrite; rules[1].times must be a whole number from 1; rules[1].colour is not known; rules[2] must be an object',
    );
    expect(() => faults.add([])).toThrow('The body must be');
    faults.add({ rules: [{ id: 'a', operation: 'A', action: 'hold' }] });
    expect(() => faults.add({ rules: [{ id: 'a', operation: 'A', action: 'hold' }] })).toThrow('There is a rule a');
    expect(faults.list()).toHaveLength(1);
  });
});
