/** The totals that `.ci/run` sums: Jest runs here over a scratch folder with one test file of each kind. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../../support/processes';
import { makeScratchFolder, removeScratchFolders } from '../../support/scratch';

const ROOT = join(__dirname, '../../..');

afterAll(removeScratchFolders);

test('a test file that cannot run counts as one failure; skipped tests count as neither', async () => {
  const folder = makeScratchFolder({
    'good.test.js': "test('a', () => {}); test('b', () => {}); test.skip('c', () => {});",
    'bad.test.js': "test('a', () => { throw new Error('x'); }); test('b', () => {});",
    'broken.test.js': "require('./absent');",
  });
  const config = { rootDir: folder, reporters: [join(ROOT, 'test/support/totals-reporter.cjs')] };
  const { code } = await runProcess(
    process.execPath,
    [join(ROOT, 'node_modules/jest/bin/jest.js'), '--config', JSON.stringify(config)],
    { cwd: folder, env: { ...process.env, ROOM: 'docs,e2e', TEST_TOTALS: '1' } },
  );
  expect(code).toBe(1);
  const totals: unknown = JSON.parse(readFileSync(join(folder, '.cache/test-totals/docs+e2e.json'), 'utf8'));
  expect(totals).toEqual({ passed: 3, failed: 2, skipped: 1 });
});
