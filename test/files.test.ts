import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';
import { expect, it } from 'vitest';

/* What no linter sees: how files hang together. */

const root = fileURLToPath(new URL('..', import.meta.url));
const rooms = [
  ...readdirSync(join(root, 'packages')).map((name) => join('packages', name, 'src')),
  join('tools', 'src'),
].filter((path) => existsSync(join(root, path)));

const files = rooms.flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
    .map((name) => join(room, name)),
);

/** The files of its own package that a file imports, types too. */
function importsOf(file: string): readonly string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'));
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => join(dirname(file), fileName.replace(/\.js(x?)$/, '.ts$1')))
    .filter((path) => files.includes(path));
}

it('has no circle of files', () => {
  const isDone = new Set<string>();
  const circles: string[] = [];
  const walk = (file: string, way: readonly string[]) => {
    if (way.includes(file)) {
      const circle = [...way.slice(way.indexOf(file)), file];
      circles.push(circle.map((each) => relative(dirname(dirname(file)), each)).join(' -> '));
      return;
    }
    if (isDone.has(file)) return;
    for (const imported of importsOf(file)) walk(imported, [...way, file]);
    isDone.add(file);
  };
  for (const file of files) walk(file, []);

  expect(files.length).toBeGreaterThan(200);
  expect(circles).toEqual([]);
});

const EXPORT = /^export (?:abstract |async )*(function\*?|const|let|class|interface|type) (\w+)/gm;
const toWords = (name: string) =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .split(/[-_]/)
    .map((word) => word.toLowerCase().replace(/s$/, ''));

it('names a file that exports one thing for it, or for what that makes, runs or reads', () => {
  const misnamed: string[] = [];
  let count = 0;
  for (const file of files) {
    const exported = [...readFileSync(join(root, file), 'utf8').matchAll(EXPORT)];
    const values = exported.filter(([, kind = '']) => !/interface|type/.test(kind));
    if (new Set(values.map(([, , name]) => name)).size !== 1) continue;
    count += 1;
    const words = exported.flatMap(([, , name = '']) => toWords(name));
    const own = toWords(basename(file).replace(/\.tsx?$/, ''));
    if (!own.every((word) => words.includes(word))) misnamed.push(basename(file));
  }

  expect(count).toBeGreaterThan(250);
  // Named for what their one function is about: bytes of foreign files, cues of numbers.
  expect(misnamed.sort()).toEqual(['foreign-bytes.ts', 'number-cues.ts']);
});

/** The packages of others that a built file loads as it is imported, by itself or by what it loads. */
function packagesOf(entry: string): ReadonlySet<string> {
  const { resolve } = createRequire(entry);
  const seen = new Set<string>();
  const packages = new Set<string>();
  const load = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const code = readFileSync(file, 'utf8');
    for (const [, name = ''] of code.matchAll(
      /^(?:import|export) (?:[^;]*? from )?'([^']+)';$/gm,
    )) {
      if (name.startsWith('.')) load(join(dirname(file), name));
      else if (name.startsWith('@livecall/')) load(resolve(name));
      else packages.add(name);
    }
  };
  load(entry);
  return packages;
}

it.each(['index', 'replay', 'vitest', 'command-line/commands/check', 'command-line/commands/show'])(
  'loads no phone numbers of the world for who only reads: tools/dist/%s.js',
  (name) => {
    const packages = packagesOf(join(root, 'tools', 'dist', `${name}.js`));

    expect(packages).toContain('fp-ts/lib/Either.js');
    expect([...packages].filter((each) => /^(libphonenumber-js|commander)/.test(each))).toEqual([]);
  },
);

it.each(['index', 'replay', 'vitest', 'jest', 'node-test'])(
  'loads no sockets for a test that serves nothing: tools/dist/%s.js',
  (name) => {
    const packages = packagesOf(join(root, 'tools', 'dist', `${name}.js`));

    expect(packages).toContain('rxjs');
    expect([...packages].filter((each) => /^(ws|(node:)?https?)$/.test(each))).toEqual([]);
  },
);
