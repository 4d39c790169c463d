/**
 * The zod schemas say what the contract's types say, field for field. Nothing here runs: `npm run types` checks it, and
 * a schema that differs from its type in any field, an optional one too, does not compile.
 */
import type { z } from 'zod';
import type {
  DeleteEndpointInput,
  DeleteEndpointResult,
  DeployArguments,
  DeployInput,
  DeployResult,
  EstimatorArguments,
  FailureDetails,
  FileSystemInput,
  FitArguments,
  FitInput,
  FitResult,
  FitThenDeployInput,
  FitThenDeployResult,
  Progress,
  RunMemo,
  S3Input,
  SweepInput,
  SweepResult,
} from '../../src/contract';
import type {
  estimatorSchema,
  failureDetailsSchema,
  fitSchema,
  INPUT_SCHEMAS,
  progressSchema,
  RESULT_SCHEMAS,
  runMemoSchema,
  fileSystemInputSchema,
  s3InputSchema,
} from '../../src/schemas';
import type { AnyDeployArguments } from '../../src/schemas/hosting-arguments';
import type { AnyDeployInput, AnyFitInput, AnyFitThenDeployInput } from '../../src/schemas/inputs';
import type { AnyEstimatorArguments } from '../../src/schemas/training-arguments';

/** An intersection as one object. */
type Flat<T> = { [Key in keyof T]: T[Key] };
/** True for identical types alone: one more optional field, which assignability would pass, is a difference. */
/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- the parameter is what makes the comparison exact */
type Identical<A, B> = (<T>() => T extends Flat<A> ? 1 : 2) extends <T>() => T extends Flat<B> ? 1 : 2 ? true : false;
/* eslint-enable @typescript-eslint/no-unnecessary-type-parameters */
/** The keys of all members of a union. */
type KeyOfAny<T> = T extends unknown ? keyof T : never;
/** What a field of any member of a union may be. */
type ValueOfAny<T, Key extends PropertyKey> = T extends unknown ? (Key extends keyof T ? T[Key] : never) : never;
/** True where each field of the schema has the types of the contract's kinds together. */
type NoTypeLost<Any, Kinds> = {
  [Key in keyof Required<Any>]: Exclude<ValueOfAny<Kinds, Key>, undefined> extends Exclude<
    Required<Any>[Key],
    undefined
  >
    ? true
    : false;
}[keyof Required<Any>];
type AllTrue<Verdicts extends true[]> = Verdicts;

type Inputs = typeof INPUT_SCHEMAS;
type Results = typeof RESULT_SCHEMAS;

export type SchemasAreTheContract = AllTrue<
  [
    Identical<z.output<typeof estimatorSchema>, AnyEstimatorArguments>,
    EstimatorArguments extends AnyEstimatorArguments ? true : false,
    Identical<Record<KeyOfAny<EstimatorArguments>, 1>, Record<keyof AnyEstimatorArguments, 1>>,
    NoTypeLost<AnyEstimatorArguments, EstimatorArguments>,
    Identical<z.output<typeof s3InputSchema>, S3Input>,
    Identical<z.output<typeof fileSystemInputSchema>, FileSystemInput>,
    Identical<z.output<typeof fitSchema>, FitArguments>,
    DeployArguments extends AnyDeployArguments ? true : false,
    Identical<Record<KeyOfAny<DeployArguments>, 1>, Record<keyof AnyDeployArguments, 1>>,
    NoTypeLost<AnyDeployArguments, DeployArguments>,
    Identical<z.output<Inputs['fit']>, AnyFitInput>,
    FitInput extends AnyFitInput ? true : false,
    Identical<z.output<Inputs['deploy']>, AnyDeployInput>,
    DeployInput extends AnyDeployInput ? true : false,
    Identical<Record<KeyOfAny<DeployInput>, 1>, Record<keyof AnyDeployInput, 1>>,
    Identical<z.output<Inputs['fitThenDeploy']>, AnyFitThenDeployInput>,
    FitThenDeployInput extends AnyFitThenDeployInput ? true : false,
    Identical<z.output<Inputs['deleteEndpoint']>, DeleteEndpointInput>,
    Identical<z.output<Inputs['sweep']>, SweepInput>,
    Identical<z.output<Results['sweep']>, SweepResult>,
    Identical<z.output<Results['fit']>, FitResult>,
    Identical<z.output<Results['deploy']>, DeployResult>,
    Identical<z.output<Results['fitThenDeploy']>, FitThenDeployResult>,
    Identical<z.output<Results['deleteEndpoint']>, DeleteEndpointResult>,
    Identical<z.output<typeof progressSchema>, Progress>,
    Identical<z.output<typeof runMemoSchema>, RunMemo>,
    Identical<z.output<typeof failureDetailsSchema>, FailureDetails>,
  ]
>;

// The proof would notice a field that only one side has.
// @ts-expect-error -- `extra` is in one of them alone
export type NoticesAField = AllTrue<[Identical<z.output<typeof runMemoSchema>, RunMemo & { extra?: string }>]>;
