/** What the Estimator's workflows answer with. */
import type { CompletedTrainingJob, StoppedTrainingJob } from './outcomes';
import type { LedgerEntry, MetricSample, SecondaryStatusTransition } from './progress';

/** Result of the workflow `fit`. */
export interface FitResult {
  /** The job that trained; its Workflow Id too where our client started it. */
  trainingJobName: string;
  /** The job's ARN. */
  trainingJobArn: string;
  /** S3 URI of the model data. */
  modelData: string;
  /** How the job ended: `completed`, or `stopped` where `acceptStopped` let the run go on with what it left. */
  outcome: CompletedTrainingJob | StoppedTrainingJob;
  /** AWS region of the job. */
  region: string;
  /** When training began, after the wait for instances. */
  trainingStartTime?: string;
  /** When training ended, the upload of the model data included. */
  trainingEndTime?: string;
  /** Between the two, as AWS counts it, in seconds. */
  trainingTimeSeconds?: number;
  /** What AWS charges for, in seconds of one instance. */
  billableTimeSeconds?: number;
  /** All secondary statuses that the job went through, the oldest first; interruptions and restarts are among them. */
  transitions: SecondaryStatusTransition[];
  /** The last value of each metric. */
  finalMetrics: MetricSample[];
  /** What the run intended and made, and what became of it. */
  ledger: LedgerEntry[];
  /** What is worth knowing and stopped nothing. */
  warnings: string[];
}

/** Result of the workflow `deploy`. */
export interface DeployResult {
  /** The endpoint that serves. */
  endpointName: string;
  /** The endpoint's ARN. */
  endpointArn: string;
  /** The config that it serves by, named after its content. */
  endpointConfigName: string;
  /** The model that it serves, named after its content. */
  modelName: string;
  /** S3 URI of the model data. */
  modelData: string;
  /** AWS region of the endpoint. */
  region: string;
  /** True where an endpoint of this name was there and now serves the new model. */
  updated: boolean;
  /** What the run intended and made, and what became of it. */
  ledger: LedgerEntry[];
  /** What is worth knowing and stopped nothing. */
  warnings: string[];
}

/** Result of the workflow `fitThenDeploy`. */
export type FitThenDeployResult = FitResult & DeployResult;

/** Result of the workflow `deleteEndpoint`. */
export interface DeleteEndpointResult {
  /** The endpoint that is gone. */
  endpointName: string;
  /** AWS region of the endpoint. */
  region: string;
  /** What is gone: the endpoint, and its config and model where a run of this package made them. */
  deleted: LedgerEntry[];
  /** What is still there, each with the reason. */
  left: LedgerEntry[];
  /** What the run intended and made, and what became of it. */
  ledger: LedgerEntry[];
  /** What is worth knowing and stopped nothing. */
  warnings: string[];
}
