/**
 * The environment that leads a program to a dev stack and nowhere else: what `dev` prints to be exported, and what the
 * stack's own worker and emulator are started with.
 */
import { devNull } from 'node:os';
import path from 'node:path';

export interface StackAddresses {
  temporalAddress: string;
  /** Temporal's HTTP API, for programs without a Temporal SDK. */
  temporalHttpUrl: string;
  temporalUiUrl: string;
  awsEndpointUrl: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

export type StackVariables = Record<
  | 'TEMPORAL_ADDRESS'
  | 'TEMPORAL_HTTP_URL'
  | 'TEMPORAL_SAGEMAKER_UI_URL'
  | 'AWS_ENDPOINT_URL'
  | 'AWS_REGION'
  | 'AWS_ACCESS_KEY_ID'
  | 'AWS_SECRET_ACCESS_KEY',
  string
>;

/** Variables that point clients and workers at the stack. */
export function stackVariables(stack: StackAddresses): StackVariables {
  return {
    TEMPORAL_ADDRESS: stack.temporalAddress,
    TEMPORAL_HTTP_URL: stack.temporalHttpUrl,
    TEMPORAL_SAGEMAKER_UI_URL: stack.temporalUiUrl,
    AWS_ENDPOINT_URL: stack.awsEndpointUrl,
    AWS_REGION: stack.region,
    AWS_ACCESS_KEY_ID: stack.accessKeyId,
    AWS_SECRET_ACCESS_KEY: stack.secretAccessKey,
  };
}

/**
 * The given environment without any way to a real account: profiles, tokens and endpoints of other services would win
 * over, or mix with, the stack's own.
 */
export function withoutAccounts(env: NodeJS.ProcessEnv, folder: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) =>
      (!name.startsWith('AWS_') || name.startsWith('AWS_SDK_JS_')) &&
      (!name.startsWith('TEMPORAL_') || /^TEMPORAL_(CLI_PATH|SAGEMAKER_)/.test(name)),
  );
  return {
    ...Object.fromEntries(kept),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    // There is none: an empty one would not be read.
    TEMPORAL_CONFIG_FILE: path.join(folder, 'no-profiles.toml'),
  };
}

/** How often the stack's worker asks the emulator, which changes in seconds what AWS changes in minutes. */
export const QUICK_POLLING = {
  TEMPORAL_SAGEMAKER_POLL_MIN_MS: '250',
  TEMPORAL_SAGEMAKER_POLL_MAX_MS: '1000',
};
