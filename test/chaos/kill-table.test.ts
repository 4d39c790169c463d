/**
 * The kill table: a worker is killed -9 at every call that the workflows make to AWS, before it takes effect, after that,
 * and when it has been answered and Temporal has not heard of it. Another worker goes on, and in the end everything is as
 * if nobody had been killed. The calls are those of healthy runs, kept in kill-points.json; where they have changed,
 * `KILL_POINTS=write ROOM=chaos npx jest --runInBand test/chaos/kill-table -t "makes the calls"` writes them anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResourceKind } from '../../src/contract';
import { MOMENTS } from '../support/call-gate';
import { startCaseRig, type CaseRig } from '../support/case-rig';
import { runOne, type Ending, type Kill, type Lane, type Row } from './kill-one';
import { drawKillTable, type Verdict } from './kill-report';
import { SCENARIOS } from './kill-scenarios';

jest.setTimeout(300_000);

const FILE = join(__dirname, 'kill-points.json');
const isWriting = process.env.KILL_POINTS === 'write';
const POINTS = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, string[]>;
/** For a closer look: `KILL_ONLY='update.*DeleteModel'` leaves only the cases that it matches. */
const ONLY = new RegExp(process.env.KILL_ONLY ?? '');

interface KillCase extends Kill {
  scenario: string;
}
const CASES: KillCase[] = Object.entries(isWriting ? {} : POINTS).flatMap(([scenario, calls]) =>
  calls
    .flatMap((call) => MOMENTS.map((moment) => ({ scenario, call, moment })))
    .filter((one) => ONLY.test(nameCase(one))),
);

let rig: CaseRig;
const healthy = new Map<string, Promise<Row>>();
const killed = new Map<string, Promise<Row>>();
const verdicts: Verdict[] = [];

beforeAll(async () => {
  rig = await startCaseRig({ spares: 2 });
  const busy = openLane(3);
  const start = (into: Map<string, Promise<Row>>, name: string, row: Promise<Row>): void => {
    row.catch(() => undefined);
    into.set(name, row);
  };
  for (const [name, scenario] of Object.entries(SCENARIOS)) start(healthy, name, runOne(rig, scenario, busy));
  await Promise.allSettled(healthy.values());
  for (const one of CASES) start(killed, nameCase(one), runOne(rig, SCENARIOS[one.scenario]!, busy, one));
});

afterAll(async () => {
  await Promise.allSettled([...healthy.values(), ...killed.values()]);
  await rig.close();
  if (!isWriting) process.stdout.write(`\n${drawKillTable(verdicts)}\n`);
});

it.each(Object.keys(SCENARIOS))('%s, left alone, makes the calls that workers are killed at', async (name) => {
  const { killAfter, ends, leaves } = SCENARIOS[name]!;
  const { end, leaves: left, calls } = await healthy.get(name)!;
  expect(end).toBe(ends);
  expect(left.map((one) => one.replace(/: NAME.*/, ''))).toEqual(leaves);
  const points = killAfter === undefined ? calls : calls.slice(calls.indexOf(killAfter) + 1);
  if (isWriting) writePoints(name, points);
  expect(points).toEqual(POINTS[name]);
});

for (const one of CASES) {
  const name = nameCase(one);
  it(`${name}: the end is as if nobody had been killed`, async () => {
    const verdict: Verdict = { ...one, isKept: false, duplicates: 0, orphans: 0 };
    verdicts.push(verdict);
    const [row, alone] = [await killed.get(name)!, await healthy.get(one.scenario)!];
    Object.assign(verdict, countExcess(row, alone), { toProgressMs: row.toProgressMs });
    expect(endingOf(row)).toEqual(expectedOf(alone, one));
    verdict.isKept = true;
  });
}

function writePoints(scenario: string, points: string[]): void {
  POINTS[scenario] = points;
  const inOrder = Object.fromEntries(Object.keys(SCENARIOS).map((name) => [name, POINTS[name]]));
  writeFileSync(FILE, `${JSON.stringify(inOrder, null, 2)}\n`);
}

function nameCase({ scenario, call, moment }: KillCase): string {
  return `${scenario}: killed at ${call}, ${moment}`;
}

function endingOf({ end, ledger, leaves, effects }: Row): Ending {
  return { end, ledger, leaves, effects };
}

/** As the healthy run ended, but that the ledger tells what was found instead of made. */
function expectedOf(row: Row, { call, moment }: Kill): Ending {
  const ending = endingOf(row);
  const kind = moment === 'before its effect' ? undefined : KIND_OF_CREATE[call];
  const ledger = ending.ledger.map((entry) =>
    entry.kind === kind ? { ...entry, reason: 'adopted: its create took effect without an answer' } : entry,
  );
  return { ...ending, ledger };
}

/** What was made, and what stands, beyond the healthy run's. */
function countExcess(row: Row, alone: Row): Pick<Verdict, 'duplicates' | 'orphans'> {
  const beyond = Object.entries(row.effects).map(([operation, count]) => count - (alone.effects[operation] ?? 0));
  return {
    duplicates: beyond.reduce((total, one) => total + Math.max(0, one), 0),
    orphans: row.leaves.filter((one) => !alone.leaves.includes(one)).length,
  };
}

const KIND_OF_CREATE: Record<string, ResourceKind> = {
  CreateTrainingJob: 'training job',
  CreateModel: 'model',
  CreateEndpointConfig: 'endpoint config',
  CreateEndpoint: 'endpoint',
};

/** Lets so many work at once; the others wait in line. */
function openLane(places: number): Lane {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
