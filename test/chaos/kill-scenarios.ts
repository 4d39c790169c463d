/**
 * The runs of the kill table: what stands before, what is started, and what is to stand in the end. Which calls each
 * makes to AWS is not said here: healthy runs tell, and `kill-table.test.ts` kills a worker at every one.
 */
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { RUN_TAG, type WorkflowType } from '../../src/contract';
import type { EmulatorControl, EndpointEnd } from '../../src/emulator';
import { makeEndpoint, makeModel } from '../support/by-hand';
import type { Case, CaseOptions } from '../support/case-rig';
import type { Exemption } from '../support/promises';
import { DATA_BUCKET, DEPLOY, ESTIMATOR, mainJob, ROLE } from '../support/rig';
import { until } from '../support/until';

export interface Scenario {
  type: WorkflowType;
  input: (name: string) => object;
  options?: CaseOptions;
  /** What is there before the run begins. */
  prepare?: (one: Case) => Promise<void>;
  /** The run is cancelled when this call has been answered. */
  cancelAfter?: string;
  /** Workers are killed at the calls after this one; those before it are another scenario's. @default at all */
  killAfter?: string;
  /** How the run ends: `Completed`, or its failure's code. */
  ends: string;
  /** What AWS has in the end: kind, and status where it has one. */
  leaves: string[];
  /** What runs that the scenario itself has harmed need not keep, by their Workflow Ids. */
  exempt?: (name: string) => Record<string, Exemption>;
}

const { outputPath: _given, ...IN_DEFAULT_BUCKET } = ESTIMATOR;
const HOSTED = ['model', 'endpoint config', 'endpoint: InService'];

export const SCENARIOS: Record<string, Scenario> = {
  fit: {
    type: 'fit',
    // The role by its name and no bucket: both cost calls of their own.
    input: (jobName) => ({
      estimator: { ...IN_DEFAULT_BUCKET, role: 'Trainer' },
      fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName },
    }),
    ends: 'Completed',
    leaves: ['training job: Completed'],
  },
  'fit, cancelled': {
    type: 'fit',
    input: (jobName) => ({ estimator: ESTIMATOR, fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName } }),
    options: { onSeen: { Training: () => undefined } },
    cancelAfter: 'DescribeTrainingJob (Training), again',
    killAfter: 'DescribeTrainingJob (Training), again',
    ends: 'Cancelled',
    leaves: ['training job: Stopped'],
  },
  'fit, failed': {
    type: 'fit',
    input: (jobName) => ({ estimator: ESTIMATOR, fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName } }),
    prepare: async ({ control }) => {
      const end = { status: 'Failed' as const, failureReason: 'AlgorithmError: it went wrong' };
      await control.addOutcomes([{ kind: 'training job', end }]);
    },
    killAfter: 'CreateTrainingJob',
    ends: 'TrainingJobFailed',
    leaves: ['training job: Failed'],
  },
  'deploy, new endpoint': {
    type: 'deploy',
    input: (name) => deployInput(name),
    ends: 'Completed',
    leaves: HOSTED,
  },
  'deploy, update': {
    type: 'deploy',
    input: (name) => deployInput(name),
    prepare: deployEarlier,
    ends: 'Completed',
    leaves: HOSTED,
  },
  'deploy, failed': {
    type: 'deploy',
    input: (name) => deployInput(name),
    options: { onSeen: { Creating: endWith({ status: 'Failed', failureReason: 'The container did not answer.' }) } },
    killAfter: 'DescribeEndpoint (Creating), again',
    ends: 'EndpointFailed',
    leaves: [],
  },
  'deploy, rolled back': {
    type: 'deploy',
    input: (name) => deployInput(name),
    prepare: deployEarlier,
    options: {
      onSeen: {
        Updating: endWith({ status: 'InService', serves: 'old', failureReason: 'The container did not answer.' }),
      },
    },
    killAfter: 'DescribeEndpoint (Updating), again',
    ends: 'EndpointRolledBack',
    leaves: HOSTED,
  },
  fitThenDeploy: {
    type: 'fitThenDeploy',
    input: (name) => mainJob(name),
    ends: 'Completed',
    leaves: ['training job: Completed', ...HOSTED],
  },
  deleteEndpoint: {
    type: 'deleteEndpoint',
    input: (endpointName) => ({ endpointName }),
    prepare: deployEarlier,
    ends: 'Completed',
    leaves: [],
  },
};

function endWith(end: EndpointEnd): (control: EmulatorControl) => unknown {
  return (control) => control.addOutcomes([{ kind: 'endpoint', when: 'now', end }]);
}

function deployInput(endpointName: string): object {
  return {
    modelData: `s3://${DATA_BUCKET}/given/model.tar.gz`,
    deploy: { ...DEPLOY, endpointName, image: 'iris', role: ROLE },
  };
}

/** An endpoint in service, as a run of ours made it last night. */
async function deployEarlier({ name, sagemaker, control }: Case): Promise<void> {
  const Tags = [{ Key: RUN_TAG, Value: 'last-night/1' }];
  // As runs name what they make: by the endpoint and ten digits of the content.
  const ModelName = `${name}-00ea211e40`;
  const EndpointConfigName = `${name}-00ea211e4c`;
  await makeModel(sagemaker, ModelName, { Tags });
  await control.setClock({ phases: { Creating: 0 } });
  await makeEndpoint(sagemaker, name, { ModelName, EndpointConfigName, Tags });
  await until(
    async () =>
      (await sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }))).EndpointStatus === 'InService',
    { what: 'the earlier endpoint to serve' },
  );
}
