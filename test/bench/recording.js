import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CORES, start } from './harness/child.js';
import { frames } from './harness/frames.js';
import { createTally, toTally } from './harness/tally.js';
import { inTemporaryFolder } from './harness/temporary-folder.js';
import { cpuMs } from './harness/time.js';
import { inTurns } from './harness/turns.js';
import { RECORDERS } from './peers/recorders.js';

const LIVECALL = 'livecall record';
/** So often before it is measured: until then, the compiler takes as much as the work. */
const WARM_UPS = 4;
const UNWRITTEN = ['nothing recorded', 'livecall record, not written'];

export const tables = [
  {
    name: 'recording',
    title: 'What recording adds to a call, and what is lost when the process is killed',
    contenders: Object.keys(RECORDERS).filter((recorder) => recorder !== 'nothing recorded'),
    base: 'fs.writeSync of the line',
    measures: {
      us: { unit: 'µs of CPU a frame', digits: 2 },
      lost: { unit: 'frames lost of 2,000', hasNoRatio: true },
    },
    sizes: {
      full: { rounds: 7, count: 30_000, killedAfter: 2_000 },
      quick: { rounds: 3, count: 20_000, killedAfter: 2_000 },
      tiny: { rounds: 1, count: 200, killedAfter: 200 },
    },
    expected: ({ count }, contender) =>
      UNWRITTEN.includes(contender) ? {} : toTally(frames(count)),
    targets: [
      {
        says: 'at most 4 µs a frame',
        figure: (best) => best(LIVECALL, 'us'),
        atMost: 4,
      },
      { says: 'no frame lost', figure: (best) => best(LIVECALL, 'lost'), atMost: 0 },
    ],
  },
];

export async function measure(_table, contender, { count, killedAfter }) {
  return inTemporaryFolder(async (folder) => {
    const said = frames(count);
    await cpuOf('nothing recorded', join(folder, 'none'), said);
    const bare = await cpuOf('nothing recorded', join(folder, 'none'), said);
    for (let time = 0; time < WARM_UPS; time += 1) {
      await cpuOf(contender, join(folder, `warm-up-${time}.ndjson`), said);
    }
    const path = join(folder, 'call.ndjson');
    const us = Math.max(0, ((await cpuOf(contender, path, said)) - bare) * 1_000) / count;
    if (UNWRITTEN.includes(contender)) return { measures: { us }, result: {} };

    const tally = createTally();
    for (const message of readFrames(path)) tally.any(message);
    const lost = await lostWhenKilled(contender, join(folder, 'killed.ndjson'), killedAfter);
    return { measures: { us, lost }, result: tally.result() };
  });
}

async function cpuOf(contender, path, said) {
  const { write, end } = await RECORDERS[contender](path);
  const before = cpuMs();
  await inTurns(said, write);
  await end();
  return cpuMs() - before;
}

async function lostWhenKilled(contender, path, count) {
  const killed = start('harness/killed-recorder.js', {
    core: CORES.measured,
    args: [contender, path, String(count)],
  });
  const end = await killed.ended;
  if (end !== 'SIGKILL') throw new Error(`${contender} ended with ${end}, it was not killed.`);
  // A stream opens its file later: where it was killed before that, there is none.
  return existsSync(path) ? count - [...readFrames(path)].length : count;
}

/** What a file has of frames; a torn last line is none. */
function* readFrames(path) {
  for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    const { event, json } = JSON.parse(line);
    if (event === 'frame') yield json;
  }
}
