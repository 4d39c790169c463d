/**
 * Every recorded history replays on the present workflow code, without a server; and a history that the code could not
 * have made is refused, so that the first statement means something.
 */
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { quietRuntime } from '../support/quiet-runtime';
import { workflowBundle } from '../support/temporal';

const FOLDER = join(__dirname, 'histories');
const HISTORIES = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

interface RecordedHistory {
  events: { activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[];
}

const read = (file: string): RecordedHistory => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as RecordedHistory;

beforeAll(quietRuntime);

it('there is a history of each path', () => {
  expect(HISTORIES.length).toBeGreaterThanOrEqual(34);
});

it.each(HISTORIES)('%s replays', async (file) => {
  await Worker.runReplayHistory({ workflowBundle: workflowBundle() }, read(file));
});

it('a history in which another activity was scheduled is refused', async () => {
  const history = read('fit-then-deploy-completed.json');
  const scheduled = history.events.flatMap(({ activityTaskScheduledEventAttributes: attributes }) => attributes ?? []);
  const create = scheduled.find(({ activityType }) => activityType.name === 'createTrainingJob');
  create!.activityType.name = 'createModel';
  await expect(Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history)).rejects.toThrow(
    DeterminismViolationError,
  );
});
