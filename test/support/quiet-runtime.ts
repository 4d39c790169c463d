/** Temporal's runtime, saying errors only: warnings of attempts meant to fail would bury what fails by accident. */
import { DefaultLogger, Runtime } from '@temporalio/worker';

let isInstalled = false;

/** Once in each process, before its first worker. */
export function quietRuntime(): void {
  if (!isInstalled) Runtime.install({ logger: new DefaultLogger('ERROR') });
  isInstalled = true;
}
