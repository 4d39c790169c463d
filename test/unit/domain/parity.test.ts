/**
 * Our requests against those of the SageMaker Python SDK, case by case, by the way that a dry run goes: of its version 1.72.1,
 * and of 2.257.7 for later arguments. What the SDK asks for stands in test/conformance/parity; the room conformance makes it
 * anew.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildFitPlans, type Surroundings } from '../../../src/domain/build-plan';
import { checkInput } from '../../../src/schemas';
import { ALL_HEADINGS, isRefusal, readOracle, withoutDifferences, type Told } from '../../support/parity';
import { PARITY_REFUSALS, PARITY_TAKEN, type ParityInput, type Requests } from '../../support/parity-differences';

/** The account, the region and the roles of the SDK's run. */
const AROUND: Surroundings = {
  region: 'eu-central-1',
  account: '123456789012',
  identity: { workflowId: 'digits-1', firstExecutionRunId: '0', ordinal: 0 },
  roleArnOf: (role) => (role.includes('/') ? role : `arn:aws:iam::123456789012:role/${role}`),
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
};

function tellOurs(input: ParityInput): Told {
  const checked = input.deploy ? checkInput('fitThenDeploy', input) : checkInput('fit', input);
  if ('problems' in checked) return { refused: checked.problems.join('; ') };
  const { training, hosting } = buildFitPlans(checked.input, AROUND);
  const requests = {
    CreateTrainingJob: training.request,
    ...(hosting && {
      CreateModel: hosting.model,
      CreateEndpointConfig: hosting.endpointConfig,
      CreateEndpoint: hosting.endpoint,
    }),
  };
  return JSON.parse(JSON.stringify(requests)) as Requests;
}

const refusedByUs = new Map(Object.values(PARITY_REFUSALS).flatMap((cases) => Object.entries(cases)));

/** What one version of the SDK, and what we, make of its cases. */
function compare(version: 1 | 2) {
  const { inputs, sdk } = readOracle(version);
  const ours = new Map([...inputs].map(([name, input]) => [name, tellOurs(input)]));
  const takenByBoth = [...inputs].filter(([name]) => !isRefusal(sdk.get(name)) && !refusedByUs.has(name));
  return { inputs, sdk, ours, takenByBoth };
}

const toldBy = (side: ReadonlyMap<string, Told>, name: string, input: ParityInput, headings = ALL_HEADINGS): Told =>
  withoutDifferences(side.get(name) ?? {}, input, headings);

const seed = compare(1);
const later = compare(2);

it('the SDK has told what it does in every case', () => {
  for (const { inputs, sdk } of [seed, later]) expect([...sdk.keys()].sort()).toEqual([...inputs.keys()].sort());
  expect(seed.inputs.size).toBeGreaterThan(110);
});

it.each(seed.takenByBoth)('%s: the requests are those of the SDK', (name, input) => {
  expect(toldBy(seed.ours, name, input)).toEqual(toldBy(seed.sdk, name, input));
});

it.each(later.takenByBoth)("%s: the requests are those of the SDK's version 2", (name, input) => {
  expect(toldBy(later.ours, name, input)).toEqual(toldBy(later.sdk, name, input));
});

const takenByUs = Object.values(PARITY_TAKEN).flat();

it.each(takenByUs)('%s: taken, by decision', (name) => {
  expect([isRefusal(seed.sdk.get(name)), isRefusal(seed.ours.get(name))]).toEqual([true, false]);
});

it.each([...seed.inputs].filter(([name]) => isRefusal(seed.sdk.get(name)) && !takenByUs.includes(name)))(
  '%s: refused, as by the SDK',
  (name) => {
    expect(seed.ours.get(name)).toEqual({ refused: expect.any(String) as string });
  },
);

it.each([...refusedByUs])('%s: refused, by decision', (name, problem) => {
  expect([seed.ours.get(name), isRefusal(seed.sdk.get(name))]).toEqual([{ refused: problem }, false]);
});

describe('docs/parity.md', () => {
  const page = readFileSync(join(__dirname, '../../../docs/parity.md'), 'utf8');

  it('lists each difference and each refusal, and nothing else', () => {
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    const decided = [...ALL_HEADINGS, ...Object.keys(PARITY_REFUSALS), ...Object.keys(PARITY_TAKEN)];
    expect(headings.sort()).toEqual([...new Set(decided)].sort());
  });

  it.each(ALL_HEADINGS)('%s: there is a case that differs in nothing else', (heading) => {
    const others = ALL_HEADINGS.filter((one) => one !== heading);
    const differing = [seed, later].flatMap(({ sdk, ours, takenByBoth }) =>
      takenByBoth.filter(([name, input]) => {
        const [one, other] = [ours, sdk].map((told) => JSON.stringify(sorted(toldBy(told, name, input, others))));
        return one !== other;
      }),
    );
    expect(differing.length).toBeGreaterThan(0);
  });
});

/** The order of fields means nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, sorted(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
