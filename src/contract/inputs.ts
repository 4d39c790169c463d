/**
 * The inputs of the Estimator's workflows: starters in any language write them, `schemas/` checks the same shapes at run
 * time.
 */
import type { DeployArguments, DeployWith } from './hosting-arguments';
import type { AcceptStopped, EstimatorArguments, FitArguments } from './training-arguments';

/** Input of the workflow `fit`. */
export interface FitInput {
  /** What to train with. */
  estimator: EstimatorArguments;
  /** What to train on. */
  fit: FitArguments;
  /** AWS region; a worker of another one refuses the run. @default the worker's */
  region?: string;
}

/** Input of the workflow `deploy`: model data by the training job that made it, or by its own S3 URI; never both. */
export type DeployInput = DeployTrainedInput | DeployModelDataInput;

/** Deploys what a training job made. What the arguments do not say, AWS's description of the job does. */
export interface DeployTrainedInput {
  /** A job that still trains is waited for. */
  trainingJobName: string;
  /** Deploy the model of a job that was stopped, where it has left one. @default such a job fails the run */
  acceptStopped?: AcceptStopped;
  /** Of the job, hence not given. */
  modelData?: undefined;
  /** Its image, role and tags serve where `deploy` has none. */
  estimator?: EstimatorArguments;
  /** How to host it. */
  deploy: DeployArguments;
  /** AWS region; a worker of another one refuses the run. @default the worker's */
  region?: string;
}

/** Deploys model data by its S3 URI. Nobody else knows image and role: an estimator tells them, or `deploy` does. */
export type DeployModelDataInput = {
  /** S3 URI of a `model.tar.gz`. */
  modelData: string;
  /** No job is asked. */
  trainingJobName?: undefined;
  /** Of a job, hence not given. */
  acceptStopped?: undefined;
  /** AWS region; a worker of another one refuses the run. @default the worker's */
  region?: string;
} & (
  | {
      /** Its image, role and tags serve where `deploy` has none. */
      estimator: EstimatorArguments;
      /** How to host it. */
      deploy: DeployWith<'endpointName'>;
    }
  | {
      /** Without one, image and role stand in `deploy`. */
      estimator?: undefined;
      /** How to host it, with all that nobody else tells. */
      deploy: DeployWith<'endpointName' | 'image' | 'role'>;
    }
);

/** Input of the workflow `fitThenDeploy`. */
export interface FitThenDeployInput {
  /** What to train with. */
  estimator: EstimatorArguments;
  /** What to train on. */
  fit: FitArguments;
  /** How to host what was trained. */
  deploy: DeployArguments;
  /** AWS region; a worker of another one refuses the run. @default the worker's */
  region?: string;
}

/** Input of the workflow `deleteEndpoint`. */
export interface DeleteEndpointInput {
  /** The endpoint to delete, whoever made it. */
  endpointName: string;
  /** AWS region; a worker of another one refuses the run. @default the worker's */
  region?: string;
}
