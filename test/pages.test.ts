import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

/* How the pages hang together. */

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = ['', 'docs', 'recordings', 'packages', 'tools', 'findings'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: folder === 'packages', encoding: 'utf8' })
    .filter((name) => /^(?!.*node_modules)(?:[^/]+\/)?[^/]+\.md$/.test(name))
    .map((name) => join(folder, name)),
);
const read = (page: string) => readFileSync(join(root, page), 'utf8');
/** A page without what stands in its blocks of code. */
const proseOf = (page: string) => read(page).replaceAll(/^```.*?^```$/gms, '');

interface Link {
  /** The path from the root. */
  readonly path: string;
  readonly anchor: string | undefined;
}

function linksOf(page: string): readonly Link[] {
  const links = proseOf(page).matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g);
  // The page of a package has others beside it that are brought there: packages.test.ts.
  const isOfPackage = /^(packages|tools)\b/.test(page);
  const folder = isOfPackage ? '' : dirname(page);
  return [...links].map(([, path = '', anchor]) => ({
    path: path === '' ? page : relative(root, join(root, folder, path)),
    anchor,
  }));
}

/** The anchors of a page's headings, as hosts of Markdown make them. */
const anchorsOf = (page: string) =>
  [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

it('leads from the README to every page', () => {
  const reached = new Set(['README.md']);
  // A set goes on with what is added on the way.
  for (const page of reached) {
    for (const { path } of linksOf(page)) if (pages.includes(path)) reached.add(path);
  }
  // Each package has one of its own, for where it is published.
  const alone = pages.filter((page) => !/^(packages|tools|findings)\b/.test(page));

  expect(alone.length).toBeGreaterThan(15);
  expect(alone.filter((page) => !reached.has(page))).toEqual([]);
});

it.each(pages)('has no link in %s that leads nowhere', (page) => {
  const loose = linksOf(page).filter(({ path, anchor }) =>
    path.endsWith('.md') && existsSync(join(root, path))
      ? anchor !== undefined && !anchorsOf(path).includes(anchor)
      : !existsSync(join(root, path)),
  );

  expect(loose).toEqual([]);
});

it('points in docstrings to what PROTOCOL.md has', () => {
  const anchors = anchorsOf('PROTOCOL.md');
  const sources = ['packages', 'tools/src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/node_modules|dist\//.test(name))
      .map((name) => join(folder, name)),
  );
  const pointed = sources.flatMap((source) =>
    [...read(source).matchAll(/PROTOCOL\.md#([\w-]+)/g)].map(([, anchor = '']) => ({
      source,
      anchor,
    })),
  );

  expect(pointed.length).toBeGreaterThan(20);
  expect(pointed.filter(({ anchor }) => !anchors.includes(anchor))).toEqual([]);
});

it.each(pages)('names each block of TypeScript in %s, for the test that runs it', (page) => {
  const blocks = read(page).match(/(?:<!-- example: [\w-]+ -->\n\n)?^```(?:ts|tsx)$/gm) ?? [];

  expect(blocks.filter((block) => !block.startsWith('<!--'))).toEqual([]);
});
