/**
 * A cancel and the answer that tells the outcome, met by a run in one workflow task: no worker takes workflow tasks while
 * both come. Temporal has said that it took the cancel, so the cancel wins.
 */
import { crossDeploy, crossFit } from '../support/crossing';
import { failureOfRun } from '../support/failures';

jest.setTimeout(120_000);

it.each(['InService', 'Failed'])('an endpoint that is %s as its deploy hears of the cancel goes', async (status) => {
  const deleted: string[] = [];
  await crossDeploy(status, deleted, async (handle) => {
    expect(await failureOfRun(handle)).toMatchObject({ code: 'Cancelled' });
  });
  expect(deleted).toEqual(['endpoint', 'endpoint config', 'model']);
});

it.each(['Completed', 'Failed'])(
  'a fit whose job is %s as it hears of the cancel ends as cancelled',
  async (status) => {
    await crossFit(status, async (handle) => {
      expect(await failureOfRun(handle)).toMatchObject({ code: 'Cancelled' });
    });
  },
);
