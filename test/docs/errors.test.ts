/** docs/errors.md is what the table of failures says, and what it says beyond that is what the code does. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAILURE_CODES, type FailureCode, type OutcomesByCode } from '../../src/contract';
import { EXIT, FAILURES } from '../../src/domain/failures';
import { failureOf } from '../../src/activities/aws-errors';
import { ROOT, readDocument } from './markdown';

interface ErrorsPage {
  renderErrorsPage(failures: typeof FAILURES, examples: Record<FailureCode, string>): string;
  EXAMPLES: string;
  FROM: Record<FailureCode, string>;
  OUTCOMES: Record<string, string>;
  TRIED_AGAIN: Partial<Record<FailureCode, string>>;
  EXIT_CODES: Record<string, string>;
}
// eslint-disable-next-line @typescript-eslint/no-require-imports -- a script without types
const page = require('../../scripts/errors-page.cjs') as ErrorsPage;
const examples = JSON.parse(readFileSync(page.EXAMPLES, 'utf8')) as Record<FailureCode, string>;

test('the page is what `npm run errors-page` makes of the present table', () => {
  expect(readDocument('docs/errors.md')).toBe(page.renderErrorsPage(FAILURES, examples));
});

test('every code has a heading of its own name', () => {
  const headings = [...readDocument('docs/errors.md').matchAll(/^## (\w+)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(FAILURE_CODES);
});

test('every code has an example that begins with it', () => {
  expect(Object.keys(examples)).toEqual([...FAILURE_CODES]);
  expect(FAILURE_CODES.filter((code) => !examples[code].startsWith(`${code}: `))).toEqual([]);
});

test('every exit code that a failure has is explained', () => {
  const codes = [EXIT.ok, ...Object.values(FAILURES).map(({ exitCode }) => exitCode)];
  expect(codes.filter((code) => !(String(code) in page.EXIT_CODES))).toEqual([]);
});

test('what is told of a run is what activities and workflows fail with', () => {
  const ofEnds = readFileSync(join(ROOT, 'src/domain/outcomes.ts'), 'utf8');
  const inRuns = sourcesOf('activities', 'workflows') + ofEnds;
  const named = FAILURE_CODES.filter((code) => inRuns.includes(`'${code}'`) && code !== 'Cancelled');
  const told = FAILURE_CODES.filter((code) => /a run|anything/.test(page.FROM[code]) && code !== 'Cancelled');
  expect(told).toEqual(named);
});

test('an outcome is told of the codes that have one', () => {
  const typed: Record<keyof OutcomesByCode, true> = {
    LimitExceeded: true,
    ArtefactMissing: true,
    TrainingJobFailed: true,
    TrainingJobStopped: true,
    TrainingJobTimedOut: true,
    TrainingJobNotFound: true,
    EndpointFailed: true,
    EndpointRolledBack: true,
    EndpointTimedOut: true,
    EndpointNotFound: true,
  };
  expect(Object.keys(page.OUTCOMES)).toEqual(Object.keys(typed));
});

test('what is tried again is what activities let Temporal retry', () => {
  const trouble = { status: 500, code: 'X', message: 'x', meaning: 'unavailable', requestId: undefined } as const;
  const retried = FAILURE_CODES.filter(
    (code) => !failureOf(trouble, { operation: 'X', region: 'r' }, code).nonRetryable,
  );
  expect(Object.keys(page.TRIED_AGAIN).sort()).toEqual([...retried].sort());
});

test.each([
  ['creates: six hours', 'create-patiently.ts', 'AwsUnreachable: 6 * 3_600_000'],
  ['a role: 90 seconds', 'create-patiently.ts', 'RoleNotAssumable: 90_000'],
  ['pauses of five minutes', '../domain/backoff.ts', 'CREATE = { first: 2, most: 5 }'],
  ['five times a minute', '../domain/backoff.ts', 'most: 60_000'],
  ['updates: forty times', 'update-endpoint.ts', 'RETRIES_MAX = 40'],
  ['the first step: an hour', 'activity-options.ts', "scheduleToCloseTimeout: '1 hour'"],
  ['reads: two hours', 'activity-options.ts', "scheduleToCloseTimeout: '2 hours'"],
  [
    'stops and deletes: until AWS has answered',
    'activity-options.ts',
    'startToCloseTimeout: run.callTimeoutMs,\n    retry: retrying(run.runTag, run),\n  });',
  ],
])('the figure stands in the code: %s', (_what, file, text) => {
  expect(readFileSync(join(ROOT, 'src/workflows', file), 'utf8')).toContain(text);
});

function sourcesOf(...rooms: string[]): string {
  return rooms
    .flatMap((room) =>
      readdirSync(join(ROOT, 'src', room), { recursive: true, encoding: 'utf8' }).map((file) => join(room, file)),
    )
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'))
    .join('\n');
}
