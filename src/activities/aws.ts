/**
 * The AWS clients that activities share: built once per worker process, handed in at wiring. The endpoint URL is the
 * seam for tests; there is no layer over the SDK.
 */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { STSClient } from '@aws-sdk/client-sts';

export interface AwsClients {
  region: string;
  sagemaker: SageMakerClient;
  s3: S3Client;
  sts: STSClient;
  iam: IAMClient;
  logs: CloudWatchLogsClient;
}
