/**
 * A sign of life once a minute while a command waits: build servers end what says nothing for long. Goes through the
 * output, which leaves it out where a picture shows as much.
 */
import type { Output } from './output';
import type { Stage } from '../contract';

const INTERVAL_MS = 60_000;

/** Tells, until the returned function is called, that a run is still followed. */
export function keepTelling(tell: Output['remark'], workflowId: string, stageNow: () => Stage | undefined): () => void {
  const timer = setInterval(() => {
    const stage = stageNow();
    tell({ type: 'heartbeat', workflowId, ...(stage !== undefined && { stage }) });
  }, INTERVAL_MS);
  return () => {
    clearInterval(timer);
  };
}
