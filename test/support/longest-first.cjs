// In which order Jest takes up test files: its own, which goes by earlier runs' times, but the kill table first. It waits for
// minutes and computes little, so that the other files run beside it; at the end of a first run it would run alone.
const { default: Sequencer } = require('@jest/test-sequencer');

const FIRST = /kill-table\.test\.ts$/;

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(({ path }) => FIRST.test(path)), ...sorted.filter(({ path }) => !FIRST.test(path))];
  }
};
