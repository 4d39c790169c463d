/**
 * A training job as DescribeTrainingJob answers it: the request as it came, with the defaults that AWS fills in, and
 * what became of it.
 */
import type { Channel, DescribeTrainingJobResponse } from '@aws-sdk/client-sagemaker';
import { hasPreferences, selectInstances } from './training-rules';
import { formatModelDataUri } from './training-outputs';
import { countTrainingSeconds } from './training-record';
import type { TrainingJobRecord } from './training-record';

export function describeTrainingJob(job: TrainingJobRecord, arn: string): DescribeTrainingJobResponse {
  const { request } = job;
  const seconds = countTrainingSeconds(job);
  return {
    ...request,
    TrainingJobName: job.name,
    TrainingJobArn: arn,
    ModelArtifacts: { S3ModelArtifacts: formatModelDataUri(job.request) },
    TrainingJobStatus: job.status,
    SecondaryStatus: job.secondaryStatus,
    ...(job.failureReason === undefined ? {} : { FailureReason: job.failureReason }),
    AlgorithmSpecification: {
      EnableSageMakerMetricsTimeSeries: false,
      ...request.AlgorithmSpecification,
    },
    ...(request.InputDataConfig === undefined ? {} : { InputDataConfig: request.InputDataConfig.map(fillChannel) }),
    OutputDataConfig: { KmsKeyId: '', CompressionType: 'GZIP', ...request.OutputDataConfig },
    ResourceConfig: { VolumeSizeInGB: 30, ...request.ResourceConfig, ...describeSelected(job) },
    StoppingCondition: { MaxRuntimeInSeconds: 86_400, ...request.StoppingCondition },
    EnableNetworkIsolation: request.EnableNetworkIsolation ?? false,
    EnableInterContainerTrafficEncryption: request.EnableInterContainerTrafficEncryption ?? false,
    EnableManagedSpotTraining: request.EnableManagedSpotTraining ?? false,
    ProfilerConfig: request.ProfilerConfig ?? { DisableProfiler: false },
    ProfilingStatus: 'Disabled',
    CreationTime: new Date(job.creationTime),
    LastModifiedTime: new Date(job.lastModifiedTime),
    ...(job.trainingStartTime === undefined ? {} : { TrainingStartTime: new Date(job.trainingStartTime) }),
    ...(job.trainingEndTime === undefined ? {} : { TrainingEndTime: new Date(job.trainingEndTime) }),
    ...(seconds === undefined
      ? {}
      : { TrainingTimeInSeconds: seconds.training, BillableTimeInSeconds: seconds.billable }),
    SecondaryStatusTransitions: job.transitions.map(({ status, startTime, endTime, message }) => ({
      Status: status,
      StartTime: new Date(startTime),
      ...(endTime === undefined ? {} : { EndTime: new Date(endTime) }),
      StatusMessage: message,
    })),
    ...(job.metrics.length === 0
      ? {}
      : {
          FinalMetricDataList: job.metrics.map(({ name, value, time }) => ({
            MetricName: name,
            Value: value,
            Timestamp: new Date(time),
          })),
        }),
  };
}

/** Which of its preferences a job got, once it has begun. */
function describeSelected({ request, trainingStartTime }: TrainingJobRecord): object {
  if (!hasPreferences(request) || trainingStartTime === undefined) return {};
  const { InstanceType, InstanceCount } = selectInstances(request);
  return { SelectedInstanceType: InstanceType, SelectedInstanceCount: InstanceCount };
}

function fillChannel(channel: Channel): Channel {
  const source = channel.DataSource?.S3DataSource;
  return {
    CompressionType: 'None',
    RecordWrapperType: 'None',
    ...channel,
    DataSource:
      source === undefined
        ? channel.DataSource
        : { S3DataSource: { S3DataDistributionType: 'FullyReplicated', ...source } },
  };
}
