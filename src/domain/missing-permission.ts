/**
 * What to do about a call that AWS denied: reads in AWS's words which action on which resource is missing, and writes the
 * policy statement that allows it. Goes into the `fix` of `AccessDenied` and into warnings; pure.
 */

/** What AWS says is missing. */
export interface MissingPermission {
  /** ARN of who asked. */
  principal: string;
  /** As in a policy, such as `sagemaker:CreateTrainingJob`. */
  action: string;
  /** An ARN, or `*`. */
  resource: string;
  /** The kind of policy that does not allow it, or denies it: `identity-based`, `service control`, … */
  policyKind: string;
  /** True where a policy denies it, so that no statement can allow it. */
  isExplicit: boolean;
}

const DENIAL =
  /User: (\S+) is not authorized to perform: ([\w-]+:\w+)(?: on resource: "?([^\s"]+)"?)?(?: because no ([\w -]+?) policy allows| with an explicit deny in an? ([\w -]+?) policy)?/;

/** Undefined where AWS does not say, as in its answers to HEAD, which have no body. */
export function readMissingPermission(message: string): MissingPermission | undefined {
  const [, principal, action, resource, notAllowing, denying] = DENIAL.exec(message) ?? [];
  if (principal === undefined || action === undefined) return undefined;
  return {
    principal,
    action,
    resource: resource ?? '*',
    policyKind: notAllowing ?? denying ?? 'identity-based',
    isExplicit: denying !== undefined,
  };
}

/** The next run asks for the same under another name: what a statement should name is all of the kind. */
function widen(resource: string): string {
  const [, sagemaker] = /^(arn:[^:]+:sagemaker:[^:]+:\d+:[\w-]+\/)/.exec(resource) ?? [];
  if (sagemaker !== undefined) return `${sagemaker}*`;
  const [, objects] = /^(arn:[^:]+:s3:::[^/]+\/)/.exec(resource) ?? [];
  if (objects !== undefined) return `${objects}*`;
  const [, endpointLogs, jobLogs] =
    /^(?:(.+:log-group:\/aws\/sagemaker\/Endpoints\/)|(.+:log-group:[^:]+:))/.exec(resource) ?? [];
  const logs = endpointLogs ?? jobLogs;
  return logs === undefined ? resource : `${logs}*`;
}

/** The statement that allows it, as one line of JSON. */
export function writeStatement({ action, resource }: Pick<MissingPermission, 'action' | 'resource'>): string {
  const isPassRole = action === 'iam:PassRole';
  return JSON.stringify({
    Effect: 'Allow',
    Action: action,
    Resource: widen(resource),
    ...(isPassRole && { Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } } }),
  });
}

/** One sentence on what to do about a denial; undefined where AWS's words name no action. */
export function adviseOnDenial(message: string): string | undefined {
  const missing = readMissingPermission(message);
  if (!missing) return undefined;
  const { principal, action, resource, policyKind, isExplicit } = missing;
  if (isExplicit) {
    return (
      `${/^[aeiou]/.test(policyKind) ? 'An' : 'A'} ${policyKind} policy denies ${action} on ${resource} to ${principal}, whatever else allows it: ` +
      'take that denial away.'
    );
  }
  const whose = policyKind === 'identity-based' ? `the policy of ${principal}` : `the ${policyKind} policy`;
  return `Add to ${whose}: ${writeStatement(missing)}`;
}
