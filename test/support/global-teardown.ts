/** Runs once after all test files, in the process of `global-setup.ts`: stops and removes what was made there. */
import { rmSync } from 'node:fs';
import { shared } from './global-setup';

export default async function tearDown(): Promise<void> {
  await shared.temporalServerOfTests?.close();
  if (shared.bundleMadeForTests !== undefined) rmSync(shared.bundleMadeForTests, { force: true });
}
