/**
 * The checker itself: content with a world in which all promises are kept, and heard as soon as one is broken, whichever
 * and wherever. A checker that cannot speak would make every other test of promises worthless.
 */
import fc from 'fast-check';
import { RUN_TAG, type LedgerEntry } from '../../../src/contract';
import { findBrokenPromises } from '../../support/promises';
import {
  ledgerOf,
  type Evidence,
  type RunEvidence,
  type SageMakerKind,
  type Standing,
} from '../../support/promises/evidence';
import {
  madeUpWorld,
  modelDataOf,
  openMadeUpWorld,
  tagOf,
  type MadeUpWorld,
} from '../../support/promises/made-up-evidence';

/** Breaks one promise; `pick` chooses where, among the places that there are. */
type Tampering = (world: MadeUpWorld, pick: <T>(among: readonly T[]) => T) => void;

const run = ({ evidence }: MadeUpWorld, workflowId: string): RunEvidence =>
  evidence.runs.find((one) => one.workflowId === workflowId)!;
const standing = ({ evidence }: MadeUpWorld, kind: SageMakerKind, name: string): Standing =>
  evidence.resources.find((one) => one.kind === kind && one.name === name)!;

function setLedger(of: RunEvidence, ledger: LedgerEntry[]): void {
  if (of.result) of.result = { ...of.result, ledger };
  if (of.failure) of.failure = { ...of.failure, details: { ...of.failure.details, ledger } };
  if (of.memo) of.memo = { ...of.memo, ledger };
}

const takeAway = (evidence: Evidence, gone: Standing): void => {
  evidence.resources = evidence.resources.filter((one) => one !== gone);
};

const ours = ({ evidence }: MadeUpWorld): Standing[] => evidence.resources.filter(({ tag }) => tag !== undefined);
const OF_RESULTS = ['fits', 'main', 'later'];

const SAFETY: Record<string, [RegExp, Tampering]> = {
  'a second create of a kind under another name': [
    /made 2 of the kind/,
    (world, pick) => {
      const { kind, name, tag, description } = pick(ours(world));
      world.create({ kind, name: `${name}-again` }, { of: tag?.split('/')[0] ?? '', description });
    },
  ],
  'an answer of the emulator that AWS could not have given': [
    /the emulator's answer to DescribeEndpoint of later is none that AWS's model lets be: Value null/,
    ({ evidence }) => {
      evidence.defects = [{ operation: 'DescribeEndpoint', resource: 'later', message: 'Value null' }];
    },
  ],
  'a second create under the same name': [
    /was made while it was there/,
    (world, pick) => {
      const { kind, name, tag, description } = pick(ours(world));
      world.create({ kind, name }, { of: tag?.split('/')[0] ?? '', description });
    },
  ],
  'a create that no plan names': [
    /stands in no plan/,
    (world) => {
      world.create({ kind: 'model', name: 'nobodys' }, { description: {} });
    },
  ],
  'a stranger’s resource deleted': [
    /the .+ is foreign/,
    (world, pick) => {
      world.remove(
        pick([
          { kind: 'model', name: 'their-model' },
          { kind: 'endpoint', name: 'their-endpoint' },
        ] as const),
      );
    },
  ],
  'a stranger’s job stopped, even in vain': [
    /the training job is foreign/,
    (world, pick) => {
      world.call('StopTrainingJob', 'theirs', { status: pick([200, 400, 500]) });
    },
  ],
  'a stranger’s endpoint updated': [
    /the endpoint is foreign/,
    (world) => {
      world.call('UpdateEndpoint', 'their-endpoint', { names: { EndpointConfigName: 'main-c1' } });
    },
  ],
  'what was there before touched': [
    /which is foreign/,
    (world) => {
      world.evidence.foreignNames = ['main-m1'];
      world.call('DeleteModel', 'main-m1', { status: 400 });
    },
  ],
  'a job stopped that belongs to no run': [
    /bears the tag of run unknown/,
    (world) => {
      const description = { TrainingJobStatus: 'InProgress' };
      world.create({ kind: 'training job', name: 'unknown' }, { of: 'unknown', by: 'theirs', description });
      world.call('StopTrainingJob', 'unknown');
    },
  ],
  'the job of a run that completed stopped': [
    /although nobody cancelled/,
    (world, pick) => {
      world.call('StopTrainingJob', pick(['fits', 'main']));
    },
  ],
  'a resource that its run does not name': [
    /whose ledger does not name it/,
    (world, pick) => {
      const { kind, name, tag } = pick(ours(world));
      const owner = world.evidence.runs.find((one) => one.tag === tag)!;
      setLedger(
        owner,
        ledgerOf(owner).filter((entry) => entry.kind !== kind || entry.name !== name),
      );
    },
  ],
  'a job that runs on after its run': [
    /is InProgress, and its ledger says/,
    (world, pick) => {
      standing(world, 'training job', pick(['fails', 'cancelled'])).description.TrainingJobStatus = 'InProgress';
    },
  ],
  'an endpoint that serves on after its run': [
    /is InService, and is not listed as left/,
    (world) => {
      const description = { EndpointStatus: 'InService', EndpointConfigName: 'unserved-c1' };
      world.create({ kind: 'endpoint', name: 'unserved' }, { of: 'unserved', description });
    },
  ],
  'what an endpoint serves deleted from under it': [
    /in service, and a worker has deleted/,
    (world, pick) => {
      const [endpoint, version] = pick([
        ['main', '1'],
        ['updated', '2'],
      ] as const);
      world.remove(
        pick([
          { kind: 'model', name: `${endpoint}-m${version}` },
          { kind: 'endpoint config', name: `${endpoint}-c${version}` },
        ] as const),
      );
    },
  ],
};

const LIVENESS: Record<string, [RegExp, Tampering]> = {
  'a training job that is not there': [
    /answers the training job .+, and there is none/,
    (world, pick) => {
      takeAway(world.evidence, standing(world, 'training job', pick(['fits', 'main'])));
    },
  ],
  'a training job that has not completed': [
    /answers the training job .+, which is/,
    (world, pick) => {
      const job = standing(world, 'training job', pick(['fits', 'main']));
      job.description.TrainingJobStatus = pick(['InProgress', 'Failed', 'Stopped']);
    },
  ],
  'a training job of another run': [
    /which it has not made/,
    (world) => {
      standing(world, 'training job', 'fits').tag = tagOf('main');
    },
  ],
  'a model, a config or an endpoint that is not there': [
    /it is not there|and there is none/,
    (world, pick) => {
      const served = ours(world).filter(({ kind, tag }) => kind !== 'training job' && tag !== tagOf('unserved'));
      takeAway(world.evidence, pick(served));
    },
  ],
  'an endpoint that does not serve': [
    /answers the endpoint .+, which is/,
    (world, pick) => {
      const endpoint = standing(world, 'endpoint', pick(['main', 'updated']));
      endpoint.description.EndpointStatus = pick(['Creating', 'Updating', 'RollingBack', 'Failed']);
    },
  ],
  'an endpoint that serves something else': [
    /it serves updated-c1/,
    (world) => {
      standing(world, 'endpoint', 'updated').description.EndpointConfigName = 'updated-c1';
    },
  ],
  'an endpoint that nobody has asked for with that config': [
    /which nobody asked AWS for/,
    (world) => {
      run(world, 'later').result = { ...run(world, 'later').result, endpointConfigName: 'updated-c3' };
    },
  ],
  'an endpoint that was to be deleted': [
    /says that the endpoint gone is deleted/,
    (world) => {
      world.evidence.journal = world.evidence.journal.filter(({ operation }) => operation !== 'DeleteEndpoint');
      const description = { EndpointStatus: 'InService', EndpointConfigName: 'gone-c1' };
      world.evidence.resources.push({ kind: 'endpoint', name: 'gone', arn: 'arn', tag: tagOf('gone'), description });
    },
  ],
  'no result': [
    /has no result/,
    (world, pick) => {
      delete run(world, pick([...OF_RESULTS, 'gone', 'delete-gone'])).result;
    },
  ],
};

const TRUTH: Record<string, [RegExp, Tampering]> = {
  'a result that says other than AWS': [
    /AWS says/,
    (world, pick) => {
      const of = run(world, pick(OF_RESULTS));
      const fields = [
        'trainingJobArn',
        'modelData',
        'trainingEndTime',
        'billableTimeSeconds',
        'endpointArn',
        'modelName',
      ];
      const field = pick(fields.filter((one) => of.result?.[one] !== undefined));
      of.result = { ...of.result, [field]: 'invented' };
    },
  ],
  'a metric that was not measured': [
    /answers finalMetrics/,
    (world, pick) => {
      const of = run(world, pick(['fits', 'main']));
      of.result = { ...of.result, finalMetrics: [{ name: 'loss', value: 0.1, time: '2026-05-04T10:01:00.000Z' }] };
    },
  ],
  'a ledger that says deleted of what stands': [
    /says deleted of the .+: it stands/,
    (world, pick) => {
      const of = run(world, pick(OF_RESULTS));
      const lie = pick(ledgerOf(of).filter(({ state }) => state === 'made'));
      setLedger(
        of,
        ledgerOf(of).map((entry) => (entry === lie ? { ...entry, state: 'deleted' } : entry)),
      );
    },
  ],
  'a ledger that says made or left of what is gone': [
    /says (made|left) of the .+: it is not there/,
    (world, pick) => {
      const of = run(world, 'unserved');
      const lie = pick(ledgerOf(of).filter(({ state }) => state === 'deleted'));
      const state = pick(['made', 'left'] as const);
      setLedger(
        of,
        ledgerOf(of).map((entry) => (entry === lie ? { ...entry, state } : entry)),
      );
    },
  ],
  'a ledger that claims what others have made': [
    /the run has not made it/,
    (world) => {
      const of = run(world, 'later');
      setLedger(
        of,
        ledgerOf(of).map((entry) => (entry.state === 'adopted' ? { ...entry, state: 'made' } : entry)),
      );
    },
  ],
  'a ledger with what never was': [
    /nobody has ever made it/,
    (world, pick) => {
      const of = run(world, pick(OF_RESULTS));
      setLedger(of, [
        ...ledgerOf(of),
        { kind: 'model', name: 'dreamt', state: pick(['made', 'adopted', 'left'] as const) },
      ]);
    },
  ],
  'a bucket that nobody made': [
    /the bucket dreamt: nobody made it/,
    (world) => {
      setLedger(run(world, 'fits'), [
        ...ledgerOf(run(world, 'fits')),
        { kind: 'bucket', name: 'dreamt', state: 'made' },
      ]);
    },
  ],
  'a ledger that still only intends': [
    /a closed run knows/,
    (world, pick) => {
      const of = run(world, pick([...OF_RESULTS, 'fails', 'cancelled', 'unserved']));
      setLedger(
        of,
        ledgerOf(of).map((entry) => ({ ...entry, state: 'intended' })),
      );
    },
  ],
  'a code that AWS’s status does not bear out': [
    /training job fails is Failed/,
    (world, pick) => {
      const { failure } = run(world, 'fails');
      failure!.code = pick([
        'TrainingJobStopped',
        'TrainingJobTimedOut',
        'TrainingJobNotFound',
        'EndpointFailed',
        'NameTaken',
      ]);
    },
  ],
  'TrainingJobFailed of a job that did not fail': [
    /failed with TrainingJobFailed, and the training job fails is/,
    (world, pick) => {
      standing(world, 'training job', 'fails').description.TrainingJobStatus = pick([
        'Completed',
        'Stopped',
        'InProgress',
      ]);
    },
  ],
  'a failed endpoint that serves': [
    /is in service with its config/,
    (world) => {
      const description = { EndpointStatus: 'InService', EndpointConfigName: 'unserved-c1' };
      world.create({ kind: 'endpoint', name: 'unserved' }, { of: 'unserved', description });
    },
  ],
  'EndpointNotFound of one that is there': [
    /failed with EndpointNotFound, and the endpoint main is InService/,
    (world) => {
      standing(world, 'endpoint', 'main').description.CreationTime = '2026-05-01T00:00:00Z';
      const failure = { code: 'EndpointNotFound', message: 'gone', details: { endpointName: 'main' } };
      world.run({ workflowId: 'blind', type: 'deleteEndpoint', status: 'Failed', failure }, []);
    },
  ],
  'NameTaken where nobody took the name': [
    /nobody else has made anything of its names/,
    (world) => {
      const failure = { code: 'NameTaken', message: 'taken', details: {} };
      const plans = [{ makes: [{ kind: 'training job' as const, name: 'free' }] }];
      world.run({ workflowId: 'shy', type: 'fit', status: 'Failed', plans, failure }, []);
    },
  ],
  'model data that a failed deploy loses': [
    /does not carry the model data/,
    (world) => {
      delete run(world, 'unserved').failure!.details.modelData;
    },
  ],
  'a refused input that cost something': [
    /failed with InvalidInput, and has made the model costly/,
    (world) => {
      world.create({ kind: 'model', name: 'costly' }, { of: 'refused', description: {} });
    },
  ],
  'a failure without a code of ours': [
    /which is no failure code/,
    (world, pick) => {
      run(world, pick(['fails', 'unserved', 'refused'])).failure!.code = pick(['', 'Error', 'toString']);
    },
  ],
  'a cancel that nobody asked for': [
    /ended as cancelled, and nobody asked for it/,
    (world) => {
      run(world, 'cancelled').cancelRequested = false;
    },
  ],
  'no memo': [
    /left no memo/,
    (world, pick) => {
      const closed = world.evidence.runs.filter(({ workflowId }) => workflowId !== 'cancelled');
      delete pick(closed).memo;
    },
  ],
  'a memo of another stage': [
    /in its memo/,
    (world, pick) => {
      const of = pick(world.evidence.runs);
      of.memo = { ...of.memo!, stage: pick(['Preparing', 'Training', 'Deleting'] as const) };
    },
  ],
  'a memo with another ledger': [
    /tells another ledger in its memo/,
    (world, pick) => {
      const of = run(world, pick([...OF_RESULTS, 'fails', 'unserved']));
      of.memo = { ...of.memo!, ledger: of.memo!.ledger.slice(1) };
    },
  ],
  'an exemption for a run that is not there': [
    /there is no run nobody to exempt/,
    (world) => {
      world.evidence.exempt = { nobody: { from: ['naming'], reason: 'a slip of the pen' } };
    },
  ],
  'an exemption that nothing needs': [
    /nothing would be broken if the run \S+ were not exempt from \w+ \(no longer so\)/,
    (world, pick) => {
      const { workflowId } = pick(world.evidence.runs);
      const from = pick(['naming', 'liveness', 'truth'] as const);
      world.evidence.exempt = { [workflowId]: { from: [from], reason: 'no longer so' } };
    },
  ],
};

const TAMPERINGS = { ...SAFETY, ...LIVENESS, ...TRUTH };

it('is content where every promise is kept', () => {
  expect(findBrokenPromises(madeUpWorld().evidence)).toEqual([]);
});

it('is content with a world in which nothing has happened', () => {
  expect(findBrokenPromises(openMadeUpWorld().evidence)).toEqual([]);
});

describe('speaks of', () => {
  it.each(Object.entries(TAMPERINGS))('%s, wherever it is', (_what, [words, tamper]) => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
        const world = madeUpWorld();
        tamper(world, (among) => among[(numbers.next().value ?? 0) % among.length]!);
        expect(findBrokenPromises(world.evidence).join('\n')).toMatch(words);
      }),
      { numRuns: 10 },
    );
  });

  it('any two of them at once: one broken promise does not hide another', () => {
    const one = fc.constantFrom(...Object.keys(TAMPERINGS).filter((what) => what !== 'no result'));
    fc.assert(
      fc.property(one, fc.infiniteStream(fc.nat()), (what, numbers) => {
        const world = madeUpWorld();
        const [words, tamper] = TAMPERINGS[what]!;
        world.create({ kind: 'model', name: 'first-of-two' }, { description: {} });
        tamper(world, (among) => among[(numbers.next().value ?? 0) % among.length]!);
        const broken = findBrokenPromises(world.evidence).join('\n');
        expect(broken).toMatch(/made the model first-of-two/);
        expect(broken).toMatch(words);
      }),
      { numRuns: 50 },
    );
  });
});

describe('says nothing of', () => {
  it('what people do beside the runs', () => {
    const world = madeUpWorld();
    world.remove({ kind: 'training job', name: 'fits' }, 'theirs');
    world.remove({ kind: 'endpoint', name: 'main' }, 'theirs');
    world.remove({ kind: 'model', name: 'main-m1' }, 'theirs');
    world.call('UpdateEndpoint', 'updated', { by: 'theirs', names: { EndpointConfigName: 'main-c1' } });
    standing(world, 'endpoint', 'updated').description.EndpointConfigName = 'main-c1';
    expect(findBrokenPromises(world.evidence)).toEqual([]);
  });

  it('a stranger’s endpoint that was to be deleted', () => {
    const world = madeUpWorld();
    world.remove({ kind: 'endpoint', name: 'their-endpoint' });
    const result = { endpointName: 'their-endpoint' };
    const plans = [{ makes: [], removesEndpoint: 'their-endpoint' }];
    world.run({ workflowId: 'asked', type: 'deleteEndpoint', status: 'Completed', plans, result }, [
      { kind: 'endpoint', name: 'their-endpoint', state: 'deleted' },
    ]);
    expect(findBrokenPromises(world.evidence)).toEqual([]);
  });

  it('creates that AWS refused, and those whose answer was lost', () => {
    const world = madeUpWorld();
    const tags = { [RUN_TAG]: tagOf('fits') };
    world.call('CreateTrainingJob', 'fits', { status: 400, tags });
    world.call('CreateTrainingJob', 'fits', { status: 500, tags });
    world.call('CreateTrainingJob', 'fits', { status: 0, tags });
    expect(findBrokenPromises(world.evidence)).toEqual([]);
  });

  it('runs that are open, but for safety', () => {
    const world = madeUpWorld();
    const description = { TrainingJobStatus: 'InProgress' };
    world.create({ kind: 'training job', name: 'open' }, { of: 'open', description });
    const plans = [{ makes: [{ kind: 'training job' as const, name: 'open' }] }];
    world.run({ workflowId: 'open', type: 'fit', status: 'Running', plans }, []);
    expect(findBrokenPromises(world.evidence)).toEqual([]);
    world.create({ kind: 'training job', name: 'open-too' }, { of: 'open', description });
    expect(findBrokenPromises(world.evidence).join()).toMatch(/made 2 of the kind training job/);
  });

  it('runs that are not read yet, and whose plans nobody knows', () => {
    const world = madeUpWorld();
    world.evidence.isWhole = false;
    const description = { TrainingJobStatus: 'InProgress' };
    world.create({ kind: 'training job', name: 'unread' }, { of: 'unread', description });
    world.remove({ kind: 'endpoint', name: 'their-endpoint' });
    const open = { workflowId: 'unread', status: 'Running' as const, isRead: false, tag: '' };
    world.run({ ...open, type: 'deleteEndpoint' }, []);
    expect(findBrokenPromises(world.evidence)).toEqual([]);
  });

  it('each run of a cron chain, and each step of somebody’s own workflow', () => {
    const world = openMadeUpWorld();
    const description = { TrainingJobStatus: 'Failed' };
    const ledger = (name: string): LedgerEntry[] => [
      { kind: 'training job', name, state: 'left', reason: 'it failed' },
    ];
    for (const name of ['hour-1', 'hour-2']) {
      world.create({ kind: 'training job', name }, { of: 'hourly', description });
      const failure = { code: 'TrainingJobFailed', message: 'failed', details: { trainingJobName: name } };
      const plans = [{ makes: [{ kind: 'training job' as const, name }] }];
      const of = { workflowId: 'hourly', runId: name, isChained: true, plans, failure };
      world.run({ ...of, type: 'fit', status: 'Failed' }, ledger(name));
    }
    const steps = ['step-1', 'step-2'];
    for (const name of steps) world.create({ kind: 'training job', name }, { of: 'own', description });
    const plans = steps.map((name) => ({ makes: [{ kind: 'training job' as const, name }] }));
    world.run({ workflowId: 'own', type: 'trainTwice', status: 'Completed', plans }, steps.flatMap(ledger));
    expect(findBrokenPromises(world.evidence)).toEqual([]);
    world.create({ kind: 'training job', name: 'step-3' }, { of: 'own', description });
    expect(findBrokenPromises(world.evidence).join()).toMatch(/made 3 of the kind training job, and may make 2/);
  });

  it('what a run was exempted from, and of that alone', () => {
    const world = madeUpWorld();
    const description = { TrainingJobStatus: 'InProgress' };
    world.create({ kind: 'training job', name: 'ended' }, { of: 'ended', description });
    const plans = [{ makes: [{ kind: 'training job' as const, name: 'ended' }] }];
    world.run({ workflowId: 'ended', type: 'fit', status: 'Terminated', plans }, []);
    expect(findBrokenPromises(world.evidence).join('\n')).toMatch(/does not name it[^]*is not listed as left/);
    world.evidence.exempt = { ended: { from: ['naming'], reason: 'terminated' } };
    expect(findBrokenPromises(world.evidence)).toEqual([]);
    world.create({ kind: 'training job', name: 'ended-too' }, { of: 'ended', description });
    expect(findBrokenPromises(world.evidence).join()).toMatch(/made 2 of the kind training job/);
  });

  it('a run that was judged before, when something is done to what it made later', () => {
    const world = madeUpWorld();
    run(world, 'main').result = { ...run(world, 'main').result, modelData: modelDataOf('other') };
    expect(findBrokenPromises(world.evidence)).toHaveLength(1);
    const judged = new Set(world.evidence.runs.map(({ runId }) => runId));
    expect(findBrokenPromises({ ...world.evidence, judged })).toEqual([]);
  });
});
