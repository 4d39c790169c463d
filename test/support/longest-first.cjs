// In which order Jest takes up test files: its own, which goes by earlier runs' times, but the two tables in the places that
// cost the whole run least. The kill table is first, since it takes longest and the others run beside it; the cancel table,
// which keeps the machine as busy, begins when that has about ended. On a first run Jest would begin the cancel table last,
// alone.
const { default: Sequencer } = require('@jest/test-sequencer');

const KILL_TABLE = /kill-table\.test\.ts$/;
const CANCEL_TABLE = /cancel-table\.test\.ts$/;
/** So many files run beside the kill table. */
const BESIDE = 14;

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const take = (pattern) => sorted.filter(({ path }) => pattern.test(path));
    const others = sorted.filter(({ path }) => !KILL_TABLE.test(path) && !CANCEL_TABLE.test(path));
    return [...take(KILL_TABLE), ...others.slice(0, BESIDE), ...take(CANCEL_TABLE), ...others.slice(BESIDE)];
  }
};
