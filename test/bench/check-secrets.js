import { spawnSync } from 'node:child_process';
import { appendFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { frames } from './harness/frames.js';
import { inTemporaryFolder } from './harness/temporary-folder.js';

/*
 * How long `livecall check --secrets` takes for 100 MB, by turns with every build of the command line
 * that it is given: node test/bench/check-secrets.js tools/dist/bin.js OTHER/tools/dist/bin.js
 */

const ROUNDS = Number(process.env['ROUNDS'] ?? 7);
const MB = Number(process.env['MB'] ?? 100);
const HEADER =
  '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z","redacted":["credentials","phones"]}\n' +
  '{"at":0,"event":"open","status":101}\n';

const builds = process.argv.slice(2);
if (builds.length === 0) throw new Error('Give it the bin.js of a build, or of several.');

await inTemporaryFolder((folder) => {
  const path = join(folder, 'long.ndjson');
  appendFileSync(path, HEADER);
  for (let at = 1; statSync(path).size < MB * 1e6;) {
    const lines = frames(10_000, { seed: at }).map(
      (json, index) => `{"at":${at + index},"event":"frame","from":"server","json":${json}}\n`,
    );
    at += lines.length;
    appendFileSync(path, lines.join(''));
  }
  const best = builds.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round += 1) {
    builds.forEach((build, index) => {
      best[index] = Math.min(best[index] ?? 0, cpuSeconds(build, path));
    });
  }
  for (const [index, build] of builds.entries()) {
    console.log(`${best[index]?.toFixed(2)} s of CPU, best of ${ROUNDS}: ${build}`);
  }
});

/** What it says and ends with are not looked at: acks answer nothing in it, and it does not end. */
function cpuSeconds(build, path) {
  const command = `TIMEFORMAT='%U %S'; time node ${JSON.stringify(build)} check --secrets ${JSON.stringify(path)} >/dev/null 2>&1`;
  const { stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
  return stderr
    .trim()
    .split(' ')
    .reduce((sum, seconds) => sum + Number(seconds), 0);
}
