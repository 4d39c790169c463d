/**
 * Where a training job's results lie in S3, by SageMaker's convention.
 */
import { below, formatS3Uri, parseS3Uri } from './s3-uri';
import type { S3Location } from './s3-uri';
import type { TrainingRequest } from './training-record';

/** Folder of the job's results. */
export function locateOutput(request: TrainingRequest): S3Location {
  const path = parseS3Uri(request.OutputDataConfig.S3OutputPath);
  if (path === undefined) throw new Error(`the stored output path is not an S3 URI [job=${request.TrainingJobName}]`);
  return below(path, request.TrainingJobName, 'output');
}

export function isCompressed(request: TrainingRequest): boolean {
  return request.OutputDataConfig.CompressionType !== 'NONE';
}

/** The archive, or the folder where the job asked for its model uncompressed. */
export function locateModelData(request: TrainingRequest): S3Location {
  return below(locateOutput(request), isCompressed(request) ? 'model.tar.gz' : 'model/');
}

export function formatModelDataUri(request: TrainingRequest): string {
  return formatS3Uri(locateModelData(request));
}
