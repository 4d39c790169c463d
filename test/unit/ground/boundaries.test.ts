/**
 * The rules about who may import whom bite: a scratch tree that breaks each of them once goes through dependency-cruiser
 * and ESLint with the project's own configuration.
 */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../../support/processes';
import { makeScratchFolder, removeScratchFolders } from '../../support/scratch';

const ROOT = join(__dirname, '../../..');

afterAll(removeScratchFolders);

describe('dependency-cruiser', () => {
  /** Each file, and the rules that it breaks. */
  const files: Record<string, { content: string; breaks?: string[] }> = {
    'activities/index.ts': { content: "import '../client';\nexport {};", breaks: ['one-way-from-activities'] },
    'cli/main.ts': { content: "import '../emulator';\nimport '../worker';\nexport {};", breaks: ['lazily-from-cli'] },
    'cli/lazy.ts': { content: "export const load = () => import('../emulator/index');\nimport './main';" },
    'client/index.ts': {
      content:
        "import '@temporalio/worker';\nimport '@aws-sdk/client-s3';\nimport type { S3 } from '@aws-sdk/client-s3';",
      breaks: ['client-loads-aws-lazily', 'client-without-native-worker'],
    },
    'client/lazy.ts': { content: "export const load = () => import('@aws-sdk/client-s3');\nimport './index';" },
    'client/eager.ts': { content: "import '../worker';\nimport './lazy';", breaks: ['one-way-from-client'] },
    'domain/index.ts': {
      content:
        "import 'node:path';\nimport 'zod';\nimport '../schemas';\nimport type { S3 } from '@aws-sdk/client-s3';",
      breaks: ['one-way-from-domain', 'pure-domain', 'pure-domain-no-node'],
    },
    'emulator/index.ts': { content: "import '../contract';\nexport {};", breaks: ['one-way-from-emulator'] },
    'emulator/lonely.ts': { content: 'export const nobody = 1;', breaks: ['no-orphans'] },
    'emulator/round.ts': { content: "import './about';" },
    // A cycle is told of once.
    'emulator/about.ts': { content: "import './round';\nimport './index';", breaks: ['no-circular'] },
    'emulator/typed.ts': { content: "import type { B } from './back';\nimport './index';\nexport type A = B | 1;" },
    'emulator/back.ts': { content: "import type { A } from './typed';\nexport type B = A[];" },
    'emulator/nowhere.ts': { content: "import './absent';\nimport './index';", breaks: ['resolvable'] },
    'schemas/index.ts': { content: "import 'typescript';\nexport {};", breaks: ['no-dev-dependencies'] },
    'temporal-server/index.ts': { content: "import '../contract';", breaks: ['one-way-from-temporal-server'] },
    'tools/index.ts': { content: "import '../contract';", breaks: ['every-room-is-in-the-table'] },
    'worker/index.ts': { content: "import '../schemas';\nexport {};", breaks: ['one-way-from-worker'] },
    'workflows/index.ts': {
      content: "import 'node:fs';\nimport '../activities';\nexport {};",
      breaks: ['no-node-in-workflows', 'types-only-from-workflows'],
    },
    'workflows/types.ts': { content: "import type { A } from '../activities';\nimport './index';\nexport type B = A;" },
    'contract/index.ts': { content: 'export {};' },
  };

  test('each broken rule is found, and nothing else', async () => {
    const sources = Object.entries(files).map(([path, { content }]) => [`src/${path}`, `${content}\n`] as const);
    const folder = makeScratchFolder({
      ...Object.fromEntries(sources),
      'package.json': JSON.stringify({
        dependencies: { zod: '*', '@aws-sdk/client-s3': '*' },
        devDependencies: { typescript: '*', '@temporalio/worker': '*' },
        peerDependencies: { '@temporalio/worker': '*' },
      }),
    });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const config = join(ROOT, '.dependency-cruiser.cjs');
    const { stdout, stderr } = await runProcess(
      join(ROOT, 'node_modules/.bin/depcruise'),
      ['--config', config, '--output-type', 'json', 'src'],
      { cwd: folder },
    );
    if (stdout === '') throw new Error(stderr);

    const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
    const found = new Set(summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`));
    const expected = Object.entries(files).flatMap(([path, { breaks = [] }]) =>
      breaks.map((rule) => `src/${path}: ${rule}`),
    );
    expect([...found].sort()).toEqual(expected.sort());
  });
});

describe('ESLint', () => {
  /** A path, what stands there, and the rule that it breaks; none where it is allowed. */
  const cases: [path: string, code: string, rule?: string][] = [
    ['src/workflows/x.ts', "import { join } from 'node:path';\njoin();", '@typescript-eslint/no-restricted-imports'],
    ['src/workflows/x.ts', "import { join } from 'path';\njoin();", '@typescript-eslint/no-restricted-imports'],
    ['src/workflows/x.ts', "import { z } from 'zod';\nz.string();", '@typescript-eslint/no-restricted-imports'],
    ['src/workflows/x.ts', "import { x } from '../activities';\nx();", '@typescript-eslint/no-restricted-imports'],
    ['src/workflows/x.ts', "import type { X } from '../activities';\nexport type Y = X;"],
    ['src/workflows/x.ts', "import { x } from '../domain/plan';\nx();"],
    ['src/workflows/x.ts', "import { x } from 'domain';\nx();", '@typescript-eslint/no-restricted-imports'],
    ['src/workflows/x.ts', 'export const x = process.env;', 'no-restricted-globals'],
    ['src/workflows/x.ts', 'export const x = Date.now();'],
    [
      'src/domain/x.ts',
      "import { readFileSync } from 'fs';\nreadFileSync('x');",
      '@typescript-eslint/no-restricted-imports',
    ],
    [
      'src/domain/x.ts',
      "import { S3 } from '@aws-sdk/client-s3';\nnew S3();",
      '@typescript-eslint/no-restricted-imports',
    ],
    ['src/domain/x.ts', "import type { S3 } from '@aws-sdk/client-s3';\nexport type X = S3;"],
    ['src/domain/x.ts', 'export const x = Date.now();', 'no-restricted-properties'],
    ['src/domain/x.ts', 'export const x = Math.random();', 'no-restricted-properties'],
    ['src/domain/x.ts', 'export const x = new Date();', 'no-restricted-syntax'],
    ['src/domain/x.ts', 'export const x = new Date(0);'],
    ['src/domain/x.ts', 'export const x = fetch;', 'no-restricted-globals'],
    ['src/client/x.ts', "import { S3 } from 'x';\nexport type X = S3;", '@typescript-eslint/consistent-type-imports'],
    ['src/client/x.ts', "console.log('x');", 'no-console'],
    ['test/unit/x.ts', "console.log('x');"],
  ];

  let found: string[][];
  beforeAll(async () => {
    const linting = await runProcess(process.execPath, [join(__dirname, 'lint-texts.mjs'), JSON.stringify(cases)], {
      cwd: ROOT,
    });
    if (linting.code !== 0) throw new Error(linting.stderr);
    found = JSON.parse(linting.stdout) as string[][];
  });

  test.each(cases.map(([path, code, rule], index) => ({ path, code, rule, index })))(
    '$path: $code',
    ({ rule, index }) => {
      expect(found[index]).toEqual(rule === undefined ? [] : [rule]);
    },
  );
});
