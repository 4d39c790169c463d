/**
 * Brings the output of a program to CloudWatch Logs. A log that cannot be written never harms what is logged.
 */
import type { World } from '../world';

/** Log group of all training jobs; each host of each has a stream. */
export const TRAINING_LOG_GROUP = '/aws/sagemaker/TrainingJobs';

/** Appends lines to one stream; what goes wrong is told once. */
export function openProgramLog(world: World, group: string, stream: string): (lines: readonly string[]) => void {
  let isBroken = false;
  return (lines) => {
    const timestamp = world.clock.now();
    try {
      const events = lines.map((message) => ({ timestamp, message }));
      world.logs.append(group, stream, events);
    } catch (error) {
      if (!isBroken) world.warn(`a log could not be written: ${String(error)} [group=${group}, stream=${stream}]`);
      isBroken = true;
    }
  };
}
