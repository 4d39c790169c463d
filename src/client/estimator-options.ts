/**
 * Arguments of the estimator's methods, composed of the wire contract's and of what only this process needs: session,
 * waiting, log, predictor. `estimator.ts` takes them apart again.
 */
import type { DeployArguments, EstimatorArguments, FitArguments } from '../contract';
import type { LogTarget } from './follow-run';
import type { DeployWaiting, ModelArguments, PredictorArguments } from './model';
import type { Session } from './session';

/** Arguments of {@link Estimator}: what to train with, and where. */
export type EstimatorOptions = EstimatorArguments & {
  /** Temporal client, task queue, AWS region. @default one of the estimator's own, connected when it is first needed */
  session?: Session;
};

/** Whether to wait for the end, and what to do with the log meanwhile. Without waiting there is no log. */
export type FollowArguments =
  | {
      /** Wait until the run has ended. @default true */
      wait?: true;
      /** Print the training's log lines to stdout, hand them to a function, or neither. @default true */
      logs?: LogTarget;
      /** Told what is in the way of log or waiting, and stops neither; one line each. @default lines on stderr */
      onNotice?: (notice: string) => void;
    }
  | {
      /** Return as soon as Temporal has the run. */
      wait: false;
      /** There is none without waiting; `temporal-sagemaker logs` and `tailTrainingLogs` read it later. */
      logs?: false;
      /** Nothing is noticed without waiting. */
      onNotice?: undefined;
    };

/** Options of {@link Estimator.fit}. */
export type FitOptions = FollowArguments & Omit<FitArguments, 'inputs'>;

/** Options of {@link Estimator.fitThenDeploy}. */
export type FitThenDeployOptions = FitOptions & {
  /** How to host what was trained. */
  deploy: DeployArguments;
};

/** Options of {@link Estimator.plan}. */
export type PlanFitOptions = Omit<FitArguments, 'inputs'> & {
  /** How to host what is trained, as {@link Estimator.fitThenDeploy} takes it. @default not at all, as in `fit` */
  deploy?: DeployArguments;
  /** Told of what is not wrong but may not be meant, as by {@link planRun}. @default nobody is told */
  onNotice?: (notice: string) => void;
};

/** Arguments of {@link Estimator.createModel} beside those of the predictor. */
export interface CreateModelArguments extends Omit<ModelArguments, 'modelName'> {
  /** The model's name; `modelName` of {@link Estimator.deploy}. @default made of the endpoint's name and the model's content */
  name?: string;
}

/** Arguments of {@link Estimator.createModel}. */
export type CreateModelOptions<Data, Answer> = CreateModelArguments & PredictorArguments<Data, Answer>;

/** Arguments of {@link Estimator.deploy} beside those of the predictor. */
export type DeployModelArguments = DeployArguments & DeployWaiting;

/** Arguments of {@link Estimator.deploy}. */
export type DeployOptions<Data, Answer> = DeployModelArguments & PredictorArguments<Data, Answer>;
