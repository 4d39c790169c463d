/**
 * Events and failures as lines for people. `output.ts` decides where they go; programs get the same as objects.
 */
import type { Failure } from './command-failure';
import { dropControlCharacters, timeOfDay } from './live-block';
import type { CommandEvent } from './output';
import type { Paint } from './terminal-style';

/** One line on stderr. */
export function describeEvent(event: Exclude<CommandEvent, { type: 'log' }>, paint: Paint): string {
  switch (event.type) {
    case 'status': {
      const status = [event.status, event.secondaryStatus, event.message].filter((part) => part !== undefined);
      const time = timeOfDay(event.since === undefined ? Date.now() : Date.parse(event.since));
      return dropControlCharacters(`${time} ${event.subject} ${event.name}: ${[...new Set(status)].join(' · ')}`);
    }
    case 'heartbeat': {
      const stage = event.stage === undefined ? '' : `${event.stage}, `;
      return dropControlCharacters(`${timeOfDay(Date.now())} ${event.workflowId}: ${stage}still followed`);
    }
    case 'warning':
      return `${paint('yellow', 'warning:')} ${dropControlCharacters(event.message)}`;
  }
}

/** What happened, why, and what to do, with all that leads to the place. */
export function describeFailureLines(failure: Failure, paint: Paint): string[] {
  const { code, message, reason, problems, differences, fix, logTail, requestId } = failure;
  const coordinates = Object.entries({
    workflow: failure.workflowId,
    run: failure.runId,
    job: failure.trainingJobName,
    endpoint: failure.endpointName,
    modelData: failure.modelData,
    requestId,
  }).filter(([, value]) => value !== undefined && !message.includes(value));
  return [
    `${paint('red', '✗')} ${dropControlCharacters(`${code}: ${message}`)}`,
    ...[
      ...(problems ?? []).map((problem) => `  - ${problem}`),
      ...(differences ?? []).map((difference) => `  - ${difference}`),
      ...(reason === undefined || message.includes(reason) ? [] : [`why: ${reason}`]),
      ...(fix === undefined ? [] : [`fix: ${fix}`]),
      ...(coordinates.length === 0 ? [] : [coordinates.map(([name, value]) => `${name}: ${String(value)}`).join('  ')]),
      ...(logTail && logTail.length > 0 ? ['last log lines:', ...logTail.map((line) => `  │ ${line}`)] : []),
    ].map(dropControlCharacters),
  ];
}
