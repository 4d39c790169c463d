/** How a run ended, read from what Temporal tells any client: for asserting on codes without our own client. */
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { FailureDetails } from '../../src/contract';
import { holdDetailsToSchema } from './hold-to-schemas';

export interface EndedBadly {
  code: string;
  message: string;
  details: FailureDetails;
}

/** The code, message and details with which a run failed; `Cancelled` for a cancelled one; throws where it did not fail. */
export async function failureOfRun(handle: { result(): Promise<unknown> }): Promise<EndedBadly> {
  try {
    await handle.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    if (cause instanceof CancelledFailure) return { code: 'Cancelled', message: cause.message, details: {} };
    if (!(cause instanceof ApplicationFailure)) throw error;
    const details = ((cause.details ?? []) as FailureDetails[])[0] ?? {};
    holdDetailsToSchema(details);
    return { code: cause.type ?? '', message: cause.message, details };
  }
  throw new Error('the run ended well');
}
