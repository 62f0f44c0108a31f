import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import ts from 'typescript';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';

import { compile } from './fixtures/compile.js';

/* The examples in the docstrings, as they stand there. */

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'livecall-docstrings-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Example {
  /** A name for its file, `codec-2` for one. */
  readonly name: string;
  readonly code: string;
  /** What its comments say that it prints. */
  readonly printed: readonly string[];
}

const sources = [
  'packages/core/src',
  'packages/fleet/src',
  'packages/opentelemetry/src',
  'packages/recording/src',
  'packages/server/src',
  'tools/src',
].flatMap((path) =>
  readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(root, path, name)),
);
const examples = sources.flatMap(toExamples);

function toExamples(path: string): readonly Example[] {
  const docs = readFileSync(path, 'utf8').match(/\/\*\*.*?\*\//gs) ?? [];
  return docs
    .flatMap((doc) => [...doc.matchAll(/ \* @example\n(.*?)(?=\n \* @| \*\/)/gs)])
    .map(([, lines = ''], index) => {
      const code = lines.replaceAll(/^ \* ?/gm, '');
      const printed = [...code.matchAll(/ \/\/ => (.*)/g)].map(([, line = '']) => line);
      return { name: `${basename(path, '.ts')}-${index + 1}`, code, printed };
    });
}

let complaint: string;

/** All of them in one run of the compiler. */
beforeAll(async () => {
  symlinkSync(join(root, 'test', 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'src'));
  for (const { name, code } of examples) {
    // A module each, though some import nothing.
    writeFileSync(join(folder, 'src', `${name}.ts`), `${code}\nexport {};\n`);
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2022', 'esnext.disposable'],
    strict: true,
    skipLibCheck: true,
    outDir: 'dist',
    rootDir: 'src',
    typeRoots: [join(root, 'node_modules', '@types')],
    types: ['node'],
  };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['src'] }),
  );
  ({ complaint } = await compile(folder));
});

it('compiles every example', () => {
  expect(complaint).toBe('');
  const begun = sources.flatMap((path) => readFileSync(path, 'utf8').match(/@example/g) ?? []);
  expect(readdirSync(join(folder, 'dist'))).toHaveLength(begun.length);
});

it.each(examples.filter(({ printed }) => printed.length > 0))(
  'prints what the example $name says',
  async ({ name, printed }) => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    onTestFinished(() => {
      log.mockRestore();
    });
    await import(pathToFileURL(join(folder, 'dist', `${name}.js`)).href);

    expect(log.mock.calls.map((values) => values.join(' '))).toEqual(printed);
  },
);

it('has an example of every function that is exported', () => {
  const indexes = [
    'packages/core/dist/index.d.ts',
    'packages/core/dist/node/index.d.ts',
    'packages/core/dist/protocol/codecs.d.ts',
    'packages/opentelemetry/dist/index.d.ts',
    'packages/recording/dist/index.d.ts',
    'packages/recording/dist/format/index.d.ts',
    'packages/recording/dist/reader.d.ts',
    'packages/server/dist/index.d.ts',
    'tools/dist/index.d.ts',
  ].map((path) => join(root, path));
  const program = ts.createProgram(indexes, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    // Nothing is checked: names are looked up, and what is said of them.
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const functions = indexes
    .flatMap((index) => program.getSourceFile(index) ?? [])
    .flatMap((source) => checker.getSymbolAtLocation(source) ?? [])
    .flatMap((module) => checker.getExportsOfModule(module))
    .map((exported) =>
      exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported,
    )
    .filter(({ flags }) => flags & ts.SymbolFlags.Function);
  const withoutExample = functions
    .filter((exported) => exported.getJsDocTags().every(({ name }) => name !== 'example'))
    .map(({ name }) => name);

  expect(functions.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['liveCall', 'replay', 'serve']),
  );
  expect(withoutExample).toEqual([]);
});
