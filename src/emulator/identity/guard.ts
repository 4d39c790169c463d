/**
 * Enforces policies: the caller's on every call, and the execution roles' on what SageMaker does in their name. Without a
 * policy everything is allowed, as it is for the owner of an account. Policies come from the start options and from
 * `POST /_emulator/policies`; what was asked for can be read at `GET /_emulator/policies`.
 */
import { InvalidControlRequest } from '../control/fault-rules';
import { partitionOf } from '../partition';
import { AwsError, type Call, type Handler, type Service, type World } from '../world';
import { neededPermissions } from './needed-permissions';
import { judgePermission, problemsOfPolicy, type NeededPermission, type PolicyDocument } from './policy';

/** Whose policy says what. */
export interface Policies {
  /** Of whoever signs with the key pair. @default everything is allowed */
  caller?: PolicyDocument;
  /** Of execution roles, by name. @default everything is allowed to a role that is not named */
  roles?: Record<string, PolicyDocument>;
}

/** One permission that was asked for. */
export interface AskedPermission {
  /** `caller`, or the name of an execution role. */
  principal: string;
  /** As in a policy. */
  action: string;
  /** An ARN, or `*`. */
  resource: string;
  /** What the policy said of it. */
  allowed: boolean;
}

export interface Guard {
  policies(): Policies;
  /** Puts these policies in the place of those there are. */
  set(policies: unknown): Policies;
  /** What was asked for since the policies were set, each once. */
  asked(): AskedPermission[];
  /** The handler behind the caller's policy. */
  protect: (handler: Handler) => Handler;
  /** What an execution role's policy says. */
  mayRole(roleArn: string, action: string, resource: string): boolean;
}

/** Enough for every action on every resource of a long test. */
const ASKED_MAX = 10_000;

function readPolicies(given: unknown): Policies {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new InvalidControlRequest('The body must be { "caller"?: policy, "roles"?: { name: policy } }');
  }
  const { caller, roles, ...further } = given as { caller?: unknown; roles?: unknown };
  const problems = Object.keys(further).map((name) => `${name} is not known`);
  if (caller !== undefined) problems.push(...problemsOfPolicy(caller, 'caller'));
  if (roles !== undefined && (typeof roles !== 'object' || roles === null)) problems.push('roles must be an object');
  for (const [name, policy] of Object.entries(roles ?? {})) problems.push(...problemsOfPolicy(policy, `roles.${name}`));
  if (problems.length > 0) throw new InvalidControlRequest(problems.join('; '));
  return given;
}

/** The refusal, in AWS's own words and with each service's own code. */
function refuse(service: Service, userArn: string, needed: NeededPermission, isExplicit: boolean): AwsError {
  const { action, resource } = needed;
  const named = service === 's3' ? `"${resource}"` : resource;
  const reason = isExplicit
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`;
  const message = `User: ${userArn} is not authorized to perform: ${action} on resource: ${named} ${reason}`;
  const isXml = service === 's3' || service === 'iam' || service === 'sts';
  const isForbidden = isXml || service === 'sagemaker-runtime';
  return new AwsError(isXml ? 'AccessDenied' : 'AccessDeniedException', message, isForbidden ? 403 : 400);
}

/** @param roleArnOf the ARN of a role of this account, with its path */
export function createGuard(
  world: Pick<World, 'region' | 'account' | 'records'>,
  roleArnOf: (roleName: string) => string,
  initial: Policies = {},
): Guard {
  let policies = readPolicies(initial);
  let asked = new Map<string, AskedPermission>();
  const userArn = `arn:${partitionOf(world.region)}:iam::${world.account}:user/emulator`;

  const judge = (principal: string, policy: PolicyDocument, needed: NeededPermission) => {
    const verdict = judgePermission(policy, needed);
    const { action, resource } = needed;
    const allowed = verdict === 'allowed';
    const key = [principal, action, resource, allowed].join(' ');
    if (asked.size < ASKED_MAX) asked.set(key, { principal, action, resource, allowed });
    return verdict;
  };

  /** @throws AwsError for the first permission that the caller lacks */
  const check = (call: Pick<Call, 'service' | 'operation' | 'input'>): void => {
    const { caller } = policies;
    if (caller === undefined) return;
    for (const needed of neededPermissions(world, call, roleArnOf)) {
      const verdict = judge('caller', caller, needed);
      if (verdict !== 'allowed') throw refuse(call.service, userArn, needed, verdict === 'explicitly denied');
    }
  };

  /** Who may not list a bucket is not told that an object is missing from it. */
  const checkForAbsence = ({ service, input }: Call, error: unknown): void => {
    if (service !== 's3' || !(error instanceof AwsError) || error.code !== 'NoSuchKey') return;
    check({ service, operation: 'HeadBucket', input: { Bucket: input.Bucket } });
  };

  const protect =
    (handler: Handler): Handler =>
    async (call: Call) => {
      check(call);
      try {
        return await (handler as (call: Call) => unknown)(call);
      } catch (error) {
        checkForAbsence(call, error);
        throw error;
      }
    };

  return {
    policies: () => policies,
    set(given) {
      policies = readPolicies(given);
      asked = new Map();
      return policies;
    },
    asked: () => [...asked.values()],
    protect,
    mayRole(roleArn, action, resource) {
      const name = roleArn.split('/').at(-1) ?? '';
      const policy = policies.roles?.[name];
      if (policy === undefined) return true;
      return judge(name, policy, { action, resource, context: {} }) === 'allowed';
    },
  };
}
