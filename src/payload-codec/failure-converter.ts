/**
 * Puts messages and stack traces of failures into a payload, so that the codec encrypts them with the rest. Named by path
 * in a data converter: Temporal's client and worker load it, and it is built into the workflow bundle.
 */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
