/** The lives of the jobs and endpoints in `outcome-rows.test.ts`, by name, and the texts that AWS says of them. */
import type { OutcomeRuleInput, TrainingJobStep } from '../../src/emulator';

export const QUOTA =
  "The account-level service limit 'ml.m5.large for training job usage' is 2 Instances, with current utilization of 2 " +
  'Instances and a request delta of 1 Instances. Please use AWS Service Quotas to request an increase for this quota.';
export const NO_CAPACITY =
  'CapacityError: Unable to provision requested ML compute capacity. Please retry using a different type.';
export const NO_IMAGE =
  'ClientError: Cannot pull algorithm container. Either the image does not exist or its permissions are wrong.';
export const EXITED = 'AlgorithmError: No module named pandas, exit code: 1';
export const NOT_HEALTHY =
  'The primary container for production variant AllTraffic did not pass the ping health check.';
export const NO_INSTANCES = 'Unable to provision instances: InsufficientInstanceCapacity error.';
export const ALARM = 'The alarm too-many-errors went off.';
export const STUCK = 'Request to service failed. If failure persists after retry, contact customer support.';

const step = (secondaryStatus: string, further: Partial<TrainingJobStep> = {}): TrainingJobStep => ({
  secondaryStatus,
  durationMs: 40,
  ...further,
});
const TRAINING = [step('Downloading'), step('Training', { logLines: ['epoch 1', 'epoch 2'] })];
const STOPPED_WITH_MODEL = (secondaryStatus: string): OutcomeRuleInput => ({
  kind: 'training job',
  resource: `[a-z-]*${secondaryStatus.toLowerCase()}-with-model`,
  steps: [...TRAINING, step('Stopping'), step('Uploading', { status: 'Stopping' })],
  end: { status: 'Stopped', secondaryStatus, artefact: true },
});

/** Lives by name; what no rule names goes well. */
export const RULES: OutcomeRuleInput[] = [
  { kind: 'training job', resource: 'no-capacity', end: { status: 'Failed', failureReason: NO_CAPACITY } },
  { kind: 'training job', resource: 'no-image', end: { status: 'Failed', failureReason: NO_IMAGE } },
  {
    kind: 'training job',
    resource: 'exits-at-once',
    steps: [
      step('Downloading'),
      step('Training', { logLines: Array.from({ length: 30 }, (_, i) => `line ${String(i)}`) }),
    ],
    end: { status: 'Failed', failureReason: EXITED },
  },
  {
    kind: 'training job',
    resource: 'failed-after-upload',
    steps: [...TRAINING, step('Uploading')],
    end: { status: 'Failed', failureReason: 'InternalServerError: We encountered an internal error.', artefact: true },
  },
  {
    kind: 'training job',
    resource: 'without-artefact',
    steps: TRAINING,
    end: { status: 'Completed', artefact: false },
  },
  {
    kind: 'training job',
    resource: 'interrupted',
    steps: [1, 2, 3].flatMap(() => [...TRAINING, step('Interrupted'), step('Restarting')]).concat(TRAINING),
    end: { status: 'Completed' },
  },
  ...['MaxRuntimeExceeded', 'MaxWaitTimeExceeded'].flatMap((secondaryStatus): OutcomeRuleInput[] => [
    STOPPED_WITH_MODEL(secondaryStatus),
    {
      kind: 'training job',
      resource: `[a-z-]*${secondaryStatus.toLowerCase()}-without-model`,
      steps: TRAINING,
      end: { status: 'Stopped', secondaryStatus },
    },
  ]),
  // Until somebody stops them.
  { kind: 'training job', resource: '.*stopped-while-training', steps: [step('Training', { logLines: ['epoch 1'] })] },
  { kind: 'training job', resource: 'never-starts|ends-before-our-stop', steps: [step('Starting')] },
  {
    kind: 'endpoint',
    resource: 'unhealthy',
    steps: [{ status: 'Creating', durationMs: 40, logLines: ['No module named joblib'] }],
    end: { status: 'Failed', failureReason: NOT_HEALTHY },
  },
  { kind: 'endpoint', resource: 'no-instances', end: { status: 'Failed', failureReason: NO_INSTANCES } },
  { kind: 'endpoint', resource: 'stuck' },
  ...['rolls-back', 'rollback-fails'].map((resource): OutcomeRuleInput => ({
    kind: 'endpoint',
    when: 'update',
    resource,
    steps: [
      { status: 'Updating', durationMs: 1_000, logLines: ['loading the new model'] },
      { status: 'RollingBack', durationMs: 1_000, failureReason: ALARM },
    ],
    end:
      resource === 'rolls-back'
        ? { status: 'InService', serves: 'old', failureReason: ALARM }
        : { status: 'UpdateRollbackFailed', failureReason: ALARM },
  })),
  ...['SystemUpdating', 'OutOfService'].flatMap((status): OutcomeRuleInput[] => [
    {
      kind: 'endpoint',
      resource: `${status}-for-a-while`,
      steps: [{ status, durationMs: 600 }],
      end: { status: 'InService' },
    },
    { kind: 'endpoint', resource: `${status}-for-ever`, steps: [{ status, durationMs: 0 }] },
  ]),
  { kind: 'training job', steps: TRAINING, end: { status: 'Completed' } },
  // That one really serves, until the update that is rolled back.
  { kind: 'endpoint', resource: '(?!rolls-back$).*', end: { status: 'InService' } },
  { kind: 'endpoint', when: 'update', end: { status: 'InService' } },
];
