/**
 * The cancel table: a run is cancelled at every call that the four workflows of its scenarios make to AWS, while the call
 * is held before its effect and after it, once and twice. Whenever it comes, nothing that the run has made runs, serves or
 * goes unnamed in the end. The calls are those of the kill table's scenarios, which its healthy runs hold to.
 */
import { CASES, expectedOf, nameCase, SCENARIOS_CANCELLED } from './cancel-cases';
import { cancelOne, type Row } from './cancel-one';
import { drawCancelTable, type Verdict } from './cancel-report';
import { openLane } from './lane';
import { startCaseRig, type CaseRig } from '../support/case-rig';

jest.setTimeout(600_000);

/** So many cases at once keep two cores busy and starve nobody. */
const LANES = 4;

let rig: CaseRig;
const rows = new Map<string, Promise<Row>>();
const verdicts: Verdict[] = [];
const startedMs = performance.now();

beforeAll(async () => {
  rig = await startCaseRig({ spares: 0 });
  const free = await Promise.all(Array.from({ length: LANES }, () => rig.openPlace()));
  const lane = openLane(LANES);
  for (const one of CASES) {
    const row = lane(async () => {
      const place = free.pop()!;
      try {
        return await cancelOne(rig, place, SCENARIOS_CANCELLED[one.scenario]!, one);
      } finally {
        free.push(place);
      }
    });
    row.catch(() => undefined);
    rows.set(nameCase(one), row);
  }
});

afterAll(async () => {
  await Promise.allSettled(rows.values());
  await rig.close();
  process.stdout.write(`\n${drawCancelTable(verdicts, performance.now() - startedMs)}\n`);
});

for (const one of CASES) {
  const name = nameCase(one);
  it(`${name}: nothing that it made runs on, serves or goes unnamed`, async () => {
    const verdict: Verdict = { ...one, end: 'BROKEN' };
    verdicts.push(verdict);
    const row = await rows.get(name)!;
    expect(row.broken).toBe('');
    expect(expectedOf(one, row)).toEqual([]);
    Object.assign(verdict, { end: row.end, secondAt: row.secondAt });
  });
}
