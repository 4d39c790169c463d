/**
 * The environment of an algorithm's program: what SageMaker sets, and of the emulator's own only what a program needs to
 * find its interpreter. Credentials of the emulator's user stay out, its home folder with the AWS profiles included.
 */
import path from 'node:path';

export interface EnvironmentOptions {
  /** The image's folder, where `train` and `serve` are. */
  imageFolder: string;
  homeFolder: string;
  region: string;
  /** Where AWS answers for this program; absent for one without a network. */
  endpointUrl?: string;
}

export function buildProgramEnvironment(options: EnvironmentOptions): Record<string, string> {
  const searched = [options.imageFolder, path.dirname(process.execPath), process.env.PATH ?? '/usr/bin:/bin'];
  return {
    PATH: searched.join(path.delimiter),
    HOME: options.homeFolder,
    LANG: process.env.LANG ?? 'C.UTF-8',
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    // Nothing on this machine shall be taken for an instance's credentials.
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(options.endpointUrl === undefined ? {} : { AWS_ENDPOINT_URL: options.endpointUrl }),
  };
}
