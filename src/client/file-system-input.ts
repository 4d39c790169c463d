/**
 * One channel's source on a file system, for the argument `inputs` of `fit`. Checked, like everything else, when the run
 * is started.
 */
import type { FileSystemInput } from '../contract';

/**
 * Names a folder of Amazon EFS or FSx for Lustre, which the training mounts. The estimator's `subnets` and
 * `securityGroupIds` must reach it.
 *
 * Throws nothing; what is wrong is told by `fit`.
 *
 * @param fileSystemId such as `fs-0123456789abcdef0`
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/utility/inputs.html `sagemaker.inputs.FileSystemInput`
 *
 * @example
 * ```ts
 * import { fileSystemInput, type FitInputs } from 'temporal-sagemaker/client';
 *
 * const inputs: FitInputs = {
 *   training: fileSystemInput('fs-0123456789abcdef0', { fileSystemType: 'EFS', directoryPath: '/digits' }),
 *   validation: 's3://my-bucket/validation',
 * };
 * console.log(inputs);
 * ```
 */
export function fileSystemInput(fileSystemId: string, options: Omit<FileSystemInput, 'fileSystemId'>): FileSystemInput {
  return { fileSystemId, ...options };
}
