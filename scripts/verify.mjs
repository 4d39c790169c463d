// `npm run verify`: all that a change has to pass before it is handed in, cheapest first. Every step runs, whatever
// became of those before it, so that one run tells everything; the end is one line for each.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installWhenStale } from './bootstrap/install-when-stale.mjs';

const ROOT = join(import.meta.dirname, '..');

const STEPS = [
  ['format', 'prettier', '--check', '.'],
  ['lint', 'eslint', '--max-warnings', '0', '.'],
  ['import directions', 'depcruise', '--config', '.dependency-cruiser.cjs', 'src'],
  ['types', 'tsc', '--noEmit', '-p', 'tsconfig.json'],
  ['build', 'node', 'scripts/build.mjs', '--if-stale'],
  ['API reports', 'node', 'scripts/api-reports.mjs'],
  ['API documentation', 'typedoc', '--emit', 'none'],
  ['tests', 'npm', 'test'],
];

await installWhenStale({ root: ROOT });
const outcomes = STEPS.map(([name, command, ...args]) => {
  process.stderr.write(`\nverify: ${name}\n`);
  const start = performance.now();
  const path = `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`;
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, PATH: path } });
  return { name, holds: status === 0, seconds: (performance.now() - start) / 1_000 };
});

process.stderr.write('\n');
for (const { name, holds, seconds } of outcomes) {
  process.stderr.write(`${holds ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)\n`);
}
if (outcomes.some(({ holds }) => !holds)) process.exitCode = 1;
