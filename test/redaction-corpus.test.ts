import { readFileSync } from 'node:fs';

import { recordingSink } from '@livecall/recording';
import { expect, it } from 'vitest';

import { loadCorpus } from './fixtures/corpus.js';

/*
 * How many of the phone numbers that are spoken in real robocalls are found, against labels made by
 * reading: every seventh transcript, and every other one with seven digits or a spelled-out number.
 */

interface Label {
  /** The line of the corpus. */
  readonly line: number;
  /** How many times a phone number is spoken there, a repetition being one more. */
  readonly count: number;
}

const labels = JSON.parse(
  readFileSync(new URL('data/phone-labels.json', import.meta.url), 'utf8'),
) as readonly Label[];
const corpus = loadCorpus();

/** How many numbers are replaced in a transcript. */
function countReplaced(transcript: string): number {
  const lines: string[] = [];
  const sink = recordingSink((line) => lines.push(line));
  sink.write({
    event: 'frame',
    from: 'server',
    json: { type: 'transcript', role: 'other', msg: transcript },
  });
  return lines.join('').match(/202-555-01\d\d|\+120255501\d\d/g)?.length ?? 0;
}

function measure(sample: readonly Label[]) {
  let found = 0;
  let missed = 0;
  let mistaken = 0;
  for (const { line, count } of sample) {
    const replaced = countReplaced(corpus[line - 2]?.sentences.join(' ') ?? '');
    found += Math.min(replaced, count);
    missed += Math.max(0, count - replaced);
    mistaken += Math.max(0, replaced - count);
  }
  const spoken = found + missed;
  return { spoken, recall: found / spoken, precision: found / (found + mistaken) };
}

it('has labels of more than 120 lines, each once', () => {
  expect(labels.length).toBeGreaterThan(120);
  expect(new Set(labels.map(({ line }) => line)).size).toBe(labels.length);
});

/** The corpus that was labelled, and not another one. */
const isAtHand = corpus.length === 871;

it.skipIf(!isAtHand).each([
  { name: 'every seventh transcript', isIn: (line: number) => (line - 1) % 7 === 0, floor: 1 },
  { name: 'all labelled transcripts', isIn: () => true, floor: 0.97 },
])('finds the numbers that are spoken in $name', ({ name, isIn, floor }) => {
  const sample = labels.filter(({ line }) => isIn(line));
  const { spoken, recall, precision } = measure(sample);
  console.log(
    `${name}: ${sample.length}, numbers spoken: ${spoken}, recall ${recall.toFixed(3)}, precision ${precision.toFixed(3)}`,
  );

  expect(recall).toBeGreaterThanOrEqual(floor);
  expect(precision).toBe(1);
});
