/**
 * What the Temporal UI shows of a run before its first progress: one line and a short list. Names and sizes only, never
 * hyperparameters, environment or roles.
 */
import type { DeployArguments, WorkflowType } from '../contract';
import { escapeCode, escapeMarkdown } from '../domain/markdown';
import { describeInstances } from '../domain/training-instances';
import type { InputOf } from '../schemas';

/** Temporal takes 400 bytes, encoded. */
const SUMMARY_BYTES_MAX = 200;

export interface RunSummary {
  staticSummary: string;
  staticDetails: string;
}

export function summarize<T extends WorkflowType>(type: T, input: InputOf[T], workflowId: string): RunSummary {
  const text = describe(type, input, escapeMarkdown(workflowId));
  return { staticSummary: cut(text), staticDetails: cut(`${text}  \nWorkflow Id \`${escapeCode(workflowId)}\``) };
}

function describe<T extends WorkflowType>(type: T, given: InputOf[T], workflowId: string): string {
  const run = { type, input: given } as { [K in WorkflowType]: { type: K; input: InputOf[K] } }[WorkflowType];
  switch (run.type) {
    case 'fit':
      return `fit ${run.input.fit.jobName ?? workflowId} (${describeInstances(run.input.estimator)})`;
    case 'fitThenDeploy':
      return `fit then deploy ${run.input.fit.jobName ?? workflowId} (${describeInstances(run.input.estimator)}; ${hosting(run.input.deploy)})`;
    case 'deploy':
      return `deploy ${run.input.deploy.endpointName ?? run.input.trainingJobName ?? ''} (${hosting(run.input.deploy)})`;
    case 'deleteEndpoint':
      return `delete endpoint ${run.input.endpointName}`;
    case 'sweep':
      return run.input.apply ? 'sweep: remove what ended runs left' : 'sweep: tell what ended runs left';
  }
}

function hosting({ instanceType, instancePools, initialInstanceCount }: DeployArguments): string {
  if (initialInstanceCount === undefined) return 'serverless';
  const types = instanceType ?? instancePools.map((pool) => pool.instanceType).join(' or ');
  return `${types} x${String(initialInstanceCount)}`;
}

/** Cuts at a character, not within one. */
function cut(text: string): string {
  if (Buffer.byteLength(text) <= SUMMARY_BYTES_MAX) return text;
  const ellipsis = '…';
  const bytes = Buffer.from(text).subarray(0, SUMMARY_BYTES_MAX - Buffer.byteLength(ellipsis));
  return bytes.toString().replace(/\uFFFD+$/, '') + ellipsis;
}
