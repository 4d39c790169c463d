/**
 * Names of resources as ARNs, and back. Everything that tells a resource by its ARN does it here.
 */

import { partitionOf } from '../partition';

/** The kinds of resource that are kept; also the kinds under which their records are stored. */
export const KINDS = ['training-job', 'model', 'endpoint-config', 'endpoint'] as const;
export type Kind = (typeof KINDS)[number];

export interface Place {
  region: string;
  account: string;
}

export function formatArn({ region, account }: Place, kind: Kind, name: string): string {
  return `arn:${partitionOf(region)}:sagemaker:${region}:${account}:${kind}/${name}`;
}

export function formatLogGroupArn({ region, account }: Place, group: string): string {
  return `arn:${partitionOf(region)}:logs:${region}:${account}:log-group:${group}`;
}

/** The resource that an ARN of this place names; undefined where it names none of the kinds, or one elsewhere. */
export function parseArn(place: Place, arn: string): { kind: Kind; name: string } | undefined {
  for (const kind of KINDS) {
    const start = formatArn(place, kind, '');
    if (arn.startsWith(start)) return { kind, name: arn.slice(start.length) };
  }
  return undefined;
}
