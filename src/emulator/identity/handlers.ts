/**
 * STS and IAM as far as starting SageMaker's jobs needs them: who is asking, and what a role's ARN is. Every role with a
 * valid name exists and trusts SageMaker, but for those that a test has taken away in the world's records.
 */
import { createHash } from 'node:crypto';
import type { GetRoleRequest } from '@aws-sdk/client-iam';
import { partitionOf } from '../partition';
import { AwsError, type Call, type Handlers, type World } from '../world';

const ABSENT_ROLE = 'absent-role';
const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;
/** When this account's one user and its roles were made, as far as anybody asks. */
const LONG_AGO = new Date('2020-01-01T00:00:00Z');

/** Takes the role away: GetRole answers NoSuchEntity. */
export function removeRole(world: Pick<World, 'records'>, roleName: string): void {
  world.records.put(ABSENT_ROLE, roleName, { roleName });
}

/** Undoes {@link removeRole}. */
export function restoreRole(world: Pick<World, 'records'>, roleName: string): void {
  world.records.delete(ABSENT_ROLE, roleName);
}

export function roleExists(world: Pick<World, 'records'>, roleName: string): boolean {
  return ROLE_NAME.test(roleName) && world.records.get(ABSENT_ROLE, roleName) === undefined;
}

/** @param userName The IAM user whose key pair signs the requests. */
export function stsHandlers(world: World, userName = 'emulator'): Handlers {
  return {
    GetCallerIdentity: () => ({
      UserId: uniqueId('AIDA', `${world.account}/${userName}`),
      Account: world.account,
      Arn: `arn:${partitionOf(world.region)}:iam::${world.account}:user/${userName}`,
    }),
  };
}

/** @param rolePaths Path of each role that has another than `/`, with a slash at both ends. */
export function roleArnOf(
  { region, account }: Pick<World, 'region' | 'account'>,
  roleName: string,
  rolePaths: Record<string, string>,
): string {
  return `arn:${partitionOf(region)}:iam::${account}:role${rolePaths[roleName] ?? '/'}${roleName}`;
}

/** @param rolePaths as for {@link roleArnOf} */
export function iamHandlers(world: World, rolePaths: Record<string, string> = {}): Handlers {
  return {
    GetRole: ({ input }: Call<GetRoleRequest>) => {
      const roleName = input.RoleName ?? '';
      if (!ROLE_NAME.test(roleName)) {
        throw new AwsError(
          'ValidationError',
          'The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
        );
      }
      if (!roleExists(world, roleName)) {
        throw new AwsError('NoSuchEntity', `The role with name ${roleName} cannot be found.`, 404);
      }
      return {
        Role: {
          Path: rolePaths[roleName] ?? '/',
          RoleName: roleName,
          RoleId: uniqueId('AROA', `${world.account}/${roleName}`),
          Arn: roleArnOf(world, roleName, rolePaths),
          CreateDate: LONG_AGO,
          // IAM gives policies percent-encoded.
          AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(TRUST_POLICY)),
          MaxSessionDuration: 3600,
        },
      };
    },
  };
}

const TRUST_POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** IAM's ids: four letters that tell the kind, and seventeen that stay the same for the same name. */
function uniqueId(kind: string, name: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(name).digest('hex')}`)
    .toString(36)
    .toUpperCase();
  return `${kind}${digits.slice(-17)}`;
}
