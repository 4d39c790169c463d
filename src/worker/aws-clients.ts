/**
 * AWS clients of a worker process: credentials, region and endpoint URL by AWS's own chain, and one budget of retries for
 * all. Handed to the activities.
 */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsClients } from '../activities';
import { createRetryBudget, type BudgetRate } from '../domain/retry-budget';
import { keepWithinBudget } from './budgeted-calls';
import { keepCredentials, type CredentialsProvider } from './credentials-keeper';
import { WorkerError } from './errors';
import { sendWholeRequests } from './whole-requests';

/** The clients of the activities, and the one that the status reader paces by itself. */
export interface WorkerClients {
  aws: AwsClients;
  reading: SageMakerClient;
}

/** @throws {@link WorkerError} `InvalidInput` where neither the options nor AWS's chain know a region */
export async function createAwsClients(options: {
  region?: string;
  requestTimeoutMs: number;
  retryBudget: BudgetRate;
}): Promise<WorkerClients> {
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
  // A file of credentials that was rewritten is read again, not remembered.
  const first = new SageMakerClient({ ...config, ...{ ignoreCache: true } });
  const region = await findRegion(first);
  const shared = { ...config, credentials: first.config.credentials };
  const aws = {
    region,
    sagemaker: first,
    s3: new S3Client(shared),
    sts: new STSClient(shared),
    iam: new IAMClient(shared),
    logs: new CloudWatchLogsClient(shared),
  };
  const reading = new SageMakerClient(shared);

  const budget = createRetryBudget(options.retryBudget, performance.now());
  const keeper = keepCredentials(first.config.credentials as CredentialsProvider);
  sendWholeRequests(first);
  const { region: _name, ...clients } = aws;
  for (const client of Object.values(clients)) keepWithinBudget(client, { budget, keeper });
  keepWithinBudget(reading, { budget, keeper, isPaced: true });
  return { aws, reading };
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
