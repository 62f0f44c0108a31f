import { readFileSync, writeFileSync } from 'node:fs';

import { recordingSink } from '@livecall/recording';
import { expect, it } from 'vitest';

/*
 * How many phone numbers are found in lines as machines that transcribe write them, and how much of
 * what looks like one is taken for one. Of phone-lines.txt the finder was tuned on the lines that are
 * odd, counted from 1, and the others were kept back; those of phone-lines-unseen.txt were written
 * and labelled before the finder was run on any of them. `npm run phone-table` writes the table of
 * docs/privacy.md.
 */

interface Line {
  readonly country: string;
  readonly language: string;
  readonly text: string;
  /** What stays of it, with # for each number. */
  readonly expected: string;
}

const read = (file: string): readonly Line[] =>
  readFileSync(new URL(`data/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): Line => {
      const [about = '', text = ''] = line.split('\t');
      const [country = '', language = ''] = about.split(' ');
      return {
        country,
        language,
        text: text.replace(/[{}]/g, ''),
        expected: text.replace(/\{[^}]*\}/g, '#'),
      };
    });

const lines = read('phone-lines.txt');
const unseen = read('phone-lines-unseen.txt');

/** What is left of a line; a 1 that stands apart before a number stays. */
function toLeft({ text, country }: Line): string {
  let left = '';
  const sink = recordingSink((line) => (left = line), { defaultCountry: country });
  sink.write({
    event: 'frame',
    from: 'server',
    json: { type: 'transcript', role: 'other', msg: text },
  });
  const { msg } = (JSON.parse(left) as { json: { msg: string } }).json;
  return msg.replace(/(?:(?<!\d)1[ -])?(?:\+120255501\d\d|202-555-01\d\d)/g, '#');
}

interface Score {
  readonly positives: number;
  readonly found: number;
  readonly negatives: number;
  readonly taken: number;
}

function score(sample: readonly Line[]): Score {
  const positives = sample.filter(({ expected }) => expected.includes('#'));
  const negatives = sample.filter(({ expected }) => !expected.includes('#'));
  return {
    positives: positives.length,
    found: positives.filter((line) => toLeft(line) === line.expected).length,
    negatives: negatives.length,
    taken: negatives.filter((line) => toLeft(line) !== line.expected).length,
  };
}

const tuned = lines.filter((_line, index) => index % 2 === 0);
const keptBack = lines.filter((_line, index) => index % 2 === 1);

const NAMES: Readonly<Record<string, string>> = {
  en: 'English',
  fr: 'French',
  de: 'German',
  es: 'Spanish',
  pt: 'Portuguese',
  it: 'Italian',
  zh: 'Chinese',
};

function toTable(): string {
  const row = (name: string, sample: readonly Line[]) => {
    const { positives, found, negatives, taken } = score(sample);
    return [name, `${found} of ${positives}`, `${taken} of ${negatives}`];
  };
  const rows = [
    ['lines', 'numbers found whole', 'others taken for one'],
    ...Object.entries(NAMES).map(([language, name]) =>
      row(
        `${name}, kept back`,
        keptBack.filter((line) => line.language === language),
      ),
    ),
    row('all that were kept back', keptBack),
    row('all that it was tuned on', tuned),
    row('all that were written unseen', unseen),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const toRow = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [toRow(head), rule, ...body.map(toRow)].join('\n');
}

const page = new URL('../docs/privacy.md', import.meta.url);
const TABLE = /(?<=<!-- phone-lines -->\n\n)\|.*?(?=\n\n)/s;

it('has more than 600 lines, each once, of which a third and more hold no number', () => {
  const all = [...lines, ...unseen];
  expect(all.length).toBeGreaterThan(600);
  expect(new Set(all.map(({ text }) => text)).size).toBe(all.length);
  for (const part of [tuned, keptBack, unseen]) {
    expect(part.filter(({ expected }) => !expected.includes('#')).length).toBeGreaterThan(
      part.length / 3,
    );
    expect(new Set(part.map(({ language }) => language)).size).toBe(7);
    expect(new Set(part.map(({ country }) => country)).size).toBeGreaterThanOrEqual(12);
  }
});

it.each([
  ['that were kept back', keptBack],
  ['that it was tuned on', tuned],
  ['that were written unseen', unseen],
])('finds the numbers of the lines %s, and little else', (_which, sample) => {
  const { positives, found, negatives, taken } = score(sample);

  expect(found / positives).toBeGreaterThanOrEqual(0.95);
  expect(taken / negatives).toBeLessThanOrEqual(0.07);
});

it('has the table that docs/privacy.md shows', () => {
  const text = readFileSync(page, 'utf8');
  if (process.env['LIVECALL_WRITE'] !== undefined) {
    writeFileSync(page, text.replace(TABLE, toTable()));
  }
  expect(TABLE.exec(readFileSync(page, 'utf8'))?.[0]).toBe(toTable());
});
