/**
 * No test can have runs and an AWS without the checker's looking at them: whoever starts an emulator or a dev stack opens a
 * world, or stands here with the reason why there is no run to check.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const TESTS = join(__dirname, '../..');

/** An emulator, alone or in a dev stack, started by whatever name. */
const STARTS_AWS = /\bstart(Emulator|EmulatorProcess)\(|'(dev|emulator|quickstart)', '--json'/;
const CHECKS = /\b(openWorld|openStackWorld|checkPromises)\(/;
/** A worker, or a Temporal on which one could work. */
const HAS_RUNS = /\bcreateWorker\(|\bWorker\.create\(|\bstartWorker|'worker'|startTemporalServer|workflow\.start\(/;

/** What has no run: AWS's clients against the emulator alone, or activities and readers called without a workflow. */
const WITHOUT_RUNS = [
  'activity/endpoint-problems.test.ts',
  'activity/log-tail.test.ts',
  'activity/models-in-use.test.ts',
  'activity/roles.test.ts',
  'activity/status-reader.test.ts',
  'activity/wrong-clock.test.ts',
  'chaos/logs.test.ts',
  'conformance/boto3-s3.test.ts',
  'conformance/boto3.test.ts',
  'conformance/from-the-python-sdk.test.ts',
  'conformance/sagemaker-python-sdk.test.ts',
  'integration/client/upload.test.ts',
  'integration/emulator/hosting-by-clients.test.ts',
  'integration/emulator/identity.test.ts',
  'integration/emulator/logs.test.ts',
  'integration/emulator/s3.test.ts',
  'integration/emulator/wire-emulator.test.ts',
  'unit/emulator/full-disk.test.ts',
];

/** What has runs, and is checked or cannot be for another reason. */
const ELSEWHERE: Record<string, string> = {
  'chaos/emulator-door.test.ts': 'strangers at the door of an emulator; nobody has runs there',
  'support/emulator-on-small-disk.ts': 'disk-full.test.ts starts it, and checks',
  'support/case-rig.ts': 'whoever starts a case checks it, see below',
  'integration/doctor.test.ts': 'its second emulator answers the doctor alone; its runs are those of its rig',
  'e2e/cli-quickstart.test.ts': 'quickstart takes all of it down before it ends',
  'types/doors.ts': 'nothing of it runs',
};

const sources = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && join(TESTS, path) !== __filename)
  .map((path) => ({ path: relative(TESTS, join(TESTS, path)), text: readFileSync(join(TESTS, path), 'utf8') }));

it('whoever starts an emulator has its promises checked', () => {
  const unchecked = sources.filter(({ text }) => STARTS_AWS.test(text) && !CHECKS.test(text)).map(({ path }) => path);
  expect(unchecked.sort()).toEqual([...WITHOUT_RUNS, ...Object.keys(ELSEWHERE)].sort());
});

it.each(WITHOUT_RUNS)('%s has no runs', (name) => {
  expect(sources.find(({ path }) => path === name)?.text).not.toMatch(HAS_RUNS);
});

it('whoever starts a case of a table checks it', () => {
  const unchecked = sources.filter(({ text }) => /\.startCase\(/.test(text) && !CHECKS.test(text));
  expect(unchecked.map(({ path }) => path)).toEqual(['support/case-rig.ts']);
});
