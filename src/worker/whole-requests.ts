/**
 * Requests go to AWS word for word as the plan has them. AWS's client would leave out fields that its release does not know,
 * and with them what a run's overrides are for.
 */
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';

/** What a plan has requests of; they are JSON as they stand, without times and bytes. */
const PLANNED_COMMANDS: ReadonlySet<string | undefined> = new Set([
  'CreateTrainingJobCommand',
  'CreateModelCommand',
  'CreateEndpointConfigCommand',
  'CreateEndpointCommand',
  'UpdateEndpointCommand',
]);

/** Before the body is measured and signed. */
export function sendWholeRequests(client: SageMakerClient): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (PLANNED_COMMANDS.has(commandName)) (args.request as { body?: unknown }).body = JSON.stringify(args.input);
        return next(args);
      },
    { step: 'build', priority: 'high', name: 'sendWholeRequests' },
  );
}
