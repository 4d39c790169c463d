/**
 * The main name in a request, for the journal and for fault rules: what the call is about, in one string. Called by
 * `pipeline.ts` with members that are not validated yet.
 */
import type { Service } from '../world';

/** Members that name what a call is about, the most telling first. */
const NAMES: Record<Service, readonly string[]> = {
  sagemaker: ['TrainingJobName', 'EndpointName', 'EndpointConfigName', 'ModelName', 'ResourceArn'],
  'sagemaker-runtime': ['EndpointName'],
  logs: ['logStreamName', 'logGroupName', 'logGroupNamePrefix'],
  s3: [],
  sts: [],
  iam: ['RoleName'],
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Answers null where a request names nothing, as a list does. */
export function nameResource(service: Service, input: unknown): string | null {
  if (typeof input !== 'object' || input === null) return null;
  const members = input as Record<string, unknown>;
  if (service === 's3') {
    const [bucket, key] = [textOf(members.Bucket), textOf(members.Key)];
    if (bucket === undefined) return null;
    return key === undefined ? bucket : `${bucket}/${key}`;
  }
  for (const name of NAMES[service]) {
    const value = textOf(members[name]);
    if (value !== undefined) return value;
  }
  return null;
}
