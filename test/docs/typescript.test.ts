/**
 * The TypeScript of the documentation compiles: blocks in Markdown files, and the `@example` blocks over what the
 * package exports, each as a module of its own that imports the package by its name.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import typescript from 'typescript';
import { PUBLIC_ROOMS, typescriptBlocks } from './examples';
import { placeOf, ROOT, type CodeBlock } from './markdown';

jest.setTimeout(180_000);

/** Within the repository, where the package finds itself and its dependencies by their names. */
const FOLDER = join(ROOT, '.cache/docs', String(process.pid));

const blocks = typescriptBlocks();

afterAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
});

let problems: Map<string, string[]>;

beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true });
  const files = new Map(blocks.map((block, index) => [join(FOLDER, `block-${String(index)}.mts`), block]));
  // Without an import it would share its names with every other block.
  for (const [file, { text }] of files) writeFileSync(file, `${text}export {};\n`);
  problems = compile(files);
});

function compile(files: Map<string, CodeBlock>): Map<string, string[]> {
  const { config } = typescript.readConfigFile(join(ROOT, 'tsconfig.json'), (path) =>
    typescript.sys.readFile(path),
  ) as {
    config: { compilerOptions: object };
  };
  const { options } = typescript.convertCompilerOptionsFromJson(
    { ...config.compilerOptions, noUnusedLocals: false },
    ROOT,
    'tsconfig.json',
  );
  const program = typescript.createProgram([...files.keys()], options);
  const found = new Map<string, string[]>();
  for (const [file, block] of files) {
    const source = program.getSourceFile(file);
    const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    found.set(
      placeOf(block),
      diagnostics.map((diagnostic) => describeProblem(diagnostic, block)),
    );
  }
  return found;
}

function describeProblem({ file, start = 0, messageText }: typescript.Diagnostic, block: CodeBlock): string {
  const line = file ? file.getLineAndCharacterOfPosition(start).line : 0;
  const message = typescript.flattenDiagnosticMessageText(messageText, '\n');
  return `${relative(ROOT, join(ROOT, block.file))}:${String(block.line + line)}: ${message}`;
}

test.each(blocks.map((block) => [placeOf(block)]))('%s', (place) => {
  expect(problems.get(place)).toEqual([]);
});

test('every door of the package has an example', () => {
  const withExamples = PUBLIC_ROOMS.filter((room) => blocks.some(({ file }) => file.startsWith(`src/${room}/`)));
  expect(withExamples).toEqual(PUBLIC_ROOMS);
});
