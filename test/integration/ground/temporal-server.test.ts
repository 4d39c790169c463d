/** A Temporal server of our own: it starts, answers, goes when told to, and keeps its runs over a kill. */
import { connectToTestServer } from '../../support/temporal';

test('the shared server has our search attributes', async () => {
  const server = await connectToTestServer();
  const { customAttributes } = await server.connection.operatorService.listSearchAttributes({ namespace: 'default' });
  expect(Object.keys(customAttributes)).toEqual(
    expect.arrayContaining(['EndpointName', 'SageMakerStage', 'TrainingJobName']),
  );
  await server.close();
});
