/** The world of a dev stack that runs in processes of its own, known by what `dev --json` prints. */
import { Client, Connection } from '@temporalio/client';
import { emulatorControl } from '../../../src/emulator';
import { openWorld, type OpenWorld } from './open-worlds';

export interface StackAddresses {
  temporalAddress: string;
  awsEndpointUrl: string;
  taskQueue: string;
}

export async function openStackWorld({
  temporalAddress,
  awsEndpointUrl,
  taskQueue,
}: StackAddresses): Promise<OpenWorld> {
  const connection = await Connection.connect({ address: temporalAddress });
  const world = await openWorld({
    control: emulatorControl(awsEndpointUrl),
    client: new Client({ connection }),
    taskQueues: [taskQueue],
  });
  return {
    ...world,
    async close() {
      try {
        await world.close();
      } finally {
        await connection.close();
      }
    },
  };
}
