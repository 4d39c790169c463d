/**
 * Makes this process a program of the stack, as exporting its variables in a shell would: the client, the AWS SDK and
 * Temporal's profiles all read the environment, and none of them may find a way to a real account in it.
 */
import type { Stack } from '../stack/start-stack';

export function enterStack(env: NodeJS.ProcessEnv, { environment }: Stack): void {
  for (const name of Object.keys(env)) if (!(name in environment)) Reflect.deleteProperty(env, name);
  Object.assign(env, environment);
}
