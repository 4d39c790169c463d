/**
 * The requests that an input makes, with stand-ins for what only AWS knows: for `preflight.ts`, which holds them against
 * AWS's model, and asks which argument is behind a field.
 */
import type { DeployInput, FitInput, FitThenDeployInput } from '../contract';
import { buildFitPlans, buildHostingPlan, sourceFromArguments, type Surroundings } from '../domain/build-plan';
import type { HostingPlan, TrainingPlan } from '../domain/plan';

/** As long and of the form of what AWS will say. */
const ACCOUNT = '123456789012';
const REGION = 'eu-central-1';
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/Role`;

/** Requests by operation, in the order in which they are sent. */
export type DryRequests = Record<string, object>;

export type Planned = FitInput | FitThenDeployInput | DeployInput;

export function buildDryRequests(input: Planned): DryRequests {
  const from: Surroundings = {
    region: input.region ?? REGION,
    account: ACCOUNT,
    identity: { workflowId: 'run', firstExecutionRunId: '00000000-0000-0000-0000-000000000000', ordinal: 0 },
    roleArnOf: (role) => (role.startsWith('arn:') ? role : ROLE_ARN),
    sha256: () => '0'.repeat(64),
  };
  if ('fit' in input) return requestsOf(buildFitPlans(input, from));
  const source = sourceFromArguments(input) ?? {
    modelData: 's3://bucket/model.tar.gz',
    image: input.estimator?.imageName ?? 'image',
    role: input.estimator?.role ?? ROLE_ARN,
    trainingJobName: input.trainingJobName ?? '',
  };
  return requestsOf({ hosting: buildHostingPlan(input.deploy, source, input.estimator, from) });
}

/** What of a plan is sent to AWS. */
export function requestsOf({ training, hosting }: { training?: TrainingPlan; hosting?: HostingPlan }): DryRequests {
  return {
    ...(training && { CreateTrainingJob: training.request }),
    ...(hosting && {
      CreateModel: hosting.model,
      CreateEndpointConfig: hosting.endpointConfig,
      CreateEndpoint: hosting.endpoint,
    }),
  };
}
