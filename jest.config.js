// Jest for every room. ROOM names the rooms to run (folders under test/, comma separated); without it, those that
// `npm test` promises. What a room needs beside its files is made once, in test/support/global-setup.ts.
const { rooms, runName } = require('./test/support/rooms.cjs');

/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/test'],
  testMatch: rooms.map((room) => `<rootDir>/test/${room}/**/*.test.ts`),
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        jsc: { target: 'es2023', parser: { syntax: 'typescript' }, keepClassNames: true },
        module: { type: 'commonjs' },
      },
    ],
  },
  moduleNameMapper: {
    '^temporal-sagemaker/(client|worker|workflows|emulator)$': '<rootDir>/src/$1/index.ts',
    // Node's own import() wants the extension that the built file will have.
    '^([.]{1,2}/.*)[.]js$': '$1',
  },
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  setupFilesAfterEnv: ['<rootDir>/test/support/check-after-each.ts'],
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  reporters: ['default', '<rootDir>/test/support/totals-reporter.cjs'],
  // Tests wait for processes and servers more than they compute; those of the documentation compute.
  maxWorkers: runName === 'docs' ? 2 : 3,
  testTimeout: 60_000,
};
