/**
 * One channel's source with its settings, for the argument `inputs` of `fit`. Checked, like everything else, when the
 * run is started.
 */
import type { S3Input } from '../contract';

/**
 * Names S3 data and how it is to reach the container. A URI alone needs no such wrapping.
 *
 * Throws nothing; what is wrong is told by `fit`.
 *
 * @param s3Data S3 URI of a prefix, a manifest or an augmented manifest
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/utility/inputs.html `sagemaker.inputs.s3_input`
 *
 * @example
 * ```ts
 * import { s3Input, type FitInputs } from 'temporal-sagemaker/client';
 *
 * const inputs: FitInputs = {
 *   training: s3Input('s3://my-bucket/train', { contentType: 'text/csv', distribution: 'ShardedByS3Key' }),
 *   validation: 's3://my-bucket/validation',
 * };
 * console.log(inputs);
 * ```
 */
export function s3Input(s3Data: string, options: Omit<S3Input, 's3Data'> = {}): S3Input {
  return { s3Data, ...options };
}
