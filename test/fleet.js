// @ts-check
import { spawnSync } from 'node:child_process';

/*
 * The tests of the fleet at full length, against Debian's nats-server where there is none: 200 workers
 * killed over 500 calls, 50 that sleep and wake up, a server that is away for five minutes. Each count
 * can be given, LIVECALL_FLEET_KILLS=20 for one.
 */

const full = {
  LIVECALL_FETCH: '1',
  LIVECALL_FLEET_KILLS: '200',
  LIVECALL_FLEET_CALLS: '500',
  LIVECALL_FLEET_ACK_WAIT_MS: '5000',
  LIVECALL_FLEET_AWAKENINGS: '50',
  LIVECALL_FLEET_AWAY_MS: '300000',
};

const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--maxWorkers=1',
    'test/fleet',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', env: { ...full, ...process.env } },
);
process.exitCode = status ?? 1;
