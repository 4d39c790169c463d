/**
 * A Temporal server for development and tests, out of the official CLI. Used by the commands `dev` and `quickstart` and
 * by the tests; knows nothing of SageMaker but the names of our search attributes.
 */
export { startTemporalServer } from './start-server';
export type { Exit, TemporalServer, TemporalServerOptions } from './start-server';
export { findTemporalCli } from './find-cli';
export type { CliSearch, FoundCli } from './find-cli';
