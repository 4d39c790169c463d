/**
 * Asks AWS for `doctor`: reads alone, each with a time-out and one attempt. `judge-aws.ts` and `judge-role.ts` decide.
 */
import type { IAMClient } from '@aws-sdk/client-iam';
import type { S3Client } from '@aws-sdk/client-s3';
import type { STSClient } from '@aws-sdk/client-sts';
import { readTrouble } from '../../domain/aws-errors';
import { defaultBucketName } from '../../domain/names';
import { failed, notChecked, ok, type CheckName, type Finding } from './finding';
import {
  judgeBucket,
  judgeClock,
  judgeEndpoint,
  judgeEndpointUrl,
  judgeTrouble,
  type EndpointAnswer,
} from './judge-aws';
import { judgeRole, roleNameOf } from './judge-role';

const REQUEST_LIMIT_MS = 3_000;
const EMULATOR_LIMIT_MS = 2_000;

type AwsCheck = Extract<CheckName, 'aws-identity' | 'clock' | 'role' | 'bucket' | 'emulator'>;

/** Account and region, or nothing where they are not known. */
interface Caller {
  account: string;
  region: string;
}

/** @param role Name or ARN of an execution role to look at; without one, that check is left out. */
export function checkAws(
  env: NodeJS.ProcessEnv,
  role: string | undefined,
): { region: Promise<string | undefined>; checks: Partial<Record<AwsCheck, Promise<Finding>>> } {
  const opening = openAws();
  const region = opening.then((aws) => aws.region);
  const asking = opening.then((aws) => askWhoCalls(aws));
  const withRegion = (check: (aws: Aws & Caller) => Promise<Finding>): Promise<Finding> =>
    Promise.all([opening, asking]).then(([aws, { caller }]) =>
      caller ? check({ ...aws, ...caller }) : notChecked('the AWS account is not known', 'aws-identity'),
    );
  return {
    region,
    checks: {
      'aws-identity': asking.then(({ finding }) => finding),
      clock: asking.then(({ skewSeconds }) =>
        skewSeconds === undefined ? notChecked('AWS has not answered', 'aws-identity') : judgeClock(skewSeconds),
      ),
      ...(role !== undefined && { role: withRegion((aws) => readRole(aws, role)) }),
      bucket: withRegion(readBucket),
      emulator: checkEndpoint(env.AWS_ENDPOINT_URL),
    },
  };
}

interface Aws {
  region: string | undefined;
  sts: STSClient;
  iam: IAMClient;
  s3: S3Client;
}

async function openAws(): Promise<Aws> {
  const [{ STSClient }, { IAMClient }, { S3Client }, { NodeHttpHandler }] = await Promise.all([
    import('@aws-sdk/client-sts'),
    import('@aws-sdk/client-iam'),
    import('@aws-sdk/client-s3'),
    import('@smithy/node-http-handler'),
  ]);
  const config = {
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: REQUEST_LIMIT_MS,
      requestTimeout: REQUEST_LIMIT_MS,
      throwOnRequestTimeout: true,
    }),
  };
  const sts = new STSClient(config);
  // Without a region the chain throws; the check of the configuration says so.
  const region = await sts.config.region().catch(() => undefined);
  return { region, sts, iam: new IAMClient(config), s3: new S3Client(config) };
}

interface WhoCalls {
  finding: Finding;
  caller?: Caller;
  /** How far AWS's clock is ahead; absent where AWS told no time. */
  skewSeconds?: number;
}

async function askWhoCalls({ sts, region }: Aws): Promise<WhoCalls> {
  if (region === undefined) return { finding: notChecked('no AWS region is known', 'configuration') };
  const skew = watchClock(sts);
  try {
    const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
    const { Account: account = '', Arn: arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return { finding: ok(`account ${account}, ${arn}, region ${region}`), caller: { account, region }, ...skew() };
  } catch (error) {
    return { finding: judgeTrouble('GetCallerIdentity', readTrouble(error)), ...skew() };
  }
}

/** Reads the Date header of the next answer, a refusal's too; AWS's has whole seconds. */
function watchClock(sts: STSClient): () => { skewSeconds?: number } {
  let skewSeconds: number | undefined;
  sts.middlewareStack.add(
    (next) => async (args) => {
      const sentMs = Date.now();
      const result = await next(args);
      const middleMs = (sentMs + Date.now()) / 2;
      const { headers = {} } = result.response as { headers?: Record<string, string> };
      const dateMs = Date.parse(headers.date ?? '');
      if (!Number.isNaN(dateMs)) skewSeconds = (dateMs + 500 - middleMs) / 1_000;
      return result;
    },
    // Next to the wire: what comes behind throws where AWS refuses.
    { step: 'deserialize', priority: 'low', name: 'readDateHeader' },
  );
  return () => (skewSeconds === undefined ? {} : { skewSeconds });
}

async function readRole({ iam }: Aws, given: string): Promise<Finding> {
  const { GetRoleCommand } = await import('@aws-sdk/client-iam');
  try {
    const { Role: role } = await iam.send(new GetRoleCommand({ RoleName: roleNameOf(given) }));
    return judgeRole(given, { arn: role?.Arn ?? '', trustPolicy: role?.AssumeRolePolicyDocument ?? '' });
  } catch (error) {
    const trouble = readTrouble(error);
    if (trouble.meaning !== 'absent') return judgeTrouble('GetRole', trouble);
    return failed('permission', `there is no IAM role ${given} in this account`, 'Check the name, or create the role.');
  }
}

async function readBucket({ s3, account, region }: Aws & Caller): Promise<Finding> {
  const { HeadBucketCommand } = await import('@aws-sdk/client-s3');
  const place = { bucket: defaultBucketName(region, account), region, account };
  try {
    const answer = await s3.send(new HeadBucketCommand({ Bucket: place.bucket, ExpectedBucketOwner: account }));
    return judgeBucket(place, { region: answer.BucketRegion });
  } catch (error) {
    return judgeBucket(place, { trouble: readTrouble(error) });
  }
}

async function checkEndpoint(endpointUrl = ''): Promise<Finding> {
  return judgeEndpointUrl(endpointUrl) ?? judgeEndpoint(endpointUrl, await askEndpoint(endpointUrl));
}

/** The emulator tells its clock's settings to whoever asks on loopback; nothing else has that path. */
async function askEndpoint(endpointUrl: string): Promise<EndpointAnswer> {
  try {
    const response = await fetch(new URL('/_emulator/clock', endpointUrl), {
      signal: AbortSignal.timeout(EMULATOR_LIMIT_MS),
    });
    const settings: unknown = response.ok ? await response.json() : undefined;
    return typeof settings === 'object' && settings !== null && 'phases' in settings ? 'emulator' : 'something else';
  } catch (error) {
    const { name, cause, message } = error as Error;
    if (name === 'SyntaxError') return 'something else';
    return { silence: cause instanceof Error ? cause.message : message };
  }
}
