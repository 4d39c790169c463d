/**
 * Our requests against those of the SageMaker Python SDK 1.72.1, case by case, by the way that a dry run goes. What the SDK
 * asks for stands in test/conformance/parity/sdk1.json; the room conformance makes that anew.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildFitPlans, type Surroundings } from '../../../src/domain/build-plan';
import { checkInput } from '../../../src/schemas';
import { PARITY_DIFFERENCES, PARITY_REFUSALS, type ParityInput, type Requests } from '../../support/parity-differences';

const ROOT = join(__dirname, '../../..');
const read = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, 'test/conformance/parity', file), 'utf8'));

type Told = Requests | { refused: string };
const table = read('cases.json') as {
  base: Record<string, object>;
  cases: Record<string, Record<string, object | null>>;
};
const sdk = new Map(Object.entries(read('sdk1.json') as Record<string, Told>));

/** As sdk1_requests.py lays a case over the base; what is null there is what Python calls None. */
const inputs = new Map(
  Object.entries(table.cases).map(([name, sections]): [string, ParityInput] => {
    const given = Object.entries(table.base).filter(([section]) => sections[section] !== null);
    const input = given.map(([section, fields]) => [section, { ...fields, ...sections[section] }]);
    const { estimator, fit, deploy } = Object.fromEntries(input) as ParityInput;
    if (fit.inputs === null) delete fit.inputs;
    return [name, { estimator, fit, ...(deploy && { deploy }) }];
  }),
);

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

const isRefusal = (told: Told | undefined): told is { refused: string } => typeof told?.refused === 'string';
const refusedByUs = new Map(Object.values(PARITY_REFUSALS).flatMap((cases) => Object.entries(cases)));
const takenByBoth = [...inputs].filter(([name]) => !isRefusal(sdk.get(name)) && !refusedByUs.has(name));
const ours = new Map([...inputs].map(([name, input]) => [name, tellOurs(input)]));

/** What one side tells of a case, without the differences that are decided. */
function toldBy(side: ReadonlyMap<string, Told>, name: string, input: ParityInput, headings: string[]): Told {
  const told = side.get(name) ?? {};
  if (isRefusal(told)) return told;
  return headings.reduce((left, heading) => PARITY_DIFFERENCES[heading]?.(left, input) ?? left, told);
}

const allHeadings = Object.keys(PARITY_DIFFERENCES);

it('the SDK has told what it does in every case', () => {
  expect([...sdk.keys()].sort()).toEqual([...inputs.keys()].sort());
  expect(inputs.size).toBeGreaterThan(110);
});

it.each(takenByBoth)('%s: the requests are those of the SDK', (name, input) => {
  expect(toldBy(ours, name, input, allHeadings)).toEqual(toldBy(sdk, name, input, allHeadings));
});

it.each([...inputs].filter(([name]) => isRefusal(sdk.get(name))))('%s: refused, as by the SDK', (name) => {
  expect(ours.get(name)).toEqual({ refused: expect.any(String) as string });
});

it.each([...refusedByUs])('%s: refused, by decision', (name, problem) => {
  expect([ours.get(name), isRefusal(sdk.get(name))]).toEqual([{ refused: problem }, false]);
});

describe('docs/parity.md', () => {
  const page = readFileSync(join(ROOT, 'docs/parity.md'), 'utf8');

  it('lists each difference and each refusal, and nothing else', () => {
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings.sort()).toEqual([...allHeadings, ...Object.keys(PARITY_REFUSALS)].sort());
  });

  it.each(allHeadings)('%s: there is a case that differs in nothing else', (heading) => {
    const others = allHeadings.filter((one) => one !== heading);
    const differing = takenByBoth.filter(([name, input]) => {
      const [one, other] = [ours, sdk].map((told) => JSON.stringify(sorted(toldBy(told, name, input, others))));
      return one !== other;
    });
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
