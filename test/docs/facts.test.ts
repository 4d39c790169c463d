/** What the documentation says of commands, variables, permissions and paths is what there is. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../src/contract';
import { resolveOptions, workerOptionsFromEnvironment } from '../../src/worker/options';
import { actionsOf, joinPolicies, readDocumentedPolicies } from '../support/documented-policies';
import { codeBlocks, documents, proseOf, readDocument, ROOT } from './markdown';

const README = readDocument('README.md');

/** A part of the README, by its heading. */
function sectionOf(heading: string): string {
  const section = README.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`the README has no section ${heading}`);
  return section;
}

const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8'));

describe('links lead somewhere', () => {
  test.each(documents())('%s', (file) => {
    const links = [...proseOf(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => !/^https?:/.test(link) && !leadsSomewhere(link, file));
    expect(broken).toEqual([]);
  });

  function leadsSomewhere(link: string, from: string): boolean {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? from : join(dirname(from), path);
    if (!existsSync(join(ROOT, target))) return false;
    return anchor === undefined || anchorsOf(target).includes(anchor);
  }

  /** As GitHub makes them of headings. */
  const anchorsOf = (file: string): string[] =>
    [...proseOf(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\- ]/gu, '')
        .replaceAll(' ', '-'),
    );
});

test('paths of this repository that are named exist', () => {
  const missing = documents().flatMap((file) => {
    const named = [...readDocument(file).matchAll(/\b((?:src|test|docs|examples|scripts)\/[\w./-]*[\w])/g)];
    return named
      .map(([, path = '']) => path)
      .filter((path) => !existsSync(join(ROOT, path)) && !isInFolder(path, file));
  });
  expect(missing).toEqual([]);

  /** A README in a folder may speak of what is beside it. */
  function isInFolder(path: string, file: string): boolean {
    return existsSync(join(ROOT, dirname(file), path));
  }
});

test('npm scripts that are named exist', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  const named = documents().flatMap((file) =>
    [...readDocument(file).matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name),
  );
  const isThere = (name = ''): boolean => name in scripts || (name === 'test:ROOM' && 'test:docs' in scripts);
  expect(named.filter((name) => !isThere(name))).toEqual([]);
});

describe('the commands', () => {
  const help = (...args: string[]): string =>
    execFileSync(process.execPath, [join(ROOT, 'lib/cli/main.js'), ...args, '--help'], { encoding: 'utf8' });
  const commands = [...help().matchAll(/^ {2}([a-z][a-z-]+)(?: |$)/gm)].map(([, name = '']) => name);
  const table = sectionOf('Other commands');

  test('the table has every one that there is', () => {
    const names = commands.filter((name) => name !== 'help');
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !new RegExp(`\`${name}\\b`).test(table))).toEqual([]);
  });

  test('none is called missing that is there', () => {
    const missing = /The commands? (.*?);/s.exec(sectionOf('Not there yet'))?.[1]?.match(/[a-z-]+(?=`)/g) ?? [];
    expect(missing.length).toBeGreaterThan(0);
    expect(missing.filter((name) => commands.includes(name))).toEqual([]);
  });

  test('options that are used exist', () => {
    const used = codeBlocks('README.md')
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => [...text.matchAll(/npx temporal-sagemaker ([a-z-]+)([^|\n)]*)/g)])
      .flatMap(([, name = '', rest = '']) => (rest.match(/--[a-z-]+/g) ?? []).map((option) => ({ name, option })));
    const helps = new Map([...new Set(used.map(({ name }) => name))].map((name) => [name, help(name)]));
    expect(used.filter(({ name, option }) => !helps.get(name)?.includes(option))).toEqual([]);
  });
});

describe('variables', () => {
  const rows = [...README.matchAll(/^\| `(TEMPORAL_SAGEMAKER_\w+)` +\| +`?(\w+)`? +\|/gm)];

  test('the table has those that set a worker, with their defaults', () => {
    const told = Object.fromEntries(rows.map(([, name = '', value = '']) => [name, value]));
    const { taskQueue, pace, requestTimeoutMs, maxConcurrentWaits, shutdownGraceTimeMs } = resolveOptions({});
    expect(told).toEqual({
      TEMPORAL_SAGEMAKER_TASK_QUEUE: taskQueue,
      TEMPORAL_SAGEMAKER_POLL_MIN_MS: String(pace.minIntervalMs),
      TEMPORAL_SAGEMAKER_POLL_MAX_MS: String(pace.maxIntervalMs),
      TEMPORAL_SAGEMAKER_READS_PER_SECOND: String(pace.readsPerSecond),
      TEMPORAL_SAGEMAKER_REQUEST_TIMEOUT_MS: String(requestTimeoutMs),
      TEMPORAL_SAGEMAKER_MAX_WAITS: String(maxConcurrentWaits),
      TEMPORAL_SAGEMAKER_SHUTDOWN_GRACE_MS: String(shutdownGraceTimeMs),
    });
    const env = Object.fromEntries(rows.map(([, name = '']) => [name, '7']));
    expect(Object.keys(workerOptionsFromEnvironment(env))).toHaveLength(rows.length);
  });

  test('any other that is named is read somewhere', () => {
    const source = filesIn('src').join('\n');
    const named = documents().flatMap((file) => readDocument(file).match(/\bTEMPORAL_SAGEMAKER_[A-Z_]+\b/g) ?? []);
    expect(named.filter((name) => !source.includes(name))).toEqual([]);
  });
});

test('the permissions of the worker are those of the calls it makes', () => {
  const calls = filesIn('src/activities').flatMap((text) =>
    [...text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([a-z0-9-]+)'/g)].flatMap(
      ([, names = '', client = '']) =>
        (names.match(/\b\w+(?=Command\b)/g) ?? []).map((operation) => actionOf(client, operation)),
    ),
  );
  // What a call needs beside its own action.
  const implied = ['sagemaker:AddTags', 'iam:PassRole'];
  const places = { region: 'eu-central-1', account: '123456789012', 'execution role': 'Trainer', bucket: 'models' };
  const { worker, sweep } = readDocumentedPolicies(places);
  const needed = [...calls, ...implied].filter((action) => action !== undefined);
  expect(actionsOf(joinPolicies(worker, sweep)).sort()).toEqual([...new Set(needed)].sort());
});

/** The IAM action that a call needs; undefined where it needs none. */
function actionOf(client: string, operation: string): string | undefined {
  const others: Record<string, string | undefined> = {
    HeadBucket: 's3:ListBucket',
    HeadObject: 's3:GetObject',
    ListObjectsV2: 's3:ListBucket',
    GetCallerIdentity: undefined,
  };
  if (operation in others) return others[operation];
  return `${client === 'cloudwatch-logs' ? 'logs' : client}:${operation}`;
}

test('the search attributes to register are those that runs set', () => {
  const block = codeBlocks('README.md').find(({ text }) => text.includes('search-attribute create'));
  expect([...(block?.text ?? '').matchAll(/--name (\w+) --type Keyword/g)].map(([, name]) => name)).toEqual([
    ...SEARCH_ATTRIBUTES,
  ]);
});

describe('decisions', () => {
  const records = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => /^\d{4}-/.test(name));

  test.each(records)('%s has a context, a decision and consequences', (name) => {
    const text = readDocument(`docs/decisions/${name}`);
    expect([...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual([
      'Context',
      'Decision',
      'Consequences',
    ]);
    const title = /^# (.*)$/m.exec(text)?.[1] ?? '';
    expect(readDocument('docs/decisions/README.md')).toContain(`[${title}](${name})`);
  });
});
