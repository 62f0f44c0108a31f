// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';

import { format, resolveConfig } from 'prettier';

/**
 * Puts a table in its place in docs/performance.md, between its two comments.
 *
 * @param {string} name
 * @param {string} markdown
 */
export async function writeTable(name, markdown) {
  const path = new URL('../../../docs/performance.md', import.meta.url);
  const text = readFileSync(path, 'utf8');
  const [begin, end] = [`<!-- table: ${name} -->`, `<!-- /table: ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to === -1) throw new Error(`docs/performance.md has no place for ${name}.`);
  const written = `${text.slice(0, from)}${begin}\n\n${markdown}\n${text.slice(to)}`;
  writeFileSync(
    path,
    await format(written, { ...(await resolveConfig(path)), filepath: path.pathname }),
  );
}

/**
 * A table of Markdown, its first row the head.
 *
 * @param {readonly (readonly (string | number)[])[]} rows
 */
export function toMarkdown(rows) {
  const [head = [], ...body] = rows;
  const lines = [head, head.map(() => '---'), ...body];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
