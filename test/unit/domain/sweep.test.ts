/**
 * What a sweep takes a resource for. A property holds it against a world of runs in which it is known who made, delivered
 * and uses what: it never takes for an orphan what is not, and every orphan is taken for one.
 */
import fc from 'fast-check';
import { judgeResource, type Circumstances, type KnownRun, type TaggedResource } from '../../../src/domain/sweep';
import { aboutInput, aboutMemo, deliveredBy } from '../../../src/domain/sweep-runs';
import { countFindings, tellFindings } from '../../../src/domain/sweep-told';
import { judgeConfigUse, judgeModelUse, type Use } from '../../../src/domain/sweep-uses';
import type { Finding } from '../../../src/domain/sweep';

const RUN_ID = '01a204c8-80dc-75cd-8da5-e92d7d1c70c3';
const TAG = `digits/${RUN_ID}`;
const STARTED = '2026-05-04T10:00:00.000Z';
const MADE = '2026-05-04T10:10:00.000Z';
const ENDED = '2026-05-04T10:20:00.000Z';

const model: TaggedResource = {
  kind: 'model',
  name: 'digits-0123456789',
  arn: 'arn:aws:sagemaker:eu-central-1:123456789012:model/digits-0123456789',
  createdAt: MADE,
  tag: TAG,
};
const endpoint: TaggedResource = {
  ...model,
  kind: 'endpoint',
  name: 'digits',
  configs: [{ name: 'digits-c', tag: TAG }],
};
const job: TaggedResource = { ...model, kind: 'training job', name: 'digits' };

type EndedRun = Extract<KnownRun, { state: 'open' | 'ended' }>;
const ended = (further: Partial<EndedRun> = {}): EndedRun => ({
  state: 'ended',
  workflowId: 'digits',
  firstRunId: RUN_ID,
  startedAt: STARTED,
  endedAt: ENDED,
  delivered: [],
  isWhole: true,
  ...further,
});
const claim = (further: Partial<Circumstances['claims'][number]> = {}) => ({
  workflowId: 'other',
  isOpen: false,
  endedAt: '2026-05-04T11:00:00.000Z',
  endpointName: 'digits',
  delivered: [],
  ...further,
});
const verdict = (resource: TaggedResource, run: KnownRun, further: Partial<Circumstances> = {}) =>
  judgeResource(resource, { run, claims: [], ...further }).verdict;

describe('by its own run', () => {
  test.each([
    ['of a run that ended without delivering it', ended(), 'orphan'],
    ['of a run that is open', ended({ state: 'open' }), 'in use'],
    ['of a run that delivered it', ended({ delivered: [model] }), 'delivered'],
    ['of a run that Temporal does not know', { state: 'unknown', why: 'gone' }, 'unknown run'],
    ['of a run of which not all is known', ended({ isWhole: false }), 'unknown run'],
    ['made long before the run', ended({ startedAt: '2026-05-04T10:16:00.000Z' }), 'unknown run'],
    [
      'made hours after the run',
      ended({ startedAt: '2026-05-04T08:00:00.000Z', endedAt: '2026-05-04T09:00:00.000Z' }),
      'unknown run',
    ],
    ['made a moment after the run', ended({ endedAt: '2026-05-04T10:09:00.000Z' }), 'orphan'],
  ] as const)('%s', (_what, run, expected) => {
    expect(verdict(model, run)).toBe(expected);
  });

  test('a job that runs on is no delivery, whatever its run said', () => {
    expect(verdict(job, ended({ delivered: [job] }))).toBe('orphan');
  });

  test('another of the same name, delivered before this one was made, is not this one', () => {
    const before = ended({ delivered: [endpoint], endedAt: '2026-05-04T09:30:00.000Z' });
    expect(verdict({ ...endpoint, createdAt: '2026-05-04T10:00:00.000Z' }, before)).toBe('orphan');
  });
});

describe('by other runs', () => {
  test.each([
    ['an open run about its endpoint', claim({ isOpen: true }), 'in use'],
    ['a run that delivered it', claim({ delivered: [model] }), 'delivered'],
    ['a run that delivered one of that name before', claim({ delivered: [model], endedAt: STARTED }), 'orphan'],
    ['a run that delivered something else', claim(), 'orphan'],
    ['an open run about another endpoint', claim({ isOpen: true, endpointName: 'letters' }), 'orphan'],
    ['an open run of which nobody knows what it is about', { workflowId: 'x', isOpen: true, delivered: [] }, 'in use'],
    ['a run that cannot be read', claim({ isUnreadable: true }), 'in use'],
    ['runs that were not looked at', { workflowId: '', isOpen: true, delivered: [], why: 'too many' }, 'in use'],
    ['an open run about a job', { workflowId: 'x', isOpen: true, delivered: [], trainingJobName: 'digits' }, 'orphan'],
  ] as const)('%s', (_what, other, expected) => {
    expect(verdict(model, ended(), { claims: [{ ...other, delivered: [...other.delivered] }] })).toBe(expected);
  });

  test('the name of a model tells its endpoint though that is cut', () => {
    const long = 'a'.repeat(63);
    const ofLong = { ...model, name: `${'a'.repeat(52)}-0123456789` };
    expect(verdict(ofLong, ended(), { claims: [claim({ isOpen: true, endpointName: long })] })).toBe('in use');
  });

  test('a job that an open deploy waits for is in use', () => {
    expect(verdict(job, ended(), { claims: [claim({ isOpen: true, trainingJobName: 'digits' })] })).toBe('in use');
  });
});

describe('an endpoint, by the config that it serves', () => {
  const serving = { ...endpoint, configs: [{ name: 'digits-c', tag: `other/${RUN_ID}` }] };
  const by = (run: KnownRun | undefined) =>
    verdict(serving, ended(), run ? { runsOfConfigs: new Map([[`other/${RUN_ID}`, run]]) } : {});

  test.each([
    ['of a run that delivered it', ended({ delivered: [{ kind: 'endpoint config', name: 'digits-c' }] }), 'in use'],
    ['of an open run', ended({ state: 'open' }), 'in use'],
    ['of an unknown run', { state: 'unknown', why: 'gone' }, 'in use'],
    ['of a run that nobody asked about', undefined, 'in use'],
    ['of another run that ended without delivering it', ended(), 'orphan'],
  ] as const)('%s', (_what, run, expected) => {
    expect(by(run)).toBe(expected);
  });

  test('of somebody else', () => {
    expect(verdict({ ...endpoint, configs: [{ name: 'own' }] }, ended())).toBe('in use');
  });
});

describe('by what uses it', () => {
  const finding = (resource: TaggedResource, further: Partial<Finding> = {}): Finding => ({
    ...resource,
    workflowId: 'digits',
    verdict: 'orphan',
    reason: 'it is one',
    ...further,
  });
  const config = { ...model, kind: 'endpoint config' as const };
  const whole = (...all: Use[]) => ({ all, isWhole: true });
  const uses = (status: string): Use => ({ name: 'digits', status, names: [config.name] });
  const verdictOf = ([first]: Finding[]) => first?.verdict;

  test.each([
    ['an endpoint that serves it', whole(uses('InService')), 'in use'],
    ['an endpoint that failed with it', whole(uses('Failed')), 'in use'],
    ['an endpoint that is being deleted', whole(uses('Deleting')), 'orphan'],
    [
      'an endpoint of its name that is changing',
      whole({ name: 'digits', status: 'Updating', names: ['other'] }),
      'in use',
    ],
    [
      'an endpoint of its name that got stuck',
      whole({ name: 'digits', status: 'UpdateRollbackFailed', names: ['other'] }),
      'in use',
    ],
    [
      'an endpoint of its name that serves another',
      whole({ name: 'digits', status: 'InService', names: ['other'] }),
      'orphan',
    ],
    ['nobody', whole(), 'orphan'],
    ['endpoints that were not all read', { all: [], isWhole: false }, 'in use'],
  ])('a config: %s', (_what, endpoints, expected) => {
    expect(verdictOf(judgeConfigUse([finding(config)], endpoints))).toBe(expected);
  });

  test('an orphaned endpoint keeps nothing, but for one that could not be deleted', () => {
    const going = [finding(config), finding(endpoint)];
    expect(verdictOf(judgeConfigUse(going, whole(uses('InService'))))).toBe('orphan');
    const left = [finding(config), finding(endpoint, { action: 'left' })];
    expect(verdictOf(judgeConfigUse(left, whole(uses('InService'))))).toBe('in use');
  });

  test('a model: by a config that stays, and by an endpoint whose config is gone', () => {
    const named = whole({ name: 'digits-c', names: [model.name] });
    expect(verdictOf(judgeModelUse([finding(model)], whole(), named))).toBe('in use');
    expect(verdictOf(judgeModelUse([finding(model)], whole(), whole()))).toBe('orphan');
    const serving = whole({ name: 'digits', status: 'InService', names: ['digits-gone'] });
    expect(verdictOf(judgeModelUse([finding(model)], serving, whole()))).toBe('in use');
    const going = [finding(model), finding({ ...config, name: 'digits-c' })];
    expect(verdictOf(judgeModelUse(going, whole(), named))).toBe('orphan');
    expect(verdictOf(judgeModelUse([finding(model)], whole(), { all: [], isWhole: false }))).toBe('in use');
  });
});

describe('what runs say', () => {
  const ledger = [
    { kind: 'model', name: 'm', state: 'adopted' },
    { kind: 'endpoint', name: 'e', state: 'made' },
    { kind: 'endpoint config', name: 'c', state: 'left', reason: 'why' },
    { kind: 'endpoint config', name: 'd', state: 'deleted' },
  ];
  const both = [
    { kind: 'model', name: 'm' },
    { kind: 'endpoint', name: 'e' },
  ];
  test.each([
    ['a run of ours that is done', { stage: 'Done', ledger }, false, both],
    ['one that failed', { stage: 'Failed', ledger }, false, []],
    ['a workflow of the user’s own, by its steps', { stage: 'Deploying', ledger }, true, both],
    ['none', undefined, false, []],
    ['nonsense', { stage: 'Done', ledger: 'x' }, false, []],
    ['nothings', { stage: 'Done', ledger: [null, undefined, 7, 'made', [], { state: 'made' }] }, false, []],
    [
      'what has no name, or is of no kind of ours',
      {
        stage: 'Done',
        ledger: [
          { kind: 'model', name: 7, state: 'made' },
          { kind: 'ship', name: 's', state: 'made' },
        ],
      },
      false,
      [],
    ],
    ['something beside nothings', { stage: 'Done', ledger: [null, ...ledger] }, false, both],
  ] as const)('delivered: %s', (_what, memo, isOwn, expected) => {
    expect(deliveredBy(memo, isOwn)).toEqual(expected);
  });

  test.each([
    [
      { endpointName: 'e', trainingJobName: 'j' },
      { endpointName: 'e', trainingJobName: 'j' },
    ],
    [{ endpointName: 7, trainingJobName: { of: 'j' } }, {}],
    [undefined, {}],
    ['temporal-sagemaker: unreadable', {}],
  ])('about, by the memo: %j', (memo, about) => {
    expect(aboutMemo(memo)).toEqual(about);
  });

  test.each([
    [{ deploy: { endpointName: 'e' }, modelData: 's3://b/k' }, { endpointName: 'e' }],
    [
      { deploy: {}, trainingJobName: 'j' },
      { endpointName: 'j', trainingJobName: 'j' },
    ],
    [
      { deploy: {}, fit: { jobName: 'j' } },
      { endpointName: 'j', trainingJobName: 'j' },
    ],
    [{ deploy: { endpointName: 'e' }, fit: {} }, { endpointName: 'e' }],
    [{ endpointName: 'e' }, { endpointName: 'e' }],
    [{ fit: {}, deploy: {} }, {}],
    [null, {}],
    ['text', {}],
    [{ deploy: 7, fit: null }, {}],
  ])('about: %j', (input, about) => {
    expect(aboutInput(input)).toEqual(about);
  });
});

describe('what is told', () => {
  const findings = (['delivered', 'in use', 'unknown run', 'orphan'] as const).map((verdict): Finding => ({
    ...model,
    workflowId: 'digits',
    verdict,
    reason: 'x'.repeat(600),
  }));

  test('what matters most first, and no more than there is room for', () => {
    const told = tellFindings(findings, 3);
    expect(told.map(({ verdict, action }) => [verdict, action])).toEqual([
      ['orphan', 'would delete'],
      ['unknown run', 'left'],
      ['in use', 'left'],
    ]);
    expect(told[0]).toEqual({
      kind: 'model',
      name: model.name,
      arn: model.arn,
      createdAt: MADE,
      run: { workflowId: 'digits', firstRunId: RUN_ID },
      verdict: 'orphan',
      action: 'would delete',
      reason: 'x'.repeat(500),
    });
  });

  test('counts', () => {
    expect(countFindings([...findings, { ...findings[3]!, action: 'deleted' }], 7)).toEqual({
      lookedAt: 7,
      orphans: 2,
      inUse: 1,
      delivered: 1,
      ofUnknownRuns: 1,
      removed: 1,
    });
  });
});

describe('a world of runs', () => {
  /** One endpoint name, on which several runs have worked, each with the state it ended in. */
  interface WorldRun {
    id: number;
    state: 'open' | 'ended' | 'unknown';
    /** Which of the resources of the world it named as delivered. */
    delivers: { model: boolean; config: boolean; endpoint: boolean };
  }
  const worldRun = (id: number): fc.Arbitrary<WorldRun> =>
    fc.record({
      id: fc.constant(id),
      state: fc.constantFrom('open', 'ended', 'unknown'),
      delivers: fc.record({ model: fc.boolean(), config: fc.boolean(), endpoint: fc.boolean() }),
    });
  const world = fc.record({
    runs: fc.tuple(worldRun(0), worldRun(1), worldRun(2)),
    makers: fc.record({ model: fc.nat(2), config: fc.nat(2), endpoint: fc.nat(2) }),
    /** Whether the endpoint is there, and whose config it serves. */
    endpoint: fc.constantFrom('absent', 'serves this config', 'serves a config of others', 'is changing'),
    /** Whether somebody else's endpoint or config uses the parts. */
    foreign: fc.record({ usesConfig: fc.boolean(), usesModel: fc.boolean() }),
  });

  const NAMES = { model: 'digits-aaaaaaaaaa', config: 'digits-bbbbbbbbbb', endpoint: 'digits' };
  const KINDS = { model: 'model', config: 'endpoint config', endpoint: 'endpoint' } as const;
  type Part = keyof typeof NAMES;
  const PARTS: Part[] = ['endpoint', 'config', 'model'];

  test('never an orphan that is not one, and always each that is', () => {
    fc.assert(
      fc.property(world, ({ runs, makers, endpoint: sight, foreign }) => {
        const tagOf = (id: number) => `run-${String(id)}/${RUN_ID}`;
        const names = (run: WorldRun) =>
          PARTS.filter((part) => run.delivers[part]).map((part) => ({ kind: KINDS[part], name: NAMES[part] }));
        const known = (run: WorldRun): KnownRun =>
          run.state === 'unknown'
            ? { state: 'unknown', why: 'gone' }
            : ended({ state: run.state, workflowId: `run-${String(run.id)}`, delivered: names(run) });
        const claims = runs
          .filter(({ state }) => state !== 'unknown')
          .map((run) =>
            claim({
              workflowId: `run-${String(run.id)}`,
              isOpen: run.state === 'open',
              delivered: names(run),
              endedAt: ENDED,
            }),
          );
        const present = PARTS.filter((part) => part !== 'endpoint' || sight !== 'absent');
        const served =
          sight === 'serves a config of others'
            ? [{ name: 'own' }]
            : [{ name: NAMES.config, tag: tagOf(makers.config) }];
        const runsOfConfigs = new Map(runs.map((run) => [tagOf(run.id), known(run)]));
        const findings = present.map((part): Finding => {
          const resource: TaggedResource = {
            ...model,
            kind: KINDS[part],
            name: NAMES[part],
            arn: `arn:${part}`,
            tag: tagOf(makers[part]),
            ...(part === 'endpoint' && { configs: served }),
          };
          const maker = runs[makers[part] as 0 | 1 | 2];
          return {
            ...resource,
            workflowId: 'x',
            ...judgeResource(resource, { run: known(maker), claims, runsOfConfigs }),
          };
        });
        const status = sight === 'is changing' ? 'Updating' : 'InService';
        const endpoints: Use[] = [
          ...(sight === 'absent' ? [] : [{ name: NAMES.endpoint, status, names: served.map(({ name }) => name) }]),
          ...(foreign.usesConfig ? [{ name: 'others', status: 'InService', names: [NAMES.config] }] : []),
        ];
        const configs: Use[] = [
          { name: NAMES.config, names: [NAMES.model] },
          { name: 'own', names: foreign.usesModel ? [NAMES.model] : [] },
        ];
        const judged = judgeModelUse(
          judgeConfigUse(findings, { all: endpoints, isWhole: true }),
          { all: endpoints, isWhole: true },
          { all: configs, isWhole: true },
        );
        const goes = (part: Part) => judged.some((one) => one.kind === KINDS[part] && one.verdict === 'orphan');

        // Told anew, from the world and not from the findings.
        const isOpen = runs.some(({ state }) => state === 'open');
        const isAbandoned = (part: Part) =>
          runs[makers[part] as 0 | 1 | 2].state === 'ended' &&
          !isOpen &&
          !runs.some((run) => run.state !== 'unknown' && run.delivers[part]);
        const endpointGoes =
          sight !== 'absent' &&
          isAbandoned('endpoint') &&
          sight !== 'serves a config of others' &&
          (makers.config === makers.endpoint ||
            (runs[makers.config as 0 | 1 | 2].state === 'ended' && !runs[makers.config as 0 | 1 | 2].delivers.config));
        const endpointStays = sight !== 'absent' && !endpointGoes;
        const configGoes =
          isAbandoned('config') &&
          !foreign.usesConfig &&
          !(endpointStays && (sight === 'serves this config' || sight === 'is changing'));
        const modelGoes =
          isAbandoned('model') && configGoes && !foreign.usesModel && !(endpointStays && sight === 'is changing');
        expect({ endpoint: goes('endpoint'), config: goes('config'), model: goes('model') }).toEqual({
          endpoint: endpointGoes,
          config: configGoes,
          model: modelGoes,
        });
      }),
      { numRuns: 2_000 },
    );
  });
});
