/** Starts a Temporal server in a process of its own, for `temporal-server.test.ts`, which then kills the process. */
import { startTemporalServer } from '../../../src/temporal-server';

const [, , cliPath = ''] = process.argv;
startTemporalServer({ cliPath, ui: false }).then(
  ({ pid }) => process.stdout.write(`pid=${String(pid)}\n`),
  (error: unknown) => process.stderr.write(String(error)),
);
