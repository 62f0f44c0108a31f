import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import type { AgentOptions } from 'node:http';
import { connect } from 'node:net';
import type { LookupFunction, Socket } from 'node:net';
import { createInterface } from 'node:readline';

import { webSocketTransport } from '@livecall/core/node';
import { expect, it } from 'vitest';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { follow } from './fixtures/follow.js';

/* A host of two families, of which the one that is tried first answers, but slowly. */

const page = readFileSync(new URL('../docs/reliability.md', import.meta.url), 'utf8');
const [, figure = ''] = /autoSelectFamilyAttemptTimeout: ([\d_]+)/.exec(page) ?? [];
const autoSelectFamilyAttemptTimeout = Number(figure.replaceAll('_', ''));

/** Takes two connections while it sleeps, and lets no other get that far. */
const listening = `
  const server = require('node:net').createServer((socket) => socket.destroy());
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    console.log(server.address().port);
  });
`;

/** IPv4, which is slow, and then IPv6, on which nobody listens. */
const lookup: LookupFunction = (_host, _options, callback) => {
  callback(null, [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]);
};

it.skipIf(process.platform !== 'linux')(
  'reaches a host that is slow to answer with the agent of docs/reliability.md alone',
  async () => {
    const host = spawn(process.execPath, ['-e', listening], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const sockets: Socket[] = [];
    try {
      const [line] = (await once(createInterface(host.stdout), 'line')) as [string];
      const port = Number(line);
      host.kill('SIGSTOP');
      // Its queue is full with these.
      for (let count = 0; count < 2; count += 1) {
        const socket = connect(port, '127.0.0.1').on('error', () => undefined);
        sockets.push(socket);
        await once(socket, 'connect');
      }
      const toError = async (options: AgentOptions) => {
        using following = follow(
          webSocketTransport({
            url: `ws://calls.example:${port}/`,
            allowInsecure: true,
            socket: { agent: new Agent({ lookup, ...options }) },
            ...{ accessToken, conversationToken },
          }),
        );
        return await following.error();
      };

      expect(await toError({})).toMatchObject({ code: 'ETIMEDOUT' });
      const patient = toError({ autoSelectFamilyAttemptTimeout });
      host.kill('SIGCONT');
      // It is reached, and hangs up.
      expect(await patient).toMatchObject({ code: 'ECONNRESET' });
    } finally {
      for (const socket of sockets) socket.destroy();
      host.kill('SIGKILL');
    }
  },
);
