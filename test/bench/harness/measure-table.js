import { isDeepStrictEqual } from 'node:util';

import { CORES, start } from './child.js';

/**
 * @typedef {object} Table
 * @property {string} name
 * @property {string} title what it answers
 * @property {readonly string[]} contenders in the order in which they take turns; the first but
 *   one of livecall's own need not be
 * @property {string} base the contender that the ratios are of
 * @property {Record<string, Measure>} measures
 * @property {Record<Scale, Size>} sizes
 * @property {readonly Target[]} [targets]
 * @property {readonly string[]} [flags] Node's, for the processes that are measured
 * @property {(size: Size, contender: string) => object} expected what the results must say
 * @property {Growth} [growth] for a table of one contender at several sizes
 *
 * @typedef {'full' | 'quick' | 'tiny'} Scale
 *
 * @typedef {{ rounds: number, [fact: string]: unknown }} Size
 *
 * @typedef {object} Measure
 * @property {string} unit
 * @property {number} [digits] after the point
 * @property {boolean} [isSpeed] whether more is better
 * @property {boolean} [hasNoRatio] whether it is nothing that a ratio says something of
 *
 * @typedef {object} Target
 * @property {string} says
 * @property {(best: Figure, median: Figure) => number} figure
 * @property {number} [atLeast]
 * @property {number} [atMost]
 *
 * @typedef {(contender: string, measure: string) => number} Figure
 *
 * @typedef {object} Growth
 * @property {string} along what grows
 * @property {(contender: string) => number | undefined} at how much of it
 */

/**
 * Measures a table in interleaved rounds: every contender once, then every contender again. Each is
 * a process of its own, so that none finds the machine code as another has left it; at the tiny
 * scale, which is for tests, all are in this one.
 *
 * @param {string} question the file
 * @param {Table} table
 * @param {Scale} scale
 * @param {{ onProgress?: (progress: string) => void, before?: string }} [options] `before` is
 *   another checkout, built: each of livecall's contenders has a turn of its own there, by its own
 *   benchmark
 */
export async function measureTable(question, table, scale, { onProgress, before } = {}) {
  const module = await import(`../${question}.js`);
  const prepared = await module.prepare?.(table.name, table.sizes[scale]);
  const size = { ...table.sizes[scale], ...prepared?.size };
  const measure = (contender) =>
    scale === 'tiny'
      ? module.measure(table.name, contender, size)
      : before !== undefined && contender.endsWith(BEFORE)
        ? measureApart(question, table, contender.slice(0, -BEFORE.length), size, before)
        : measureApart(question, table, contender, size);
  const contenders = table.contenders.flatMap((contender) =>
    before !== undefined && contender.startsWith('livecall')
      ? [contender, `${contender}${BEFORE}`]
      : [contender],
  );
  try {
    return await measureInTurns({ ...table, contenders }, size, measure, onProgress);
  } finally {
    await prepared?.dispose();
  }
}

const BEFORE = ', before';

async function measureInTurns(table, size, measure, onProgress) {
  const measured = new Map(table.contenders.map((contender) => [contender, []]));
  const results = {};
  for (let round = 1; round <= size.rounds; round += 1) {
    for (const contender of table.contenders) {
      onProgress?.(`${table.name}: round ${round} of ${size.rounds}, ${contender}`);
      const { measures, result } = await measure(contender);
      const meant = contender.replace(new RegExp(`${BEFORE}$`), '');
      assertResult(table, contender, result, table.expected(size, meant));
      results[contender] = result;
      measured.get(contender).push(measures);
    }
  }
  const rows = table.contenders.map((contender) => ({
    contender,
    measures: summarizeAll(table, measured.get(contender)),
  }));
  return { rows, results, targets: judge(table, rows) };
}

async function measureApart(question, { name, flags = [] }, contender, size, root) {
  const process = start('harness/contender.js', {
    core: CORES.measured,
    args: [question, name, contender, JSON.stringify(size)],
    flags,
    root,
  });
  try {
    return await process.next();
  } finally {
    await process[Symbol.asyncDispose]();
  }
}

/** A contender that did something else than the others has not been compared with them. */
function assertResult(table, contender, result, expected) {
  for (const [fact, value] of Object.entries(expected)) {
    if (isDeepStrictEqual(result[fact], value)) continue;
    throw new Error(
      `${table.name}, ${contender}: ${fact} is ${JSON.stringify(result[fact])}, not ${JSON.stringify(value)}.`,
    );
  }
}

function summarizeAll({ measures }, rounds) {
  return Object.fromEntries(
    Object.entries(measures).flatMap(([name, { isSpeed = false }]) => {
      const values = rounds.map((round) => round[name]).filter((value) => value !== undefined);
      return values.length === 0 ? [] : [[name, summarize(values, isSpeed)]];
    }),
  );
}

/** Noise only ever slows: the best is the cleanest figure. */
function summarize(values, isSpeed) {
  const sorted = [...values].sort((a, b) => (isSpeed ? b - a : a - b));
  const [best] = sorted;
  const worst = sorted.at(-1);
  const upper = sorted[Math.floor((sorted.length - 1) / 2)];
  const lower = sorted[Math.ceil((sorted.length - 1) / 2)];
  return {
    best,
    median: (upper + lower) / 2,
    worst,
    spread: worst === best ? 0 : Math.abs(worst - best) / best,
  };
}

function judge({ targets = [] }, rows) {
  const take = (statistic) => (contender, measure) =>
    rows.find((row) => row.contender === contender).measures[measure][statistic];
  return targets.map(({ says, figure, atLeast, atMost }) => {
    const measured = figure(take('best'), take('median'));
    const isMet = atLeast === undefined ? measured <= atMost : measured >= atLeast;
    return { says, measured, isMet };
  });
}
