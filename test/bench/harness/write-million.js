// @ts-check
import { readFileSync } from 'node:fs';

import { toMarkdown, writeTable } from './write-table.js';

/*
 * What a million calls at once would take, reckoned from what the other tables of a fleet have: from
 * the longest run, and from the burst what one stream takes.
 */

const CALLS = 1_000_000;
const CALLS_A_WORKER = 500;
const ACK_WAIT_S = 5;
/** As `ASKERS` of job-requests.ts has it: each asks once a second. */
const REQUESTS_A_WORKER = 4;

/** Writes the table `fleet-million` of docs/performance.md anew. */
export async function writeMillion() {
  const run = readTable('fleet-minutes');
  const burst = readTable('fleet');
  const [workerUs, readerUs, serverUs] = ['worker, µs a message', 'reader', 'nats-server'].map(
    (name) => number(run, name),
  );
  const memoryKiB = number(run, 'worker, memory a call');
  const bytes = number(run, 'bytes a message, stored');
  // One message an entry, as the bare client sends them: the fleet's own burst has more in each.
  const burstRate = number(burst, 'entries a second in a burst');
  const streams = Math.ceil((2 * CALLS) / burstRate / 10) * 10;
  const workers = CALLS / CALLS_A_WORKER;
  const renewals = (CALLS * 3) / ACK_WAIT_S;
  const requests = workers * REQUESTS_A_WORKER;
  const cores = (/** @type {number | undefined} */ us = NaN) => [
    `1,000,000/s × ${us} µs`,
    `${us} cores`,
  ];
  const rows = [
    ['workers', ...cores(workerUs)],
    [
      'their memory',
      `1,000,000 × ${memoryKiB} KiB`,
      `${Math.round((CALLS * memoryKiB) / 2 ** 20)} GiB`,
    ],
    ['servers', ...cores(serverUs)],
    ['readers, where each call is read once', ...cores(readerUs)],
    [
      'to disk, and once more to each reader',
      `1,000,000/s × ${bytes} bytes`,
      `${bytes} MB/s, ${Math.round(bytes * 0.0864)} TB a day`,
    ],
    [
      'streams, each with one leader',
      `1,000,000/s ÷ half of ${whole(burstRate)}/s, the bare burst`,
      `${streams} fleets with a \`prefix\``,
    ],
    [
      'subjects in each',
      `1,000,000 ÷ ${streams}`,
      `${whole(CALLS / streams)} calls, and as many jobs`,
    ],
    [
      `renewals, three in an \`ackWaitMs\` of ${ACK_WAIT_S} s`,
      `1,000,000 × 3 ÷ ${ACK_WAIT_S} s`,
      `${whole(renewals)}/s, ${whole(renewals / streams)}/s a fleet`,
    ],
    [
      `requests for jobs, where ${CALLS_A_WORKER} calls are a worker's`,
      `${whole(workers)} workers × ${REQUESTS_A_WORKER}/s`,
      `${whole(requests)}/s, ${whole(requests / streams)}/s a fleet`,
    ],
  ];
  await writeTable('fleet-million', toMarkdown([['what', 'arithmetic', 'takes'], ...rows]));
}

/** @param {number} value */
const whole = (value) => Math.round(value).toLocaleString('en-US');

/**
 * The first figure of each row of a table.
 *
 * @param {string} name
 * @returns {ReadonlyMap<string, string>}
 */
function readTable(name) {
  const text = readFileSync(new URL('../../../docs/performance.md', import.meta.url), 'utf8');
  const between = text.split(`<!-- table: ${name} -->`)[1]?.split('<!-- /table')[0] ?? '';
  const rows = between.matchAll(/^\| (\S[^|]*?) *\| ([^|]*?) *\|/gm);
  const cells = new Map();
  // A row of the same name further down is of another part of the table.
  for (const [, row = '', cell = ''] of rows) if (!cells.has(row)) cells.set(row, cell);
  return cells;
}

/** @param {ReadonlyMap<string, string>} table @param {string} row */
function number(table, row) {
  const value = Number.parseFloat((table.get(row) ?? '').replaceAll(',', ''));
  if (Number.isNaN(value)) throw new Error(`docs/performance.md has no figure for ${row}.`);
  return value;
}
