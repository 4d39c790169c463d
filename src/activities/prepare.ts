/**
 * The first step of every workflow: from the untouched input to the plan. Looks up what only AWS and the namespace know
 * (account, role ARNs, search attributes, the training job to deploy from) and makes nothing; the plan goes into the
 * history and is followed word for word.
 */
import { createHash } from 'node:crypto';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { WorkflowType } from '../contract';
import {
  buildFitPlans,
  buildHostingPlan,
  buildSweepPlan,
  rolesOf,
  runTagOf,
  type ModelSource,
  type Surroundings,
} from '../domain/build-plan';
import { answerOf, lacksCredentials, readTrouble, requireMember } from '../domain/aws-errors';
import { adviseOnDenial } from '../domain/missing-permission';
import type { RetryPace } from '../domain/backoff';
import type { Plan, RunIdentity, RunPlan } from '../domain/plan';
import { findSecretSigns } from '../domain/secret-signs';
import { checkInput, findRequestWarnings, requestsOf, type InputOf } from '../schemas';
import type { AwsClients } from './aws';
import { failureOf, failWith } from './aws-errors';
import { checkExpectedEndpoint, findStandingProblems } from './endpoint-problems';
import { findModelSource } from './model-source';
import {
  findNameProblems,
  findPlanProblems,
  findScheduleProblems,
  findScheduleWarnings,
  findSizeProblems,
  findTimeoutProblems,
} from './plan-problems';
import { listSearchAttributes } from './search-attributes';
import type { Activities } from './index';

/** Figures of the worker that a run keeps for its life. */
export interface RunTimings extends RetryPace {
  heartbeatTimeoutMs: number;
  callTimeoutMs: number;
}

export function createPrepare(aws: AwsClients, timings: RunTimings): Pick<Activities, 'prepare'> {
  return {
    async prepare(type, raw, identity) {
      const preparedAt = new Date().toISOString();
      const checked = checkOrRefuse(type, raw, identity, aws.region);
      const account = await findAccount(aws);
      const attributes = await listSearchAttributes();
      const run: RunPlan = {
        region: aws.region,
        account,
        runTag: runTagOf(identity),
        preparedAt,
        ...(identity.beganAt !== undefined && { beganAt: identity.beganAt }),
        searchAttributes: attributes.names,
        ...timings,
        warnings: [...attributes.warnings, ...findScheduleWarnings(checked, identity), ...findSecretSigns(checked)],
      };
      if (type === 'sweep') return { run, sweep: buildSweepPlan(checked, preparedAt) };
      const input = checked as InputOf[Exclude<WorkflowType, 'sweep'>];
      if ('endpointName' in input) {
        const removal: Plan = { run, removal: { endpointName: input.endpointName } };
        const problems = findTimeoutProblems(removal, identity);
        if (problems.length > 0) throw refusal(problems, type, identity);
        return removal;
      }

      const source = 'fit' in input ? undefined : await findModelSource(aws, input);
      const roles = source ? [...rolesOf(input), source.role] : rolesOf(input);
      const surroundings = await surround(aws, account, identity, roles);
      const plan: Plan =
        'fit' in input
          ? { run, ...buildFitPlans(input, surroundings) }
          : {
              run,
              hosting: buildHostingPlan(input.deploy, source as ModelSource, input.estimator, surroundings),
            };
      const jobName = 'fit' in input ? input.fit.jobName : undefined;
      const problems = [
        ...findPlanProblems(plan),
        ...findSizeProblems(plan),
        ...findTimeoutProblems(plan, identity),
        ...findNameProblems(plan, identity, jobName),
        ...(await findStandingProblems(aws, plan)),
      ];
      if (problems.length > 0) throw refusal(problems, type, identity);
      await checkExpectedEndpoint(aws, plan);
      run.warnings.push(...findRequestWarnings(requestsOf(plan), run.region));
      return plan;
    },
  };
}

function checkOrRefuse<T extends WorkflowType>(
  type: T,
  raw: unknown,
  identity: RunIdentity,
  region: string,
): InputOf[T] {
  const checked = checkInput(type, raw);
  const problems = [...('problems' in checked ? checked.problems : []), ...findScheduleProblems(raw, identity)];
  if (!('input' in checked) || problems.length > 0) throw refusal(problems, type, identity);
  const { input } = checked;
  if (input.region !== undefined && input.region !== region) {
    throw refusal([`region is ${input.region}, but the workers of this task queue serve ${region}`], type, identity);
  }
  return input;
}

function refusal(problems: string[], type: WorkflowType, { workflowId }: RunIdentity): Error {
  const count = problems.length === 1 ? '1 problem' : `${String(problems.length)} problems`;
  const what = `the input of ${type} has ${count}: ${problems.join('; ')}`;
  return failWith('InvalidInput', what, { workflow: workflowId }, { details: { problems } });
}

/** Before anything is made, a worker whom AWS does not know is told at once; later, it would be waited for. */
async function findAccount({ sts, region }: AwsClients): Promise<string> {
  const at = { operation: 'GetCallerIdentity', region };
  try {
    return requireMember('Account', (await sts.send(new GetCallerIdentityCommand({}))).Account);
  } catch (error) {
    const trouble = readTrouble(error);
    const isUnknown = lacksCredentials(trouble) && trouble.meaning !== 'expired credentials';
    throw failureOf(trouble, at, isUnknown ? 'AccessDenied' : undefined);
  }
}

async function surround(
  aws: AwsClients,
  account: string,
  identity: RunIdentity,
  roles: string[],
): Promise<Surroundings> {
  const arns = new Map<string, string>();
  for (const role of roles) if (!arns.has(role)) arns.set(role, await findRoleArn(aws, role));
  return {
    region: aws.region,
    account,
    identity,
    roleArnOf: (role) => arns.get(role) ?? role,
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
  };
}

/** A role by its name may have a path, so only IAM knows its ARN. */
async function findRoleArn({ iam, region }: AwsClients, role: string): Promise<string> {
  if (role.includes('/')) return role;
  const at = { operation: 'GetRole', region, role };
  try {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: role }));
    return requireMember('Arn', Role?.Arn);
  } catch (error) {
    const trouble = readTrouble(error);
    if (trouble.meaning === 'absent') {
      const fix = 'Create the role, or give the name of one that is there; a role of another account needs its ARN.';
      const what = `there is no IAM role named ${role} in this account`;
      throw failWith('RoleNotAssumable', what, at, { details: { ...answerOf(trouble), fix } });
    }
    const isDenied = trouble.meaning === 'denied';
    const advice = adviseOnDenial(trouble.message) ?? 'Allow iam:GetRole to the worker.';
    throw failureOf(trouble, at, undefined, isDenied ? { fix: `${advice} Or give the role by its ARN.` } : {});
  }
}
