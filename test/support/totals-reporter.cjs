// Writes a run's totals as JSON to .cache/test-totals/<room>.json when TEST_TOTALS is set; .ci/run sums these files.
// A test file that could not run at all counts as one failure, and so does a run that was broken off.
const fs = require('node:fs');
const path = require('node:path');
const { runName } = require('./rooms.cjs');

class TotalsReporter {
  constructor(globalConfig) {
    this.folder = path.join(globalConfig.rootDir, '.cache', 'test-totals');
  }

  onRunComplete(_contexts, results) {
    if (!process.env.TEST_TOTALS) return;
    const brokenOff = results.wasInterrupted || results.runExecError ? 1 : 0;
    const totals = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites + brokenOff,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    fs.mkdirSync(this.folder, { recursive: true });
    fs.writeFileSync(path.join(this.folder, `${runName}.json`), `${JSON.stringify(totals)}\n`);
  }
}

module.exports = TotalsReporter;
