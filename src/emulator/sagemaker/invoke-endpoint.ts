/**
 * The runtime's operation: hands an invocation's body to the model's process and its answer back, with SageMaker's limits
 * and its way of telling whose fault a failure is.
 */
import type { InvokeEndpointInput, InvokeEndpointOutput } from '@aws-sdk/client-sagemaker-runtime';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { ServingAddress } from '../processes/serving-program';
import { AwsError } from '../world';
import type { Call, Handlers, World } from '../world';
import { formatLogGroupArn } from './arn';
import type { Endpoints } from './endpoints';
import type { Fleet } from './fleet';
import type { Life } from './life';

type Input = Omit<InvokeEndpointInput, 'Body'> & { EndpointName: string };
type Output = Partial<Omit<InvokeEndpointOutput, 'Body'>> & { Body: Buffer };

/** For requests and answers alike. */
const MAX_BODY_BYTES = 6 * 2 ** 20;

const CUSTOM_ATTRIBUTES = 'x-amzn-sagemaker-custom-attributes';

const TIMED_OUT =
  'Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each ' +
  'container in Amazon CloudWatch, resolve the issue, and try again.';

export function openRuntime(life: Life, endpoints: Endpoints): Handlers {
  const { world } = life;
  const pickVariant = (input: Input): { fleet: Fleet; variant: string } => {
    const fleet = endpoints.fleetOf(input.EndpointName);
    if (fleet === undefined) {
      const message = `Endpoint ${input.EndpointName} of account ${world.account} not found.`;
      throw new AwsError('ValidationError', message);
    }
    if (fleet.deployment.settings !== undefined && 'AsyncInferenceConfig' in fleet.deployment.settings) {
      const message = `Endpoint ${input.EndpointName} is asynchronous: it takes InvokeEndpointAsync alone.`;
      throw new AwsError('ValidationError', message);
    }
    const variant = fleet.pick(input.TargetVariant);
    if (variant === undefined) {
      throw new AwsError('ValidationError', `Variant ${input.TargetVariant ?? ''} not found for the endpoint.`);
    }
    return { fleet, variant };
  };
  return {
    async InvokeEndpoint({ input, body, signal }: Call<Input>): Promise<Output> {
      pickVariant(input);
      const content = await readBody(body);
      if (content === undefined) {
        const rule = `Member must have length less than or equal to ${String(MAX_BODY_BYTES)}`;
        const message = `1 validation error detected: Value at 'body' failed to satisfy constraint: ${rule}`;
        throw new AwsError('ValidationError', message);
      }
      // Another fleet may have taken over while the body arrived; from here on it is held.
      const { fleet, variant } = pickVariant(input);
      if (fleet.deployment.simulated) {
        const type = input.Accept ?? input.ContentType ?? 'application/octet-stream';
        return { Body: content, ContentType: type, InvokedProductionVariant: variant };
      }
      return fleet.use(variant, async (address) => {
        if (address === undefined) throw refuseUnavailable(variant);
        const answer = await callModel(life, input, address, content, signal);
        return { ...answer, InvokedProductionVariant: variant };
      });
    },
  };
}

async function callModel(
  { world, limits }: Life,
  input: Input,
  address: ServingAddress,
  content: Buffer,
  signal: AbortSignal,
): Promise<Output> {
  const late = AbortSignal.timeout(limits.invocationMs);
  let response: IncomingMessage;
  let body: Buffer | undefined;
  try {
    response = await post(address, input, content, AbortSignal.any([signal, late]));
    body = await readBody(response);
  } catch (error) {
    if (late.aborted) throw refuseModel(world, input.EndpointName, 0, TIMED_OUT);
    // The process has gone, or is going: another one will be started.
    throw refuseUnavailable(error instanceof Error ? error.message : String(error));
  }
  if (body === undefined) {
    throw refuseModel(world, input.EndpointName, 500, `The answer is longer than ${String(MAX_BODY_BYTES)} bytes.`);
  }
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299) throw refuseModel(world, input.EndpointName, status, body.toString('utf8'));
  const attributes = response.headers[CUSTOM_ATTRIBUTES];
  return {
    Body: body,
    ContentType: response.headers['content-type'] ?? 'application/octet-stream',
    ...(typeof attributes === 'string' ? { CustomAttributes: attributes } : {}),
  };
}

function post(address: ServingAddress, input: Input, content: Buffer, signal: AbortSignal): Promise<IncomingMessage> {
  const headers: Record<string, string | number> = { 'content-length': content.length };
  if (input.ContentType !== undefined) headers['content-type'] = input.ContentType;
  if (input.Accept !== undefined) headers.accept = input.Accept;
  if (input.CustomAttributes !== undefined) headers[CUSTOM_ATTRIBUTES] = input.CustomAttributes;
  if (input.InferenceId !== undefined) headers['x-amzn-sagemaker-inference-id'] = input.InferenceId;
  return new Promise((resolve, reject) => {
    const options = { ...address, path: '/invocations', method: 'POST', headers, agent: false, signal } as const;
    const request = httpRequest(options, resolve);
    request.once('error', reject);
    request.end(content);
  });
}

/** Undefined where there is more than an invocation may carry; the rest is then not read. */
async function readBody(body: Readable): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function refuseUnavailable(reason: string): AwsError {
  return new AwsError('ServiceUnavailable', `The model is not available at the moment: ${reason}`, 503);
}

function refuseModel(world: World, endpointName: string, status: number, text: string): AwsError {
  const group = `/aws/sagemaker/Endpoints/${endpointName}`;
  const fault = status >= 400 && status < 500 ? 'client' : 'server';
  const console = `https://${world.region}.console.aws.amazon.com/cloudwatch/home?region=${world.region}`;
  const message =
    `Received ${fault} error (${String(status)}) from primary with message "${text}". See ` +
    `${console}#logEventViewer:group=${group} in account ${world.account} for more information.`;
  return new AwsError('ModelError', message, 424, {
    OriginalStatusCode: status,
    OriginalMessage: text,
    LogStreamArn: formatLogGroupArn(world, group),
  });
}
