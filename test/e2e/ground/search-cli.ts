/** Searches for the Temporal CLI in a process of its own, for `find-cli.test.ts`: prints what it finds as JSON. */
import { findTemporalCli } from '../../../src/temporal-server';

findTemporalCli({
  env: process.env,
  getBy: ['go'],
  onProgress: (message) => process.stderr.write(`${message}\n`),
}).then(
  (found) => process.stdout.write(JSON.stringify(found)),
  (error: unknown) => {
    process.stderr.write(String(error));
    process.exitCode = 1;
  },
);
