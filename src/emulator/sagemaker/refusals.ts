/**
 * The errors of SageMaker's control plane, in its own codes and words. Clients tell most of them apart by the words
 * alone, so these are part of the protocol.
 */
import { AwsError } from '../world';
import type { Kind } from './arn';

const WORDS: Record<Kind, string> = {
  'training-job': 'training job',
  model: 'model',
  'endpoint-config': 'endpoint configuration',
  endpoint: 'endpoint',
};

/** A request that breaks a rule which is not in AWS's published model. */
export function refuseInput(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export function refuseMissing(kind: Kind, arn: string): AwsError {
  return refuseInput(
    kind === 'training-job' ? 'Requested resource not found.' : `Could not find ${WORDS[kind]} "${arn}".`,
  );
}

export function refuseTaken(kind: Kind, arn: string): AwsError {
  if (kind !== 'training-job') return refuseInput(`Cannot create already existing ${WORDS[kind]} "${arn}".`);
  const rule = 'Training job names must be unique within an AWS account and region';
  return new AwsError('ResourceInUse', `${rule}, and a training job with this name already exists (${arn})`);
}

export function refuseStatus(status: string): AwsError {
  return refuseInput(`The request was rejected because the training job is in status ${status}.`);
}

/** Answers both to an update and to a deletion. */
export function refuseInProgress(arn: string): AwsError {
  return refuseInput(`Cannot update in-progress endpoint "${arn}".`);
}

export function refuseQuota(quota: string, limit: number, requested: number): AwsError {
  const message =
    `The account-level service limit '${quota}' is ${String(limit)} Instances, with current utilization of 0 Instances ` +
    `and a request delta of ${String(requested)} Instances. Please contact AWS support to request an increase for this limit.`;
  return new AwsError('ResourceLimitExceeded', message);
}
