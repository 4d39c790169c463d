// ESLint's rules. Everything in TypeScript is linted with its types; the rest (scripts, configuration) without. What
// the rooms of src/ may import from each other is checked by dependency-cruiser; here stands what one file can show.
import { builtinModules } from 'node:module';
import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** As an expression, anchored: a pattern of names would take our own folder `domain` for Node's module. */
const NODE_BUILTINS = `^(node:|(${builtinModules.join('|').replaceAll('/', '[/]')})(/|$))`;

const ONLY_AS_TYPES = 'This room may import it as a type only: at run time it is on the other side of a boundary.';

/** Globals of Node that are neither in the language nor in a workflow's sandbox. */
const NODE_GLOBALS = [
  'process',
  'Buffer',
  'require',
  'fetch',
  'setImmediate',
  'performance',
  '__dirname',
  '__filename',
];

/** @param {string} why */
const restrictNodeGlobals = (why) => ['error', ...NODE_GLOBALS.map((name) => ({ name, message: why }))];

export default defineConfig(
  globalIgnores(['lib', '.lib-*', 'coverage', '.cache', 'docs/api']),
  eslint.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
  },
  {
    files: ['**/*.{ts,cts,mts}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // Its fix makes callbacks that return nothing harder to read.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-param-reassign': 'error',
      'object-shorthand': 'error',
      'prefer-template': 'error',
    },
  },
  {
    files: ['src/workflows/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: NODE_BUILTINS, message: 'Workflow code runs in a sandbox without Node.' },
            { group: ['zod', 'zod/*', '**/schemas'], message: 'zod costs 1.1 MB for each cached workflow.' },
            { group: ['**/activities', '**/activities/*'], allowTypeImports: true, message: ONLY_AS_TYPES },
            { group: ['@aws-sdk/*', '@smithy/*'], allowTypeImports: true, message: ONLY_AS_TYPES },
          ],
        },
      ],
      'no-restricted-globals': restrictNodeGlobals('Workflow code runs in a sandbox without Node.'),
    },
  },
  {
    files: ['src/domain/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: NODE_BUILTINS, message: 'The domain is pure: hand in what it needs.' },
            { group: ['@aws-sdk/*', '@smithy/*', '@temporalio/*'], allowTypeImports: true, message: ONLY_AS_TYPES },
          ],
        },
      ],
      'no-restricted-globals': [
        ...restrictNodeGlobals('The domain is pure: hand in what it needs.'),
        ...['setTimeout', 'setInterval', 'crypto', 'console'].map((name) => ({
          name,
          message: 'The domain is pure: hand in what it needs.',
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The domain has no clock: hand in the time.' },
        { object: 'Math', property: 'random', message: 'The domain has no randomness: hand it in.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: 'The domain has no clock: hand in the time.',
        },
      ],
    },
  },
  {
    files: ['src/cli/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['{test,examples,bench}/**/*.{ts,cts,mts}'],
    rules: {
      // A test that meets what it did not expect fails by itself, and says where.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'no-console': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...['process', 'console', 'URL', 'Buffer', 'AbortController', 'AbortSignal', 'performance', 'fetch'],
          ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'structuredClone'],
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['**/*.cjs', '*.js', 'src/**/*.js'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { require: 'readonly', module: 'writable', __dirname: 'readonly', exports: 'writable' },
    },
  },
);
