/**
 * All that stands in SageMaker, each as its Describe tells it, for `GET /_emulator/resources`: what is true, beside
 * whatever faults make the answers of calls say. Read out of the records, by the handlers that answer calls.
 */
import { Readable } from 'node:stream';
import type { Call, Handlers, World } from '../world';
import { KINDS, type Kind } from './arn';
import { openResources } from './resources';

/** One resource that exists. */
export interface StandingResource {
  /** As in its ARN. */
  kind: Kind;
  /** Its name on AWS. */
  name: string;
  /** Its ARN. */
  arn: string;
  /** Its tags, by key. */
  tags: Record<string, string>;
  /** What its Describe answers, by AWS's members; times are ISO 8601. */
  description: Record<string, unknown>;
}

/** How each kind is described: the operation, and the member that names the resource. */
const DESCRIBES: Record<Kind, [operation: string, member: string]> = {
  'training-job': ['DescribeTrainingJob', 'TrainingJobName'],
  model: ['DescribeModel', 'ModelName'],
  'endpoint-config': ['DescribeEndpointConfig', 'EndpointConfigName'],
  endpoint: ['DescribeEndpoint', 'EndpointName'],
};

export async function describeStanding(world: World, handlers: Handlers): Promise<StandingResource[]> {
  const found = KINDS.map(async (kind) => {
    const resources = openResources(world, kind);
    const [operation, member] = DESCRIBES[kind];
    const describe = handlers[operation] as ((call: Call) => unknown) | undefined;
    if (describe === undefined) return [];
    return Promise.all(
      resources.list().map(async ({ name, tags }) => ({
        kind,
        name,
        arn: resources.arnOf(name),
        tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
        description: (await describe(callOf(operation, { [member]: name }))) as Record<string, unknown>,
      })),
    );
  });
  return (await Promise.all(found)).flat();
}

function callOf(operation: string, input: Record<string, unknown>): Call {
  const body = Readable.from([]);
  return { service: 'sagemaker', operation, input, requestId: 'control', body, signal: new AbortController().signal };
}
