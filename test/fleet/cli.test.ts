import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isComplete, loadRecording } from '@livecall/recording';
import { afterAll, expect, it, onTestFinished } from 'vitest';

import { conversationToken } from '../fixtures/canary-tokens.js';
import { hasNats, makeFleet, sharedNats } from '../fixtures/fleet.js';
import { fleetCommand, keyFile, publicKeyFile, workerCommand } from '../fixtures/fleet-command.js';
import { startTalking } from '../fixtures/talking-platform.js';

/* livecall-fleet, as it is built. */

const nats = sharedNats();
const itWithNats = it.skipIf(!hasNats);
const folder = mkdtempSync(join(tmpdir(), 'livecall-fleet-cli-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = async (...[args, env]: Parameters<typeof fleetCommand>) => {
  const command = fleetCommand(args, env);
  const exitCode = await command.ended();
  return { exitCode, stdout: command.stdout.all.join('\n'), stderr: command.stderr.all.join('\n') };
};

itWithNats(
  'enqueues, follows, records and tells the state of a call, and gives nothing away',
  async () => {
    const connection = await nats().connect();
    const prefix = await makeFleet(connection);
    const broker = ['--server', nats().url, '--prefix', prefix];
    await using platform = await startTalking();
    const worker = workerCommand(nats().url, prefix, platform.url, { name: 'worker-a' });
    await worker.stdout.nth(1);

    const tokens = { LIVECALL_CONVERSATION_TOKEN: conversationToken };
    const enqueued = await run(['enqueue', 'call-1', ...broker, '--key', publicKeyFile], tokens);
    expect(enqueued).toMatchObject({ exitCode: 0, stderr: 'livecall-fleet: enqueued call-1' });
    const again = await run(['enqueue', 'call-1', ...broker, '--key', publicKeyFile], tokens);
    expect(again).toMatchObject({ exitCode: 65 });

    const follow = fleetCommand(['follow', 'call-1', ...broker]);
    expect(await follow.stdout.nth(1)).toBe('call from +14155552671');
    platform.say();
    expect(await follow.stdout.nth(2)).toBe('other: word 1');

    const status = await run(['status', ...broker]);
    expect(status.stdout).toMatch(/^1 calls followed by 1 workers, 0 waiting, 1 taken$/m);
    expect(status.stdout).toMatch(/^worker-a {2}1 of 100$/m);
    expect(status.stdout).toMatch(/^ {2}call-1 {2}open {2}run 1-\d+, \d+ lines$/m);
    expect(JSON.parse((await run(['status', ...broker, '--json'])).stdout)).toMatchObject({
      waiting: 0,
      workers: [{ worker: 'worker-a', calls: [{ callId: 'call-1', state: 'open' }] }],
    });

    const sofar = join(folder, 'so-far.ndjson');
    const soFar = await run(['record', 'call-1', ...broker, '--out', sofar, '--now']);
    expect(soFar).toMatchObject({ exitCode: 0 });
    expect(isComplete(await loadRecording(sofar))).toBe(false);

    const out = join(folder, 'whole.ndjson');
    const recording = fleetCommand(['record', 'call-1', ...broker, '--out', out]);
    platform.end();
    expect(await recording.ended()).toBe(0);
    expect(await follow.ended()).toBe(0);
    const whole = await loadRecording(out);
    expect(isComplete(whole)).toBe(true);
    expect(whole.header.redacted).toEqual(['credentials', 'phones']);
    expect(readFileSync(out, 'utf8')).not.toContain('+14155552671');
    expect(readFileSync(out, 'utf8')).toContain('+12025550100');

    worker.child.kill('SIGTERM');
    expect(await worker.ended()).toBe(0);
    expect(platform.calls.has(conversationToken)).toBe(true);
  },
);

itWithNats('says what is wrong with what it was called with', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  const broker = ['--server', nats().url, '--prefix', prefix];
  const tokens = { LIVECALL_CONVERSATION_TOKEN: conversationToken };
  const key = ['--key', publicKeyFile];
  // What takes a connection and says nothing, as a port of something else.
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const silent = `nats://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const cases: [string[], Record<string, string>, number, string][] = [
    [['enqueue', 'a b', ...broker, ...key], tokens, 2, 'callId must be'],
    [['enqueue', 'a', ...broker, ...key], {}, 2, 'There is no conversation token'],
    [['enqueue', 'a', ...broker], tokens, 2, 'There is no key to seal the tokens with'],
    [['enqueue', 'a', ...broker, '--key', 'no-file'], tokens, 66, 'does not exist'],
    [['worker', ...broker], {}, 2, 'There is no key to open the tokens with'],
    [['worker', ...broker, '--key', publicKeyFile], {}, 2, 'not an X25519 key'],
    [['worker', ...broker, '--slots', '0'], {}, 2, 'It should be a whole number, 1 or more.'],
    [['record', 'a', ...broker, '--out', keyFile], {}, 73, 'never overwritten'],
    [['record', 'none', ...broker, '--out', join(folder, 'x'), '--now'], {}, 69, 'nothing of none'],
    [['status', '--server', 'nats://u:p@127.0.0.1:1'], {}, 2, 'must hold no user or password'],
    [['status', '--server', 'nats://127.0.0.1:1'], {}, 69, 'cannot be reached'],
    [['status', '--server', 'http://127.0.0.1:1'], {}, 2, 'It should be nats://HOST:PORT'],
    [['status', '--prefix', 'a.b'], {}, 2, 'It should be 1 to 128 letters'],
    [['status', '--server', silent], {}, 69, 'did not answer in 5 s'],
    [['keys', keyFile], {}, 73, 'a key is never overwritten'],
  ];
  const ended = await Promise.all(cases.map(([args, env]) => run(args, env)));
  cases.forEach(([args, , exitCode, words], n) => {
    expect({ args, ...ended[n] }).toMatchObject({
      exitCode,
      stderr: expect.stringContaining(words) as string,
    });
  });
});

it('makes keys, of which the private one is for its owner alone', async () => {
  const file = join(folder, 'workers.key');
  expect(await run(['keys', file])).toMatchObject({ exitCode: 0 });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(`${file}.pub`, 'utf8')).toContain('BEGIN PUBLIC KEY');
});
