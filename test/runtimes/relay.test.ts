import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { CALL_END } from '../fixtures/frames.js';
import { installNpm } from '../fixtures/npm.js';
import { startPlatform } from '../fixtures/platform.js';
import type { Answer } from '../fixtures/platform.js';
import { startRelay } from '../fixtures/relayed.js';

/* `relayTransport` over the WebSocket that each runtime has by itself. */

const script = fileURLToPath(new URL('page.js', import.meta.url));

const runtimes: readonly [name: string, program: string, ...args: string[]][] = [
  ['node@22', 'node/bin/node'],
  ['node@24', 'node/bin/node'],
  ['node@26', 'node/bin/node'],
  ['bun@1.4', '.bin/bun'],
  ['deno@2.9', '.bin/deno', 'run', '--allow-env', '--allow-read', '--allow-net'],
];

const sentence = (offset: number) =>
  JSON.stringify({ type: 'transcript', msg: 'A parcel.', role: 'other', offset });

it.for(runtimes)(
  'follows a call over a relay in %s',
  async ([name, program, ...args], { skip }) => {
    const path = await installNpm(name);
    if (typeof path === 'string') return skip(path);
    const follow = async (answer: Answer, options: object = {}) => {
      await using platform = await startPlatform(answer);
      await using running = await startRelay(platform, options);
      cutWay = () => {
        running.way.cut();
      };
      const { stdout } = await promisify(execFile)(path(program), [...args, script, running.url]);
      expect(platform.dials).toHaveLength(Object.keys(options).length === 0 ? 1 : 0);
      return stdout.trim().split('\n');
    };
    let cutWay = () => {};

    expect(await follow(404)).toEqual([
      ...['idle', 'connecting', 'failed', 'HandshakeRefusedError 404'],
    ]);
    expect(await follow(() => undefined, { authorize: () => undefined })).toContain(
      'HandshakeRefusedError 401',
    );
    const closed = await follow((client) => {
      client.close(4410, 'gone');
    });
    expect(closed).toContain('ConnectionClosedError 4410');
    const followed = await follow((client) => {
      client.send(sentence(1));
      client.on('message', (data: Buffer) => {
        const { id } = JSON.parse(data.toString()) as { id: string };
        cutWay();
        client.send(JSON.stringify({ type: 'ack', ackId: id }));
        client.send(sentence(2));
        client.send(CALL_END);
        client.close(1000);
      });
    });
    expect(followed).toEqual([
      ...['idle', 'connecting', 'open', '1', 'away', 'open', 'joined by ack', '2'],
      ...['closing', 'call-ended'],
    ]);
  },
);
