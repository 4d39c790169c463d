/** Runs once after all test files, in the process of `global-setup.ts`: stops what was started there. */
import { shared } from './global-setup';

export default async function tearDown(): Promise<void> {
  await shared.temporalServerOfTests?.close();
}
