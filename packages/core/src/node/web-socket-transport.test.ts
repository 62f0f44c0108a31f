import { EventEmitter } from 'node:events';
import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';

import { catchError, filter, map, NEVER, Subject, take, takeUntil, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it, vi } from 'vitest';

import { liveCall } from '../live-call.js';
import type { Token } from '../token.js';
import {
  ConnectionClosedError,
  HandshakeTimeoutError,
  TokenUnavailableError,
} from '../transport-error.js';
import type { HandshakeRefusedError } from '../transport-error.js';
import { passOnTransport } from './pass-on-transport.js';
import { webSocketTransport } from './web-socket-transport.js';
import type { WebSocketTransportOptions } from './web-socket-transport-options.js';

/* Sockets are opened in the acceptance tests; those that are dialled here are fakes. */

/** A socket that does nothing by itself. */
interface FakeSocket {
  readonly clientOptions: unknown;
  ping: () => void;
  emit(event: 'open' | 'unexpected-response', ...told: unknown[]): boolean;
}

const fakes = vi.hoisted((): { readonly sockets: FakeSocket[] } => ({ sockets: [] }));

vi.mock('ws', async () => {
  const { EventEmitter } = await import('node:events');
  class WebSocket extends EventEmitter implements FakeSocket {
    static readonly OPEN = 1;
    readonly readyState = WebSocket.OPEN;
    readonly clientOptions: unknown;
    ping = () => undefined;
    readonly close = () => undefined;

    constructor(_url: URL, _protocols: unknown, clientOptions: unknown) {
      super();
      this.clientOptions = clientOptions;
      fakes.sockets.push(this);
    }

    terminate(): void {
      this.emit('close', 1006, Buffer.of());
    }
  }
  return { WebSocket };
});

const options: WebSocketTransportOptions = {
  url: 'wss://calls.example/ws/v1/liveCalls',
  accessToken: 'eyJh',
  conversationToken: 'c0ffee',
};

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

function refusalOf(wrong: Partial<WebSocketTransportOptions>): TypeError {
  try {
    void webSocketTransport({ ...options, ...wrong });
  } catch (error) {
    if (error instanceof TypeError) return error;
  }
  throw new Error('The options were accepted.');
}

it.each<[what: string, accepted: Partial<WebSocketTransportOptions>]>([
  ['wss:', {}],
  ['a port and a query', { url: 'wss://calls.example:8443/ws/v1/liveCalls?region=eu' }],
  ['ws: to localhost', { url: 'ws://localhost:8080/ws/v1/liveCalls' }],
  ['ws: to 127.0.0.1', { url: 'ws://127.0.0.1:8080/' }],
  ['ws: to 127.8.9.10', { url: 'ws://127.8.9.10' }],
  ['ws: to [::1]', { url: 'ws://[::1]:8080/' }],
  ['ws: where that is meant', { url: 'ws://calls.example/', allowInsecure: true }],
  ['functions for tokens', { accessToken: () => '', conversationToken: () => NEVER }],
  ['an agent and authorities', { socket: { agent: new SecureAgent(), ca: 'PEM' } }],
  ['an agent for ws:', { url: 'ws://127.0.0.1/', socket: { agent: new Agent() } }],
  ['an agent that serves both', { socket: { agent: Object.create(new Agent()) as Agent } }],
])('accepts %s', (_what, accepted) => {
  expect(() => webSocketTransport({ ...options, ...accepted })).not.toThrow();
});

it.each([
  ['', 'The url is not a URL; it should look like wss://HOST/ws/v1/liveCalls.'],
  ['s3cret', 'The url is not a URL; it should look like wss://HOST/ws/v1/liveCalls.'],
  ['calls.example/s3cret', 'The url is not a URL; it should look like wss://HOST/ws/v1/liveCalls.'],
  ['wss://', 'The url is not a URL; it should look like wss://HOST/ws/v1/liveCalls.'],
  ['https://calls.example/s3cret', 'The url must start with wss:, not https://.'],
  ['file:///s3cret', 'The url must start with wss:.'],
  ['s3cret:calls.example', 'The url must start with wss:.'],
  [
    'ws://calls.example/s3cret',
    'The url must start with wss: for calls.example: with ws: the tokens cross the network in the clear.',
  ],
  [
    'ws://127.0.0.1.example/',
    'The url must start with wss: for 127.0.0.1.example: with ws: the tokens cross the network in the clear.',
  ],
  [
    'ws://not-localhost/',
    'The url must start with wss: for not-localhost: with ws: the tokens cross the network in the clear.',
  ],
  [
    'ws://localhost.example/',
    'The url must start with wss: for localhost.example: with ws: the tokens cross the network in the clear.',
  ],
  ['wss://s3cret@calls.example/', 'The url must have no user name, password or fragment.'],
  ['wss://user:s3cret@calls.example/', 'The url must have no user name, password or fragment.'],
  ['wss://calls.example/#s3cret', 'The url must have no user name, password or fragment.'],
  [
    'wss://calls.example/?conversationToken=s3cret',
    'The url must not carry a token; tokens are given apart from it.',
  ],
  [
    'wss://calls.example/?region=eu&api_key=s3cret',
    'The url must not carry a token; tokens are given apart from it.',
  ],
  [
    'wss://calls.example/?AUTHORIZATION=s3cret',
    'The url must not carry a token; tokens are given apart from it.',
  ],
])('refuses the url %j', (url, message) => {
  const error = refusalOf({ url });

  expect(error.message).toBe(message);
  expect(error.message).not.toContain('s3cret');
  expect(error.cause).toBeUndefined();
});

it.each<[what: string, wrong: Partial<WebSocketTransportOptions>, message: string]>([
  [
    'of http: for wss:',
    { socket: { agent: new Agent() } },
    "The url starts with wss:, so agent must be an https.Agent or a proxy's.",
  ],
  [
    'of https: for ws:',
    { url: 'ws://127.0.0.1/', socket: { agent: new SecureAgent() } },
    "The url starts with ws:, so agent must be an http.Agent or a proxy's.",
  ],
  [
    'that is none',
    { socket: { agent: { dispatch: () => true } as unknown as Agent } },
    'agent must be an https.Agent, or one of its kind, such as a proxy agent.',
  ],
])('refuses an agent %s', (_what, wrong, message) => {
  expect(refusalOf(wrong).message).toBe(message);
});

it.each<Token>(['', 's3cret token', 's3cret\n', 's3cret\r\nX-Admin: 1', 's3crét s3cret'])(
  'refuses the token %j',
  (token) => {
    for (const name of ['accessToken', 'conversationToken'] as const) {
      const error = refusalOf({ [name]: token });

      expect(error.message).toContain(`${name} must be a non-empty string`);
      expect(error.message).not.toContain('s3cr');
    }
  },
);

it.each<[name: string, toWrong: (ms: number) => Partial<WebSocketTransportOptions>]>([
  ['handshakeTimeoutMs', (handshakeTimeoutMs) => ({ handshakeTimeoutMs })],
  ['closeTimeoutMs', (closeTimeoutMs) => ({ socket: { closeTimeoutMs } })],
  ['pingIntervalMs', (pingIntervalMs) => ({ heartbeat: { pingIntervalMs } })],
  ['pongTimeoutMs', (pongTimeoutMs) => ({ heartbeat: { pongTimeoutMs } })],
])('refuses a %s that is no duration', (name, toWrong) => {
  for (const ms of [NaN, Infinity, -1, 2 ** 31]) {
    expect(refusalOf(toWrong(ms)).message).toContain(`${name} must be from `);
  }
});

it('asks for no token before it is subscribed', () => {
  const token = vi.fn(() => NEVER);
  void webSocketTransport({ ...options, accessToken: token, conversationToken: token });

  expect(token).not.toHaveBeenCalled();
});

it('asks for both tokens at once, on every dial', () => {
  const accessToken = vi.fn(() => NEVER);
  const conversationToken = vi.fn(() => NEVER);
  const transport = webSocketTransport({ ...options, accessToken, conversationToken });
  transport.subscribe().unsubscribe();
  transport.subscribe().unsubscribe();

  expect(accessToken.mock.calls).toEqual([[{ reason: 'connect' }], [{ reason: 'connect' }]]);
  expect(conversationToken.mock.calls).toEqual([[{ reason: 'connect' }], [{ reason: 'connect' }]]);
});

it('fails in the same turn when a token is not to be had', () => {
  run((time) => {
    const providerError = new Error('offline');
    const transport = webSocketTransport({
      ...options,
      accessToken: () => throwError(() => providerError),
    });
    const error = new TokenUnavailableError('accessToken', providerError);
    time.expectObservable(transport).toBe('#', {}, error);
  });
});

it('counts the wait for a token into the handshake', () => {
  run((time) => {
    const provided$ = time.cold('----------');
    const asked = '              ^----!    ';
    const expected = '           -----#    ';
    const transport = webSocketTransport({
      ...options,
      conversationToken: () => provided$,
      handshakeTimeoutMs: 5,
    });
    const error = new HandshakeTimeoutError(5, 'token');

    time.expectObservable(transport).toBe(expected, {}, error);
    time.expectSubscriptions(provided$.subscriptions).toBe(asked);
  });
});

it('gives the handshake ten seconds by default', () => {
  run((time) => {
    const transport = webSocketTransport({ ...options, accessToken: () => NEVER });

    time.expectObservable(transport).toBe('10s #', {}, new HandshakeTimeoutError(10_000, 'token'));
  });
});

it('reads a refusal to its end, though the handshake has no time left', () => {
  run((time) => {
    const refused$ = passOnTransport(options, { rawHeaders: [], search: '' }).pipe(
      catchError((error: unknown) => {
        const { status, answer } = error as HandshakeRefusedError;
        return [`${status} ${Buffer.from(answer?.body ?? []).toString()}`];
      }),
    );
    const response = Object.assign(new EventEmitter(), {
      ...{ statusCode: 403, statusMessage: 'Forbidden', rawHeaders: [], headers: {} },
    });
    const said = '    9s r--- 2s e';
    const expected = '9s ---- 2s (e|)';

    time.expectObservable(refused$).toBe(expected, { e: '403 not today' });
    time.cold(said).subscribe((what) => {
      if (what === 'r') {
        fakes.sockets.at(-1)?.emit('unexpected-response', {}, response);
        response.emit('data', Buffer.from('not today'));
      } else {
        response.emit('end');
      }
    });
  });
});

it('pings every 15 seconds by default, and gives what comes back ten', () => {
  run((time) => {
    const pings$ = new Subject<string>();
    const opened$ = webSocketTransport(options).pipe(map(() => 'o'));
    const pings = '   15s      p';
    const expected = 'o 24999ms #';
    const why = 'the server did not answer a ping';
    const error = new ConnectionClosedError(1006, '', { why, cause: new Error(why) });

    time.expectObservable(pings$).toBe(pings);
    time.expectObservable(opened$).toBe(expected, { o: 'o' }, error);
    time.cold('o').subscribe(() => {
      const socket = fakes.sockets.at(-1);
      if (socket === undefined) throw new Error('Nothing was dialled.');
      socket.ping = () => {
        pings$.next('p');
      };
      socket.emit('open');
    });
  });
});

it('gives its socket the defaults for the close and the longest message', () => {
  webSocketTransport(options).subscribe().unsubscribe();

  expect(fakes.sockets.at(-1)?.clientOptions).toMatchObject({
    closeTimeout: 2_000,
    maxPayload: 1_048_576,
    perMessageDeflate: false,
    followRedirects: false,
  });
});

it('stops asking for a token when it is unsubscribed', () => {
  run((time) => {
    const provided$ = time.cold('-----a');
    const left = '               ^--!  ';
    const asked = '              ^--!  ';
    const expected = '           ------';
    const transport = webSocketTransport({ ...options, accessToken: () => provided$ });

    time.expectObservable(transport, left).toBe(expected);
    time.expectSubscriptions(provided$.subscriptions).toBe(asked);
  });
});

it('dials nothing for one who leaves while the token is asked for', () => {
  const leave$ = new Subject<void>();
  const before = fakes.sockets.length;
  const transport = webSocketTransport({
    url: 'wss://calls.example/',
    accessToken: () => {
      leave$.next();
      return 'an-access-token';
    },
    conversationToken: 'a-conversation-token',
  });
  transport.pipe(takeUntil(leave$)).subscribe();

  expect(fakes.sockets.length).toBe(before);
});

it('pings at once when it is to look now, and gives what comes back ten seconds', () => {
  run((time) => {
    const pings$ = new Subject<string>();
    const call = liveCall(webSocketTransport(options), { retry: false });
    call.messages$.subscribe({ error: () => undefined });
    const pings = '1500ms p';
    const state = 'o 11499ms (x|)';
    const name$ = call.state$.pipe(
      filter(({ status }) => status === 'open' || status === 'closed'),
      map(({ status }) => (status === 'open' ? 'o' : 'x')),
      take(2),
    );

    time.expectObservable(pings$).toBe(pings);
    time.expectObservable(name$).toBe(state);
    time.cold('o').subscribe(() => {
      call.connect();
      const socket = fakes.sockets.at(-1);
      if (socket === undefined) throw new Error('Nothing was dialled.');
      socket.ping = () => {
        pings$.next('p');
      };
      socket.emit('open');
    });
    time.cold('1500ms l').subscribe(() => {
      call.lookNow();
    });
  });
});
