/**
 * The world as an execution role may see it: what SageMaker reads, writes and logs for a job or a model, it does in the
 * role's name. A role that may not pull an image does not find it; one that may not write a log loses the lines.
 */
import { DataDownloadFailed } from '../processes/data-download-failed';
import { AwsError, type Objects, type World } from '../world';
import type { Guard } from './guard';
import { arnOf } from './needed-permissions';

/** What pulling an image takes, beside the token that is nobody's in particular. */
const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'];
const LOG = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'];

/** The repository that an image's name stands for; a bare name is one of the account's own. */
function repositoryArn(world: World, image: string): string {
  const [, account, region, name] = /^(\d{12})\.dkr\.ecr\.([\w-]+)\.[^/]+\/([^:@]+)/.exec(image) ?? [];
  if (account === undefined || region === undefined || name === undefined) {
    return arnOf(world, 'ecr', `repository/${image.replace(/[:@].*$/, '')}`);
  }
  return arnOf({ ...world, account, region }, 'ecr', `repository/${name}`);
}

/** The world as this role may see it; all of it where nobody is held to policies. */
export function asRole(world: World, roleArn: string | undefined): World {
  return roleArn === undefined ? world : (world.actAs?.(roleArn) ?? world);
}

/** Answers the function that makes the world of a role. */
export function createActAs(world: World, guard: Pick<Guard, 'mayRole'>): (roleArn: string) => World {
  return (roleArn) => {
    const may = (action: string, resource: string) => guard.mayRole(roleArn, action, resource);
    const object = (bucket: string, key: string) => arnOf(world, 's3', `${bucket}/${key}`);
    const { objects } = world;
    const seen: Objects = {
      ...objects,
      list: (bucket, prefix) => (may('s3:ListBucket', arnOf(world, 's3', bucket)) ? objects.list(bucket, prefix) : []),
      head: (bucket, key) => (may('s3:GetObject', object(bucket, key)) ? objects.head(bucket, key) : undefined),
      read(stored, range) {
        if (may('s3:GetObject', object(stored.bucket, stored.key))) return objects.read(stored, range);
        throw new DataDownloadFailed(`AccessDenied (403): Access Denied, s3://${stored.bucket}/${stored.key}`);
      },
      async write(bucket, key, body, about) {
        if (may('s3:PutObject', object(bucket, key))) return objects.write(bucket, key, body, about);
        body.destroy();
        throw new AwsError('AccessDenied', `AccessDenied (403): Access Denied, s3://${bucket}/${key}`, 403);
      },
    };
    const mayPull = (image: string) =>
      may('ecr:GetAuthorizationToken', '*') && PULL.every((action) => may(action, repositoryArn(world, image)));
    return {
      ...world,
      objects: seen,
      images: { get: (image) => (mayPull(image) ? world.images.get(image) : undefined) },
      logs: {
        append(group, stream, lines) {
          const resource = arnOf(world, 'logs', `log-group:${group}:log-stream:${stream}`);
          const denied = LOG.find((action) => !may(action, resource));
          if (denied === undefined) world.logs.append(group, stream, lines);
          else throw new AwsError('AccessDeniedException', `${roleArn} may not perform ${denied} on ${resource}`);
        },
      },
    };
  };
}
