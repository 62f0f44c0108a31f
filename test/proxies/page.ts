import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../docs/proxies.md', import.meta.url), 'utf8');

/** The configuration of a proxy on the page, which is what is run. */
export function readConfiguration(name: string): string {
  const block = new RegExp(
    `<!-- example: ${name.toLowerCase()} -->\\n\\n\`\`\`\\w+\\n(.*?)\`\`\``,
    's',
  );
  const [, config] = block.exec(page) ?? [];
  if (config === undefined) throw new Error(`docs/proxies.md has no configuration of ${name}.`);
  return config;
}

/** A table of the page by the heading of its first column: what each row says of each column. */
export function readTable(heading: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const lines = page.split('\n');
  const toCells = (line = '') =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', ''));
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} `));
  if (start < 0) throw new Error(`docs/proxies.md has no table of "${heading}".`);
  const [, ...columns] = toCells(lines[start]);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return new Map(
    lines.slice(start + 2, end).map((line) => {
      const [row = '', ...cells] = toCells(line);
      return [row, new Map(columns.map((column, index) => [column, cells[index] ?? '']))];
    }),
  );
}
