import { EndpointStatus, SecondaryStatus, TrainingJobStatus } from '@aws-sdk/client-sagemaker';
import fc from 'fast-check';
import {
  codeOfEndpoint,
  codeOfTrainingJob,
  findCause,
  outcomeOfEndpoint,
  outcomeOfTrainingJob,
  readOverQuota,
} from '../../../src/domain/outcomes';
import { judgeEndpoint, type EndpointObservation } from '../../../src/domain/endpoint-status';
import { failureDetailsSchema } from '../../../src/schemas';

const ENDS = ['Completed', 'Failed', 'Stopped'];
const JOB_WORDS: string[] = Object.values(TrainingJobStatus);
const SECONDARY_WORDS: string[] = Object.values(SecondaryStatus);
const PAIRS = JOB_WORDS.flatMap((status) => SECONDARY_WORDS.map((secondary) => [status, secondary] as const));
const LIMITS: Partial<Record<string, string>> = { MaxRuntimeExceeded: 'max-runtime', MaxWaitTimeExceeded: 'max-wait' };

/** A word that AWS has not got. */
const strange = fc
  .stringMatching(/^[A-Z][A-Za-z]{2,30}$/)
  .filter((word) => ![...JOB_WORDS, ...SECONDARY_WORDS, ...Object.values<string>(EndpointStatus)].includes(word));

describe('a training job', () => {
  it.each(PAIRS)('that is %s (%s) has the end that the status tells, and who stopped it', (status, secondaryStatus) => {
    const outcome = outcomeOfTrainingJob({ status, secondaryStatus });
    if (!ENDS.includes(status)) {
      expect(outcome).toBeUndefined();
      return;
    }
    const by = LIMITS[secondaryStatus] ?? (secondaryStatus === 'Stopped' ? 'person' : 'unknown');
    const told = { resource: 'training job', status, secondaryStatus, kind: status.toLowerCase() };
    const expected = {
      Completed: told,
      Failed: { ...told, cause: 'unknown' },
      Stopped: { ...told, by },
    }[status];
    expect(outcome).toEqual(expected);
    expect(failureDetailsSchema.parse({ outcome })).toEqual({ outcome });
    if (outcome?.kind === 'stopped') {
      expect(codeOfTrainingJob(outcome)).toBe(secondaryStatus in LIMITS ? 'TrainingJobTimedOut' : 'TrainingJobStopped');
    }
  });

  it('of a status that this version does not know goes on, whatever its secondary status', () => {
    const anySecondary = fc.oneof(strange, fc.constantFrom(...SECONDARY_WORDS));
    fc.assert(
      fc.property(strange, anySecondary, (status, secondaryStatus) => {
        expect(outcomeOfTrainingJob({ status, secondaryStatus })).toBeUndefined();
      }),
    );
  });

  it('that was stopped for what this version does not know is not said to have been stopped by anybody', () => {
    fc.assert(
      fc.property(strange, (secondaryStatus) => {
        expect(outcomeOfTrainingJob({ status: 'Stopped', secondaryStatus })).toMatchObject({ by: 'unknown' });
      }),
    );
  });

  it.each([
    ['CapacityError: Unable to provision requested ML compute capacity. Please retry.', 'capacity', 'LimitExceeded'],
    ['AlgorithmError: KeyError: label, exit code: 1', 'algorithm', 'TrainingJobFailed'],
    ['ClientError: Cannot pull algorithm container.', 'client', 'TrainingJobFailed'],
    ['InternalServerError: We encountered an internal error. Please try again.', 'internal', 'TrainingJobFailed'],
    ['Something of tomorrow', 'unknown', 'TrainingJobFailed'],
    [undefined, 'unknown', 'TrainingJobFailed'],
    // The algorithm may write what it likes after its own prefix.
    ['AlgorithmError: ClientError: no such bucket, exit code: 1', 'algorithm', 'TrainingJobFailed'],
    ['AlgorithmError: CapacityError: the shelf is full, exit code: 1', 'algorithm', 'TrainingJobFailed'],
  ])('that failed for %j is blamed on %s: %s', (failureReason, cause, code) => {
    const outcome = outcomeOfTrainingJob({
      status: 'Failed',
      secondaryStatus: 'Failed',
      ...(failureReason && { failureReason }),
    });
    expect(outcome).toMatchObject({ kind: 'failed', cause });
    expect(codeOfTrainingJob(outcome as never)).toBe(code);
  });
});

describe('an endpoint', () => {
  const endpoint = (status: string, failureReason?: string): EndpointObservation => ({
    name: 'iris',
    arn: 'arn:aws:sagemaker:us-east-1:123456789012:endpoint/iris',
    status,
    endpointConfigName: 'old',
    ...(failureReason !== undefined && { failureReason }),
  });
  const told = (status: string) => ({ resource: 'endpoint', status });

  it.each([
    ['failed', 'Failed', { ...told('Failed'), kind: 'failed', cause: 'unknown' }, 'EndpointFailed'],
    ['out of service', 'OutOfService', { ...told('OutOfService'), kind: 'failed', cause: 'unknown' }, 'EndpointFailed'],
    ['failed', 'UpdateRollbackFailed', { ...told('UpdateRollbackFailed'), kind: 'rollback failed' }, 'EndpointFailed'],
    [
      'rolled back',
      'InService',
      { ...told('InService'), kind: 'rolled back', serves: 'old', cause: 'unknown' },
      'EndpointRolledBack',
    ],
    [
      'superseded',
      'InService',
      { ...told('InService'), kind: 'superseded', serves: 'old', cause: 'unknown' },
      'EndpointFailed',
    ],
  ] as const)('that %s as %s is told as what it is', (verdict, status, expected, code) => {
    const outcome = outcomeOfEndpoint(verdict, endpoint(status));
    expect(outcome).toEqual(expected);
    expect(codeOfEndpoint(outcome)).toBe(code);
    expect(failureDetailsSchema.parse({ outcome })).toEqual({ outcome });
  });

  it('without capacity is a limit, unless what served before serves on', () => {
    const reason = 'Unable to provision: InsufficientInstanceCapacity error';
    expect(codeOfEndpoint(outcomeOfEndpoint('failed', endpoint('Failed', reason)))).toBe('LimitExceeded');
    expect(codeOfEndpoint(outcomeOfEndpoint('rolled back', endpoint('InService', reason)))).toBe('EndpointRolledBack');
  });

  it('of a status that this version does not know is settling, before and after an update', () => {
    fc.assert(
      fc.property(strange, fc.boolean(), fc.boolean(), (status, wasUpdate, wasUnderWay) => {
        const before = wasUpdate ? endpoint('InService') : undefined;
        expect(judgeEndpoint(endpoint(status), 'new', before, wasUnderWay)).toBe('settling');
      }),
    );
  });
});

describe('a quota', () => {
  it('is read from AWS’s sentence, with its name and amounts', () => {
    const message =
      "The account-level service limit 'ml.p4d.24xlarge for training job usage' is 2 Instances, with current utilization of " +
      '1 Instances and a request delta of 2 Instances. Please use AWS Service Quotas to request an increase for this quota.';
    expect(readOverQuota('training job', message)).toEqual({
      resource: 'training job',
      kind: 'over quota',
      quota: 'ml.p4d.24xlarge for training job usage',
      limit: 2,
      inUse: 1,
      requested: 2,
    });
  });

  it('that AWS words otherwise is one all the same, and never more than the published shape', () => {
    fc.assert(
      fc.property(fc.string(), (message) => {
        const outcome = readOverQuota('endpoint', message);
        expect(failureDetailsSchema.parse({ outcome })).toEqual({ outcome });
      }),
    );
    expect(readOverQuota('endpoint', 'no more of it')).toEqual({ resource: 'endpoint', kind: 'over quota' });
  });
});

it('a cause is found in any text', () => {
  fc.assert(
    fc.property(fc.string(), (reason) => {
      expect(['algorithm', 'client', 'internal', 'capacity', 'unknown']).toContain(findCause(reason));
    }),
  );
});
