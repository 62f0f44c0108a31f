import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { WORD, writeRecordedFolder } from './harness/recorded-folder.js';

const BIN = fileURLToPath(new URL('../../tools/dist/bin.js', import.meta.url));
const TRANSCRIPT = '"type":"transcript"';

const grep = (words, ...flags) => ['grep', '-r', ...flags, words, '.'];
const livecall = (...args) => [process.execPath, BIN, ...args];

/** Each of them with all cores, as it would be called. */
const CONTENDERS = {
  'grep -c + JSON.parse': async (run) => {
    // Counted first, then read: what one would do by hand.
    await run(grep(WORD, '-ci'));
    return { hits: await run(grep(WORD, '-hi'), (line) => 'json' in JSON.parse(line)) };
  },
  'grep -c': async (run) => {
    let hits = 0;
    await run(grep(WORD, '-ci'), (line) => void (hits += Number(line.split(':').at(-1))));
    return { hits };
  },
  'livecall search': async (run) => ({
    hits: await run(livecall('search', WORD, '--json'), (line) => 'text' in JSON.parse(line)),
  }),
  'grep + JSON.parse of what was said': async (run) => {
    return { utterances: await run(grep(TRANSCRIPT, '-h'), (line) => 'json' in JSON.parse(line)) };
  },
  'livecall list': async (run) => {
    let utterances = 0;
    await run(livecall('list', '--json'), (line) => {
      utterances += JSON.parse(line).utterances;
      return true;
    });
    return { utterances };
  },
};

export const tables = [
  {
    name: 'folder',
    title: 'A word in 10,000 recordings, 2 GB, from the start of the command to its end',
    contenders: Object.keys(CONTENDERS),
    base: 'grep -c + JSON.parse',
    measures: { s: { unit: 's', digits: 1 } },
    sizes: {
      full: { rounds: 2, files: 10_000, bytesEach: 200_000 },
      quick: { rounds: 2, files: 2_000, bytesEach: 200_000 },
      tiny: { rounds: 1, files: 10, bytesEach: 20_000 },
    },
    expected: ({ found: { hits, utterances } }, contender) =>
      contender.includes('list') || contender.includes('said') ? { utterances } : { hits },
    targets: [
      {
        says: '`livecall search` takes at most as long as `grep -c` and JSON.parse of the hits',
        figure: (best) => best('livecall search', 's') / best('grep -c + JSON.parse', 's'),
        atMost: 1,
      },
      {
        says: '`livecall list` takes at most as long as grep for what was said and JSON.parse of it',
        figure: (best) =>
          best('livecall list', 's') / best('grep + JSON.parse of what was said', 's'),
        atMost: 1,
      },
    ],
  },
];

/** Writes the recordings, once for all rounds. */
export function prepare(_table, { files, bytesEach }) {
  const folder = mkdtempSync(join(tmpdir(), 'livecall-bench-'));
  const found = writeRecordedFolder(folder, files, bytesEach);
  return { size: { folder, found }, dispose: () => rmSync(folder, { recursive: true }) };
}

export async function measure(_table, contender, { folder }) {
  const startedAt = performance.now();
  const result = await CONTENDERS[contender]((command, take) => run(folder, command, take));
  return { measures: { s: (performance.now() - startedAt) / 1_000 }, result };
}

/** Runs a command in a folder, on all cores, and gives of how many lines `take` is true. */
async function run(folder, command, take = () => false) {
  // This process is kept on one core.
  const [program, ...args] =
    process.platform === 'linux'
      ? ['taskset', '-c', `0-${cpus().length - 1}`, ...command]
      : command;
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  let count = 0;
  let rest = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop();
    for (const line of lines) if (take(line)) count += 1;
  }
  await ended;
  return count;
}
