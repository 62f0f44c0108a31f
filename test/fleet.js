// @ts-check
import { spawnSync } from 'node:child_process';

import { newestNats } from './fixtures/newest-nats.js';

/*
 * The tests of the fleet at full length, against Debian's nats-server where there is none: workers
 * killed, put to sleep, a server that is away for five minutes, a full disk. Each count can be given,
 * LIVECALL_FLEET_KILLS=20 for one. Then a share of it on the newest server that Debian has, where it
 * can be had; LIVECALL_FLEET_ONLY=newest or =full has one of the two, and names of files have those
 * alone: npm run test:fleet -- kills.
 */

const full = {
  LIVECALL_FETCH: '1',
  LIVECALL_FLEET_KILLS: '200',
  LIVECALL_FLEET_CALLS: '500',
  LIVECALL_FLEET_AWAKENINGS: '50',
  LIVECALL_FLEET_AWAY_MS: '300000',
  LIVECALL_FLEET_DISK: '1',
};
const files = process.argv.slice(2);
const only = process.env['LIVECALL_FLEET_ONLY'];

/** @param {Readonly<Record<string, string>>} env */
function run(env) {
  const { status } = spawnSync(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--maxWorkers=1',
      ...(files.length > 0 ? files.map((name) => `test/fleet/${name}`) : ['test/fleet']),
    ],
    { stdio: 'inherit', env: { ...env, ...process.env } },
  );
  if (status !== 0) process.exitCode = status ?? 1;
}

if (only !== 'newest') run(full);
if (only !== 'full') {
  const newest = newestNats();
  if (typeof newest === 'string') process.stdout.write(`Not run on a newer server: ${newest}.\n`);
  else {
    process.stdout.write(`\nOn nats-server ${newest.version}:\n`);
    process.env['LIVECALL_NATS_SERVER'] = newest.binary;
    run({ LIVECALL_FLEET_DISK: '1' });
  }
}
