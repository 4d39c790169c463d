/**
 * Which permissions a call needs: IAM's actions, the ARNs they are about, and the condition keys that policies for
 * SageMaker look at. By AWS's Service Authorization Reference; `guard.ts` asks before each call has any effect.
 */
import { partitionOf } from '../partition';
import { readCopySource } from '../s3/copy-source';
import { formatArn, parseArn, type Kind } from '../sagemaker/arn';
import type { Call, World } from '../world';
import type { NeededPermission } from './policy';

type Place = Pick<World, 'region' | 'account' | 'records'>;
type Context = NeededPermission['context'];
type Input = Record<string, unknown>;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What an ARN begins with, up to the account. */
export function arnOf({ region, account }: Place, service: 's3' | 'iam' | 'logs' | 'ecr', resource: string): string {
  const partition = partitionOf(region);
  if (service === 's3') return `arn:${partition}:s3:::${resource}`;
  return `arn:${partition}:${service}:${service === 'iam' ? '' : region}:${account}:${resource}`;
}

const KIND_OF: [RegExp, Kind, string][] = [
  [/TrainingJob$/, 'training-job', 'TrainingJobName'],
  [/EndpointConfig$/, 'endpoint-config', 'EndpointConfigName'],
  [/Endpoint$/, 'endpoint', 'EndpointName'],
  [/Model$/, 'model', 'ModelName'],
];

interface Tag {
  Key?: string;
  Value?: string;
}

function requestTags(tags: readonly Tag[]): Context {
  const keys = tags.map(({ Key }) => Key ?? '');
  return {
    ...Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value])),
    ...(keys.length > 0 && { 'aws:TagKeys': keys }),
  };
}

function resourceTags({ records }: Place, kind: Kind, name: string): Context {
  const { tags = [] } = (records.get(kind, name) ?? {}) as { tags?: Tag[] };
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [`aws:ResourceTag/${Key}`, Value]));
}

function neededOfSageMaker(place: Place, operation: string, input: Input): NeededPermission[] {
  const action = `sagemaker:${operation}`;
  if (operation.endsWith('Tags')) {
    const resource = textOf(input.ResourceArn);
    const named = parseArn(place, resource);
    const tags = requestTags((input.Tags ?? []) as Tag[]);
    const context = { ...(named && resourceTags(place, named.kind, named.name)), ...tags };
    return [{ action, resource, context }];
  }
  const [, kind, member] = KIND_OF.find(([pattern]) => pattern.test(operation)) ?? [];
  if (operation.startsWith('List') || kind === undefined || member === undefined) {
    return [{ action, resource: '*', context: {} }];
  }
  const name = textOf(input[member]);
  const resource = formatArn(place, kind, name);
  const tags = requestTags((input.Tags ?? []) as Tag[]);
  const present = operation.startsWith('Create') ? {} : resourceTags(place, kind, name);
  const needed: NeededPermission[] = [{ action, resource, context: { ...present, ...tags } }];
  if (/^(Create|Update)Endpoint$/.test(operation)) {
    const config = textOf(input.EndpointConfigName);
    const context = { ...resourceTags(place, 'endpoint-config', config), ...tags };
    needed.push({ action, resource: formatArn(place, 'endpoint-config', config), context });
  }
  if (Object.keys(tags).length > 0) needed.push({ action: 'sagemaker:AddTags', resource, context: tags });
  const role = textOf(input.RoleArn ?? input.ExecutionRoleArn);
  if (role !== '') {
    const context = { 'iam:PassedToService': 'sagemaker.amazonaws.com', 'iam:AssociatedResourceArn': resource };
    needed.push({ action: 'iam:PassRole', resource: role, context });
  }
  return needed;
}

/** S3's operations whose action has another name. */
const S3_ACTIONS: Record<string, string> = {
  HeadBucket: 'ListBucket',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListBuckets: 'ListAllMyBuckets',
  HeadObject: 'GetObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  CopyObject: 'PutObject',
  DeleteObjects: 'DeleteObject',
  ListParts: 'ListMultipartUploadParts',
  ListMultipartUploads: 'ListBucketMultipartUploads',
};

function neededOfS3(place: Place, operation: string, input: Input): NeededPermission[] {
  const action = `s3:${S3_ACTIONS[operation] ?? operation}`;
  const [bucket, key] = [textOf(input.Bucket), textOf(input.Key)];
  const path = operation === 'DeleteObjects' ? `${bucket}/*` : key === '' ? bucket : `${bucket}/${key}`;
  const needed = [{ action, resource: bucket === '' ? '*' : arnOf(place, 's3', path), context: {} }];
  const header = textOf(input.CopySource);
  const source = header === '' ? undefined : readCopySource(header);
  if (source) {
    const resource = arnOf(place, 's3', `${source.bucket}/${source.key}`);
    needed.push({ action: 's3:GetObject', resource, context: {} });
  }
  return needed;
}

function neededOfLogs(place: Place, operation: string, input: Input): NeededPermission[] {
  const group = textOf(input.logGroupName);
  const stream = textOf(input.logStreamName);
  const resource = `log-group:${group}:log-stream:${stream}`;
  return [{ action: `logs:${operation}`, resource: arnOf(place, 'logs', resource), context: {} }];
}

/** All that a call needs; nothing for what anyone may ask. */
export function neededPermissions(
  place: Place,
  { service, operation, input }: Pick<Call, 'service' | 'operation' | 'input'>,
  roleArnOf: (roleName: string) => string,
): NeededPermission[] {
  switch (service) {
    case 'sagemaker':
      return neededOfSageMaker(place, operation, input);
    case 'sagemaker-runtime': {
      const resource = formatArn(place, 'endpoint', textOf(input.EndpointName));
      const context = resourceTags(place, 'endpoint', textOf(input.EndpointName));
      return [{ action: `sagemaker:${operation}`, resource, context }];
    }
    case 's3':
      return neededOfS3(place, operation, input);
    case 'logs':
      return neededOfLogs(place, operation, input);
    case 'iam':
      return [{ action: `iam:${operation}`, resource: roleArnOf(textOf(input.RoleName)), context: {} }];
    case 'sts':
      return [];
  }
}
