/**
 * A small world in which every promise is kept, made up without emulator or server: runs of each type and each end, and
 * things of strangers beside them. The checker's tests break it in one place at a time.
 */
import { RUN_TAG, type LedgerEntry, type RunMemo } from '../../../src/contract';
import type { Evidence, Named, Planned, RunEvidence } from './evidence';
import { OUR_USER_AGENT } from './writes';

const START_MS = Date.parse('2026-05-04T10:00:00Z');
const BUCKET = 's3://data/models';
const REGISTRY = 'arn:aws:sagemaker:us-east-1:123456789012';
const AGENTS = { ours: `aws-sdk-js/3.0.0 lang/js ${OUR_USER_AGENT}`, theirs: 'aws-sdk-js/3.0.0 lang/js' };

const OPERATIONS = {
  'training job': 'TrainingJob',
  model: 'Model',
  'endpoint config': 'EndpointConfig',
  endpoint: 'Endpoint',
};

export const modelDataOf = (job: string): string => `${BUCKET}/${job}/output/model.tar.gz`;
export const tagOf = (workflowId: string): string => `${workflowId}/first-run-of-${workflowId}`;

export interface MadeUpWorld {
  evidence: Evidence;
  /** A call in the journal, by a worker unless `by` says otherwise. */
  call(operation: string, resource: string, further?: CallFacts): void;
  create(resource: Named, further: CreateFacts): void;
  remove(resource: Named, by?: 'ours' | 'theirs'): void;
  /** A run that has ended; its memo tells what the rest tells. */
  run(run: Pick<RunEvidence, 'workflowId' | 'type' | 'status'> & Partial<RunEvidence>, ledger: LedgerEntry[]): void;
}

interface CallFacts {
  by?: 'ours' | 'theirs';
  status?: number;
  names?: Record<string, string>;
  tags?: Record<string, string>;
}

interface CreateFacts {
  /** Workflow Id of the run whose tag it bears. */
  of?: string;
  by?: 'ours' | 'theirs';
  description: Record<string, unknown>;
}

export function openMadeUpWorld(): MadeUpWorld {
  const evidence: Evidence = { journal: [], resources: [], runs: [], isWhole: true };
  const now = (): string => new Date(START_MS + evidence.journal.length * 1_000).toISOString();
  const world: MadeUpWorld = {
    evidence,
    call(operation, resource, { by = 'ours', status = 200, names, tags } = {}) {
      evidence.journal.push({
        operation,
        resource,
        status,
        time: now(),
        answered: true,
        userAgent: AGENTS[by],
        ...(names && { names }),
        ...(tags && { tags }),
      });
    },
    create({ kind, name }, { of, by = 'ours', description }) {
      const tag = of === undefined ? undefined : tagOf(of);
      const config = description.EndpointConfigName as string | undefined;
      world.call(`Create${OPERATIONS[kind]}`, name, {
        by,
        ...(kind === 'endpoint' && config !== undefined && { names: { EndpointConfigName: config } }),
        ...(tag !== undefined && { tags: { [RUN_TAG]: tag } }),
      });
      const arn = `${REGISTRY}:${kind.replace(' ', '-')}/${name}`;
      evidence.resources.push({ kind, name, arn, ...(tag !== undefined && { tag }), description });
    },
    remove({ kind, name }, by = 'ours') {
      world.call(`Delete${OPERATIONS[kind]}`, name, { by });
      evidence.resources = evidence.resources.filter((one) => one.kind !== kind || one.name !== name);
    },
    run(run, ledger) {
      const stage = ({ Completed: 'Done', Failed: 'Failed', Cancelled: 'Cancelled' } as const)[run.status as 'Failed'];
      const memo: RunMemo = { stage, ledger, warnings: [] };
      evidence.runs.push({
        runId: `first-run-of-${run.workflowId}`,
        tag: tagOf(run.workflowId),
        startedAt: new Date(START_MS - 1_000).toISOString(),
        closedAt: now(),
        isChained: false,
        isRead: true,
        plans: [],
        cancelRequested: run.status === 'Cancelled',
        memo,
        ...run,
        ...(run.result && { result: { ...run.result, ledger } }),
        ...(run.failure && { failure: { ...run.failure, details: { ...run.failure.details, ledger } } }),
      });
    },
  };
  return world;
}

const TRAINED = {
  TrainingStartTime: '2026-05-04T10:00:01.000Z',
  TrainingEndTime: '2026-05-04T10:01:01.000Z',
  TrainingTimeInSeconds: 60,
  BillableTimeInSeconds: 60,
  FinalMetricDataList: [{ MetricName: 'loss', Value: 0.25, Timestamp: '2026-05-04T10:01:00.000Z' }],
};

function trainJob(world: MadeUpWorld, workflowId: string, job: string, status = 'Completed'): LedgerEntry {
  const description = {
    TrainingJobStatus: status,
    SecondaryStatus: status,
    ...(status === 'Completed' && { ...TRAINED, ModelArtifacts: { S3ModelArtifacts: modelDataOf(job) } }),
  };
  world.create({ kind: 'training job', name: job }, { of: workflowId, description });
  return { kind: 'training job', name: job, state: 'made' };
}

function resultOfTraining(job: string): Record<string, unknown> {
  return {
    trainingJobName: job,
    trainingJobArn: `${REGISTRY}:training-job/${job}`,
    modelData: modelDataOf(job),
    trainingStartTime: TRAINED.TrainingStartTime,
    trainingEndTime: TRAINED.TrainingEndTime,
    trainingTimeSeconds: 60,
    billableTimeSeconds: 60,
    finalMetrics: [{ name: 'loss', value: 0.25, time: '2026-05-04T10:01:00.000Z' }],
  };
}

/** Names of a deploy's pair: its content, here a number. */
const pairOf = (endpoint: string, version: number): [config: string, model: string] => [
  `${endpoint}-c${String(version)}`,
  `${endpoint}-m${String(version)}`,
];

function makePair(world: MadeUpWorld, workflowId: string, endpoint: string, version: number): LedgerEntry[] {
  const [config, model] = pairOf(endpoint, version);
  const container = { PrimaryContainer: { ModelDataUrl: modelDataOf(endpoint) } };
  world.create({ kind: 'model', name: model }, { of: workflowId, description: container });
  const variants = { ProductionVariants: [{ ModelName: model }] };
  world.create({ kind: 'endpoint config', name: config }, { of: workflowId, description: variants });
  return [
    { kind: 'model', name: model, state: 'made' },
    { kind: 'endpoint config', name: config, state: 'made' },
  ];
}

function serve(world: MadeUpWorld, workflowId: string, endpoint: string): LedgerEntry[] {
  const pair = makePair(world, workflowId, endpoint, 1);
  const [config] = pairOf(endpoint, 1);
  const description = { EndpointStatus: 'InService', EndpointConfigName: config, CreationTime: '2026-05-04T10:00:30Z' };
  world.create({ kind: 'endpoint', name: endpoint }, { of: workflowId, description });
  return [...pair, { kind: 'endpoint', name: endpoint, state: 'made' }];
}

function resultOfHosting(endpoint: string, version: number): Record<string, unknown> {
  const [endpointConfigName, modelName] = pairOf(endpoint, version);
  return {
    endpointName: endpoint,
    endpointArn: `${REGISTRY}:endpoint/${endpoint}`,
    endpointConfigName,
    modelName,
    modelData: modelDataOf(endpoint),
  };
}

function planOf(job: string | undefined, endpoint?: string, version = 1): Planned[] {
  const [config = '', model = ''] = endpoint === undefined ? [] : pairOf(endpoint, version);
  return [
    {
      makes: [
        ...(job === undefined ? [] : [{ kind: 'training job' as const, name: job }]),
        ...(endpoint === undefined
          ? []
          : [
              { kind: 'model' as const, name: model },
              { kind: 'endpoint config' as const, name: config },
              { kind: 'endpoint' as const, name: endpoint },
            ]),
      ],
    },
  ];
}

function takeDown(world: MadeUpWorld, made: LedgerEntry[]): LedgerEntry[] {
  return made.toReversed().map((entry) => {
    world.remove(entry as Named);
    return { kind: entry.kind, name: entry.name, state: 'deleted' as const };
  });
}

const LEFT = 'failed: SageMaker keeps the record of a job; it runs no longer and costs nothing';

/** One run of each kind, all of them honest. */
export function madeUpWorld(): MadeUpWorld {
  const world = openMadeUpWorld();

  // What strangers have made.
  world.create(
    { kind: 'training job', name: 'theirs' },
    { by: 'theirs', description: { TrainingJobStatus: 'InProgress', SecondaryStatus: 'Training' } },
  );
  world.create({ kind: 'model', name: 'their-model' }, { by: 'theirs', description: {} });
  world.create(
    { kind: 'endpoint', name: 'their-endpoint' },
    { by: 'theirs', description: { EndpointStatus: 'InService', EndpointConfigName: 'their-config' } },
  );

  const trained = trainJob(world, 'fits', 'fits');
  world.run(
    { workflowId: 'fits', type: 'fit', status: 'Completed', plans: planOf('fits'), result: resultOfTraining('fits') },
    [trained],
  );

  const mainJob = [trainJob(world, 'main', 'main'), ...serve(world, 'main', 'main')];
  world.run(
    {
      workflowId: 'main',
      type: 'fitThenDeploy',
      status: 'Completed',
      plans: planOf('main', 'main'),
      result: { ...resultOfTraining('main'), ...resultOfHosting('main', 1) },
    },
    mainJob,
  );

  // A run updates the endpoint of an earlier one, and takes its pair away.
  const first = serve(world, 'earlier', 'updated');
  world.run(
    {
      workflowId: 'earlier',
      type: 'deploy',
      status: 'Completed',
      plans: planOf(undefined, 'updated'),
      result: resultOfHosting('updated', 1),
    },
    first,
  );
  const second = makePair(world, 'later', 'updated', 2);
  const [config] = pairOf('updated', 2);
  world.call('UpdateEndpoint', 'updated', { names: { EndpointConfigName: config } });
  const live = world.evidence.resources.find(({ kind, name }) => kind === 'endpoint' && name === 'updated');
  if (live) live.description.EndpointConfigName = config;
  const replaced = takeDown(world, first.slice(0, 2));
  world.run(
    {
      workflowId: 'later',
      type: 'deploy',
      status: 'Completed',
      plans: planOf(undefined, 'updated', 2),
      result: resultOfHosting('updated', 2),
    },
    [
      ...second,
      { kind: 'endpoint', name: 'updated', state: 'adopted', reason: 'it was there and this run updated it' },
      ...replaced,
    ],
  );

  // An endpoint made, and deleted by another run.
  const gone = serve(world, 'gone', 'gone');
  world.run(
    {
      workflowId: 'gone',
      type: 'deploy',
      status: 'Completed',
      plans: planOf(undefined, 'gone'),
      result: resultOfHosting('gone', 1),
    },
    gone,
  );
  const deleted = takeDown(world, gone);
  world.run(
    {
      workflowId: 'delete-gone',
      type: 'deleteEndpoint',
      status: 'Completed',
      plans: [{ makes: [], removesEndpoint: 'gone' }],
      result: { endpointName: 'gone' },
    },
    deleted,
  );

  const failed = trainJob(world, 'fails', 'fails', 'Failed');
  world.run(
    {
      workflowId: 'fails',
      type: 'fit',
      status: 'Failed',
      plans: planOf('fails'),
      failure: { code: 'TrainingJobFailed', message: 'failed', details: { trainingJobName: 'fails' } },
    },
    [{ ...failed, state: 'left', reason: LEFT }],
  );

  const unserved = trainJob(world, 'unserved', 'unserved');
  const attempted = serve(world, 'unserved', 'unserved');
  world.run(
    {
      workflowId: 'unserved',
      type: 'fitThenDeploy',
      status: 'Failed',
      plans: planOf('unserved', 'unserved'),
      failure: {
        code: 'EndpointFailed',
        message: 'failed',
        details: { trainingJobName: 'unserved', endpointName: 'unserved', modelData: modelDataOf('unserved') },
      },
    },
    [{ ...unserved, state: 'left', reason: LEFT }, ...takeDown(world, attempted)],
  );

  const stopped = trainJob(world, 'cancelled', 'cancelled', 'Stopped');
  world.call('StopTrainingJob', 'cancelled');
  world.run({ workflowId: 'cancelled', type: 'fit', status: 'Cancelled', plans: planOf('cancelled') }, [
    { ...stopped, state: 'left', reason: LEFT },
  ]);

  const refusal = { code: 'InvalidInput', message: 'refused', details: { problems: ['fit.inputs: is missing'] } };
  world.run({ workflowId: 'refused', type: 'fit', status: 'Failed', failure: refusal }, []);
  return world;
}
