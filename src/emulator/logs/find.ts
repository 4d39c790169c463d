/**
 * Looks up the log group and stream that a request names, or answers as CloudWatch Logs does where they are not there.
 */
import { AwsError } from '../world';
import type { LogFile } from './log-file';
import type { LogGroup, ReadableLogStore } from './log-store';

/** @throws AwsError `ResourceNotFoundException` */
export function findGroup(
  store: ReadableLogStore,
  input: { logGroupName?: string | undefined; logGroupIdentifier?: string | undefined },
): LogGroup {
  const group = store.group(input.logGroupName ?? nameOf(input.logGroupIdentifier ?? ''));
  if (group) return group;
  throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
}

/** @throws AwsError `ResourceNotFoundException` */
export function findStream(group: LogGroup, name: string | undefined): LogFile {
  const stream = group.streams.get(name ?? '');
  if (stream) return stream;
  throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
}

/** An identifier is a name or an ARN, of which the name is the seventh part. */
function nameOf(identifier: string): string {
  return identifier.startsWith('arn:') ? (identifier.split(':')[6] ?? '') : identifier;
}
