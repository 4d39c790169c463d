/**
 * The kill table: a worker is killed -9 at every call that the four workflows of its scenarios make to AWS, before it takes
 * effect, after that, and when it has been answered and Temporal has not heard of it. Another worker goes on, and in the
 * end everything is as if nobody had been killed. The calls are those of healthy runs, kept in kill-points.json; where they
 * have changed, `KILL_POINTS=write ROOM=chaos npx jest --runInBand test/chaos/kill-table -t "makes the calls"` writes them
 * anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerEntry, ResourceKind } from '../../src/contract';
import { MOMENTS } from '../support/call-gate';
import { startCaseRig, type CaseRig } from '../support/case-rig';
import type { Ending } from './ending';
import { runHealthy, runKilled, type Kill, type Row } from './kill-one';
import { drawKillTable, type Verdict } from './kill-report';
import { SCENARIOS } from './kill-scenarios';
import { openLane } from './lane';

jest.setTimeout(300_000);

const FILE = join(__dirname, 'kill-points.json');
const isWriting = process.env.KILL_POINTS === 'write';
const POINTS = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, string[]>;
/** For a closer look: `KILL_ONLY='update.*DeleteModel'` leaves only the cases that it matches. */
const ONLY = new RegExp(process.env.KILL_ONLY ?? '');

/** Cases to one process: starting it costs as much as they do. */
const KILLED_TOGETHER = 4;

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
  rig = await startCaseRig();
  const note = (into: Map<string, Promise<Row>>, name: string, row: Promise<Row>): void => {
    // Told by its own test, which comes later.
    row.catch(() => undefined);
    into.set(name, row);
  };
  for (const [name, scenario] of Object.entries(SCENARIOS)) note(healthy, name, runHealthy(rig, scenario));
  await Promise.allSettled(healthy.values());
  const lane = openLane(2);
  for (let at = 0; at < CASES.length; at += KILLED_TOGETHER) {
    const together = CASES.slice(at, at + KILLED_TOGETHER).map((one) => ({ ...one, run: SCENARIOS[one.scenario]! }));
    const rows = runKilled(rig, together, lane);
    for (const [index, row] of rows.entries()) note(killed, nameCase(together[index]!), row);
  }
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

if (!isWriting) {
  it.each(CASES.map((one) => [nameCase(one), one] as const))(
    '%s: the end is as if nobody had been killed',
    async (name, one) => {
      const verdict: Verdict = { ...one, isKept: false, duplicates: 0, orphans: 0 };
      verdicts.push(verdict);
      const [row, alone] = [await killed.get(name)!, await healthy.get(one.scenario)!];
      Object.assign(verdict, countExcess(row, alone), { toProgressMs: row.toProgressMs });
      expect(endingOf(row, FOUND[one.call]?.kind)).toEqual(expectedOf(alone, one));
      verdict.isKept = true;
    },
  );
}

function writePoints(scenario: string, points: string[]): void {
  POINTS[scenario] = points;
  const inOrder = Object.fromEntries(Object.keys(SCENARIOS).map((name) => [name, POINTS[name]]));
  writeFileSync(FILE, `${JSON.stringify(inOrder, null, 2)}\n`);
}

function nameCase({ scenario, call, moment }: KillCase): string {
  return `${scenario}: killed at ${call}, ${moment}`;
}

/** On a machine so busy that calls time out, answers are lost beside those that a kill loses: only of those is it told. */
function endingOf({ end, ledger, leaves, effects }: Row, killed?: ResourceKind): Ending {
  const told = ledger.map(({ reason, ...entry }) =>
    reason === undefined || (reason === OWN_WORK && entry.kind !== killed) ? entry : { ...entry, reason },
  );
  return { end, ledger: told, leaves, effects };
}

/** As the healthy run ended, but that the ledger tells what was found instead of made. */
function expectedOf(alone: Row, { call, moment }: Kill): Ending {
  const ending = endingOf(alone);
  const found = moment === 'before its effect' ? undefined : FOUND[call];
  const ledger = ending.ledger.map((entry) =>
    entry.kind === found?.kind && entry.state === 'made' ? { ...entry, ...found } : entry,
  );
  return { ...ending, ledger };
}

const OWN_WORK = 'adopted: its create took effect without an answer';
/** What the ledger says where a create took effect and the worker that sent it did not live to tell. */
const FOUND: Record<string, Partial<LedgerEntry>> = {
  CreateTrainingJob: { kind: 'training job', reason: OWN_WORK },
  CreateModel: { kind: 'model', reason: OWN_WORK },
  CreateEndpointConfig: { kind: 'endpoint config', reason: OWN_WORK },
  CreateEndpoint: { kind: 'endpoint', reason: OWN_WORK },
  // A bucket bears no mark of a run.
  CreateBucket: {
    kind: 'bucket',
    state: 'adopted',
    reason: 'it was there when asked for again: an earlier try of this run may have made it',
  },
};

/** What was made, and what stands, beyond the healthy run's. */
function countExcess(row: Row, alone: Row): Pick<Verdict, 'duplicates' | 'orphans'> {
  const beyond = Object.entries(row.effects).map(([operation, count]) => count - (alone.effects[operation] ?? 0));
  return {
    duplicates: beyond.reduce((total, one) => total + Math.max(0, one), 0),
    orphans: row.leaves.filter((one) => !alone.leaves.includes(one)).length,
  };
}
