/**
 * AWS's time: as the client's last answer told it, counted on by a clock that nobody sets. This host's clock may be wrong
 * or jump, and the SDK's own estimate of how wrong it is passes over every answer that was under way in a jump.
 */
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { HttpResponse } from '@smithy/core/protocols';

/** Tells milliseconds since 1970; this host's until AWS has answered once. */
export function createAwsClock(sagemaker: SageMakerClient, steadyNowMs: () => number): () => number {
  let told: { awsMs: number; atMs: number } | undefined;
  sagemaker.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const awsMs = HttpResponse.isInstance(result.response) ? Date.parse(result.response.headers.date ?? '') : NaN;
      if (!Number.isNaN(awsMs)) told = { awsMs, atMs: steadyNowMs() };
      return result;
    },
    // Nearest to the wire: further out a refusal has become an exception.
    { step: 'deserialize', priority: 'low' },
  );
  return () => (told ? told.awsMs + steadyNowMs() - told.atMs : Date.now());
}
