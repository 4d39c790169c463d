/** What a plan has, AWS gets: fields too that this release of AWS's client does not know. */
import { CreateModelCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { sendWholeRequests } from '../../../src/worker/whole-requests';

it('a field of tomorrow is sent, and what is undefined is not', async () => {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      response.setHeader('content-type', 'application/x-amz-json-1.1').end('{"ModelArn":"arn"}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new SageMakerClient({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
  });
  sendWholeRequests(client);
  try {
    const input = { ModelName: 'größe', ExecutionRoleArn: 'arn', Tags: undefined, Tomorrow: { Nested: [1] } };
    await client.send(new CreateModelCommand(input));
    expect(bodies.map((body) => JSON.parse(body) as unknown)).toEqual([
      { ModelName: 'größe', ExecutionRoleArn: 'arn', Tomorrow: { Nested: [1] } },
    ]);
  } finally {
    client.destroy();
    server.close();
  }
});
