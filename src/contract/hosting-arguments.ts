/** How to host: the arguments of `deploy`, those of `createModel` among them. */
import type { Tag } from './values';

/** Arguments of `deploy`, those of `createModel` among them. */
export interface DeployArguments {
  /** How many instances serve. */
  initialInstanceCount: number;
  /** Such as `ml.m5.large`. */
  instanceType: string;
  /** An endpoint of this name that a run of this package made is updated. @default the training job's name */
  endpointName?: string;
  /** Serving image. @default the training image */
  image?: string;
  /** @default the estimator's role */
  role?: string;
  /** Environment of the serving container. */
  env?: Record<string, string>;
  /** Tags of model, endpoint config and endpoint; at most 49. @default the estimator's */
  tags?: Tag[];
  /** How long the endpoint may take to be in service, in seconds. @default 3600 */
  endpointTimeoutSeconds?: number;
}

/** Arguments of `deploy` of which some must be there. */
export type DeployWith<Needed extends keyof DeployArguments> = DeployArguments &
  Required<Pick<DeployArguments, Needed>>;
