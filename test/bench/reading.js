import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { writeRecordedFile } from './harness/recorded-file.js';
import { READERS } from './peers/readers.js';

const MB = 1_000_000;
const SIZES = [30, 100, 300, 1_000];
const READER = 'readRecording';
const PLAIN = 'chunks + JSON.parse';
const CHECK = 'livecall check';

const measures = {
  speed: { unit: 'MB a second', isSpeed: true },
  rss: { unit: 'MiB at most' },
};
const flat = (says, contender) => ({
  says,
  figure: (best) => best(contender, 'rss'),
  atMost: 120,
});

/** The same for readers of the library and of the command line. */
const growthOf = (name, reader) => ({
  name,
  title: `\`${reader}\` over longer and longer recordings`,
  contenders: SIZES.map((size) => `${size} MB`),
  base: `${SIZES[0]} MB`,
  measures: { s: { unit: 's', digits: 1 }, rss: { ...measures.rss, hasNoRatio: true } },
  sizes: {
    full: { rounds: 3, megabytes: SIZES },
    quick: { rounds: 1, megabytes: SIZES },
    tiny: { rounds: 1, megabytes: SIZES.map((size) => size / 1_000) },
  },
  expected: ({ files }, contender) =>
    reader === CHECK ? {} : { frames: files[SIZES.indexOf(parseInt(contender))].count },
  growth: { along: 'length', at: parseInt },
  targets: [flat('at most 120 MiB for 1,000 MB', '1000 MB')],
});

export const tables = [
  {
    name: 'reading',
    title: 'A recording of 100 MB, read to its end',
    contenders: Object.keys(READERS),
    base: PLAIN,
    measures,
    sizes: {
      full: { rounds: 7, megabytes: [100] },
      quick: { rounds: 3, megabytes: [100] },
      tiny: { rounds: 1, megabytes: [0.1] },
    },
    expected: ({ files: [{ count }] }, contender) => (contender === CHECK ? {} : { frames: count }),
    targets: [
      {
        says: 'at least 0.8 × the speed of a plain chunk splitter with JSON.parse',
        figure: (best) => best(READER, 'speed') / best(PLAIN, 'speed'),
        atLeast: 0.8,
      },
      {
        says: 'ahead of readline + JSON.parse',
        figure: (best) => best(READER, 'speed') / best('readline + JSON.parse', 'speed'),
        atLeast: 1,
      },
      flat('at most 120 MiB', READER),
      {
        says: '`livecall check` at least 0.85 × the speed of the chunk splitter',
        figure: (best) => best(CHECK, 'speed') / best(PLAIN, 'speed'),
        atLeast: 0.85,
      },
    ],
  },
  growthOf('reading-growth', READER),
  growthOf('check-growth', CHECK),
];

/** Writes the recordings, once for all rounds. */
export function prepare(_table, { megabytes }) {
  const folder = mkdtempSync(join(tmpdir(), 'livecall-bench-'));
  const files = megabytes.map((size) => {
    const path = join(folder, `${size}.ndjson`);
    return { path, ...writeRecordedFile(path, size * MB) };
  });
  return { size: { files }, dispose: () => rmSync(folder, { recursive: true }) };
}

export async function measure(table, contender, { files }) {
  const [reader, file] =
    table === 'reading'
      ? [contender, files[0]]
      : [table === 'check-growth' ? CHECK : READER, files[SIZES.indexOf(parseInt(contender))]];
  const startedAt = performance.now();
  const frames = await READERS[reader](file.path);
  const tookS = (performance.now() - startedAt) / 1_000;
  return {
    measures: { s: tookS, speed: file.bytes / MB / tookS, rss: peakMiB() },
    result: { frames },
  };
}

/** The most memory that this process has had; `maxRSS` counts what its parent had, too. */
function peakMiB() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1_024;
  const [, kiB] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(kiB) / 1_024;
}
