import type { EventEmitter } from 'node:events';
import { runInNewContext } from 'node:vm';

import { filter, lastValueFrom } from 'rxjs';
import { beforeEach, expect, it, vi } from 'vitest';

import type { LiveCallError } from '../live-call-error.js';
import { liveCall } from '../live-call.js';
import { webSocketTransport } from './web-socket-transport.js';

/* What becomes of a call by what a socket does that nobody can make a real one do. */

const fakes = vi.hoisted((): { dial: (socket: EventEmitter) => void; dials: number } => ({
  dial: () => undefined,
  dials: 0,
}));

vi.mock('ws', async () => {
  const { EventEmitter } = await import('node:events');
  class WebSocket extends EventEmitter {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    readonly readyState = 3;

    constructor() {
      super();
      fakes.dials += 1;
      fakes.dial(this);
    }
  }
  return { WebSocket };
});

beforeEach(() => {
  fakes.dials = 0;
});

/** Follows a call that dials twice at most, and gives the error that ended it. */
async function failureOf(dial: (socket: EventEmitter) => void): Promise<LiveCallError> {
  fakes.dial = dial;
  const call = liveCall(
    webSocketTransport({
      url: 'wss://calls.example/ws/v1/liveCalls',
      accessToken: 'an-access-token',
      conversationToken: 'a-conversation-token',
    }),
    { retry: { baseDelayMs: 0, maxAttempts: 1 } },
  );
  const ended = lastValueFrom(call.state$.pipe(filter(({ status }) => status === 'closed')));
  call.connect();
  const state = await ended;
  if (state.status !== 'closed' || state.reason !== 'failed') throw new Error('It has not failed.');
  return state.error;
}

const throwing = (error: unknown) => () => {
  throw error;
};

/** The error of a socket that never opens. */
const failing = (error: unknown) => (socket: EventEmitter) => {
  setImmediate(() => {
    socket.emit('error', error);
    socket.emit('close', 1006, Buffer.of());
  });
};

const coded = (error: Error, code: string) => Object.assign(error, { code });
const inOtherRealm = (source: string) => runInNewContext(source) as unknown;

it.each<[what: string, dial: (socket: EventEmitter) => void, message: string]>([
  [
    "the stub that bundlers put in ws's place",
    throwing(new Error('ws does not work in the browser. Browser clients must use …')),
    'use relayTransport of @livecall/core/browser there',
  ],
  [
    'a bundle that has no ws',
    throwing(new TypeError('import_ws.WebSocket is not a constructor')),
    'use relayTransport of @livecall/core/browser there',
  ],
  [
    'a page that has no Buffer',
    throwing(new ReferenceError('Buffer is not defined')),
    'use relayTransport of @livecall/core/browser there',
  ],
  [
    'an option that Node refuses',
    throwing(coded(new TypeError('The "rejectUnauthorized" argument'), 'ERR_INVALID_ARG_TYPE')),
    'check the options and the agent',
  ],
  ['a string that is thrown', throwing('no'), 'check the options and the agent'],
  [
    'an agent that fails with a mistake of its own',
    failing(new TypeError("Cannot read properties of undefined (reading 'host')")),
    'check the options and the agent',
  ],
  [
    "Node's permission model, at once",
    throwing(coded(new Error('Access to this API has been restricted.'), 'ERR_ACCESS_DENIED')),
    'this process is not permitted to use the network; give it --allow-net',
  ],
  [
    "Node's permission model, later",
    failing(coded(new Error('Access to this API has been restricted.'), 'ERR_ACCESS_DENIED')),
    'this process is not permitted to use the network; give it --allow-net',
  ],
  [
    "Deno's permissions",
    failing(Object.assign(new Error('Requires net access to "h"'), { name: 'NotCapable' })),
    'this process is not permitted to use the network; give it --allow-net',
  ],
  [
    'a mistake in another realm',
    failing(inOtherRealm("new TypeError('port must be a number')")),
    'check the options and the agent',
  ],
])('fails at once, with advice, by %s', async (_what, dial, advice) => {
  const error = await failureOf(dial);

  expect(error).toMatchObject({ _tag: 'ConnectFailedError', isLasting: true });
  expect(error.message).toContain(advice);
  expect(error.message).not.toMatch(/\.\.|Check the URL and the network/);
  expect(fakes.dials).toBe(1);
});

it.each<[what: string, error: unknown, code: string | undefined, dials: number]>([
  [
    'refused',
    "Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' })",
    'ECONNREFUSED',
    2,
  ],
  [
    'not trusted',
    "Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' })",
    'CERT_HAS_EXPIRED',
    1,
  ],
  ['aborted', "new DOMException('This operation was aborted', 'AbortError')", undefined, 2],
])(
  'keeps the code and the words of an error of another realm: %s',
  async (_what, made, code, dials) => {
    const context = { DOMException };
    const error = await failureOf(failing(runInNewContext(made as string, context)));

    expect(error).toMatchObject({ _tag: 'ConnectFailedError', code });
    expect((error.cause as Error).message).not.toBe('unknown');
    expect(fakes.dials).toBe(dials);
  },
);

it.each<[whose: string, error: unknown]>([
  [
    "Node's own agent",
    Object.assign(
      new Error('Failed to establish tunnel to h:443 via http://p:1/: HTTP/1.1 407 No'),
      {
        code: 'ERR_PROXY_TUNNEL',
        statusCode: 407,
      },
    ),
  ],
  [
    'Bun, which quotes the URL',
    new Error(
      "WebSocket connection to 'wss://h/ws?conversationToken=a-conversation-token' failed: Proxy authentication required: 407 No",
    ),
  ],
])("tells a proxy's refusal by %s", async (_whose, refusal) => {
  const error = await failureOf(failing(refusal));

  expect(error).toMatchObject({ _tag: 'HandshakeRefusedError', status: 407, refusedBy: 'proxy' });
  expect(fakes.dials).toBe(1);
});
