/**
 * AWS clients of a worker process: credentials, region and endpoint URL by AWS's own chain. Handed to the activities.
 */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsClients } from '../activities';
import { WorkerError } from './errors';

/** @throws {@link WorkerError} `InvalidInput` where neither the options nor AWS's chain know a region */
export async function createAwsClients(options: { region?: string; requestTimeoutMs: number }): Promise<AwsClients> {
  const config = {
    ...(options.region !== undefined && { region: options.region }),
    // One attempt: retries are Temporal's alone, so that an outage is not met with retries of retries.
    retryMode: 'standard',
    maxAttempts: 1,
    // In CloudTrail a run's calls are told from those of people and of other programs.
    customUserAgent: 'temporal-sagemaker',
    requestHandler: new NodeHttpHandler({
      connectionTimeout: options.requestTimeoutMs,
      requestTimeout: options.requestTimeoutMs,
      // The other ends with the answer's first byte; this one with the last.
      socketTimeout: options.requestTimeoutMs,
      // Without this a request that is never answered only warns, and hangs for ever.
      throwOnRequestTimeout: true,
    }),
  };
  const sagemaker = new SageMakerClient(config);
  const region = await findRegion(sagemaker);
  return {
    region,
    sagemaker,
    s3: new S3Client(config),
    sts: new STSClient(config),
    iam: new IAMClient(config),
    logs: new CloudWatchLogsClient(config),
  };
}

async function findRegion({ config }: SageMakerClient): Promise<string> {
  try {
    return await config.region();
  } catch (error) {
    throw new WorkerError('InvalidInput', 'no AWS region is known', {
      fix: 'Set AWS_REGION or AWS_PROFILE, or give the region as an option.',
      reason: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}
