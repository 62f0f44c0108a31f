import { inspect } from 'node:util';

import { liveCall } from '@livecall/core';
import type { Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { createSecrets, record, recordingSink } from '@livecall/recording';
import { ack, replay, scenario, serveReplays, showDivergence } from '@livecall/tools';
import { config } from 'rxjs';
import { expect, it, onTestFinished } from 'vitest';

import { accessToken, conversationToken, expectNoToken } from './fixtures/canary-tokens.js';
import { follow, followCall } from './fixtures/follow.js';
import { CALL_END, START } from './fixtures/frames.js';
import { startPlatform } from './fixtures/platform.js';
import type { Answer } from './fixtures/platform.js';
import { startRawServer } from './fixtures/raw-server.js';
import type { RawDial } from './fixtures/raw-server.js';

/* A server that says the tokens back, wherever it can say something. */

/** One with everything that is written differently in a query, in JSON and in base64. */
const oddToken = `canary"odd\\~!'()*/+&=%7E?token`;

const secrets = [accessToken, conversationToken, oddToken, ...accessToken.split('.')];

const toSmall = (encoded: string) =>
  encoded.replaceAll(/%[\dA-F]{2}/g, (escape) => escape.toLowerCase());

/** A form in which a secret is said, and what of it gives it away. */
const told = secrets.flatMap((secret): (readonly [said: string, form: string])[] => {
  const inBearer = Buffer.from(`Bearer ${secret}`).toString('base64');
  const inWord = Buffer.from(`x${secret}x`).toString('base64url');
  const inWords = Buffer.from(`xx${secret}xx`).toString('base64url');
  return [
    ...[
      secret,
      encodeURIComponent(secret),
      toSmall(encodeURIComponent(secret)),
      new URLSearchParams({ secret }).toString().slice('secret='.length),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
    ].map((form) => [form, form] as const),
    ...[inBearer, inWord, inWords].map((said) => [said, said.slice(12, -6)] as const),
  ];
});
const forms = told.map(([, form]) => form);

/** What a server that means no good says: all tokens, in all forms. */
const ECHO = told.map(([said]) => said).join(' ');
const SHORT_ECHO = [oddToken, conversationToken].join(' ');

function expectNoForm(text: string): void {
  expectNoToken(text);
  const found = [...forms, JSON.stringify(oddToken).slice(1, -1)].filter((form) =>
    text.includes(form),
  );
  expect(found, `a token stands in: ${text}`).toEqual([]);
}

/** A call to `url` that is recorded, and everything that was said of it. */
async function recordCall(url: string, token = conversationToken) {
  const lines: string[] = [];
  // Those that are dialled with, the transport tells by itself.
  const concealed = createSecrets([conversationToken, oddToken].filter((each) => each !== token));
  const sink = recordingSink((line) => lines.push(line), { endpoint: url, secrets: concealed });
  const transport: Transport = webSocketTransport({ url, accessToken, conversationToken: token });
  const call = liveCall(transport.pipe(record(sink)), {
    retry: { maxAttempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
  });
  using following = followCall(call);
  const state = await following.state('closed');
  const errors = await following.errors(Infinity);
  sink.end();
  const said = [
    ...[inspect(call, { depth: Infinity }), inspect(transport, { depth: Infinity })],
    ...[state, ...errors].map((value) => inspect(value, { depth: Infinity })),
    ...errors.flatMap((error) => [String(error), error.stack ?? '', JSON.stringify(error)]),
  ].join('\n');
  return { lines, errors, said };
}

const answers: readonly (readonly [what: string, answer: Answer])[] = [
  ...[301, 400, 401, 403, 500, 503].map(
    (status) =>
      [
        `a refusal with ${status}`,
        { status, headers: { Location: `/?${accessToken}`, 'X-Echo': conversationToken } },
      ] as const,
  ),
  ['a Retry-After', { status: 503, headers: { 'Retry-After': accessToken } }],
  [
    'a close reason',
    (client) => {
      client.close(4000, SHORT_ECHO.slice(0, 120));
    },
  ],
  [
    'an error message',
    (client) => {
      client.send(JSON.stringify({ type: 'error', description: ECHO }));
      client.close(1000);
    },
  ],
  [
    'what was said',
    (client) => {
      client.send(JSON.stringify({ type: 'transcript', role: 'other', msg: ECHO }));
      client.send(JSON.stringify({ type: 'transcript', role: ECHO, msg: 1, [ECHO]: [ECHO] }));
      client.close(1000);
    },
  ],
  [
    'an unknown type',
    (client) => {
      client.send(JSON.stringify({ type: ECHO, [accessToken]: { [conversationToken]: ECHO } }));
      client.close(1000);
    },
  ],
  [
    'what is no JSON',
    (client) => {
      client.send(`{"type":"ack","ackId":"${oddToken}" ${ECHO}`);
      client.close(1000);
    },
  ],
  [
    'bytes',
    (client) => {
      for (const before of ['', 'x', 'xx']) client.send(Buffer.from(`\xff${before}${ECHO}`));
      client.close(1000);
    },
  ],
];

it.each(answers)(
  'keeps tokens out of errors and recordings that come back in %s',
  async (_what, answer) => {
    await using platform = await startPlatform(answer);
    const { lines, errors, said } = await recordCall(platform.url);

    expect(errors.length).toBeGreaterThan(0);
    expectNoForm(said);
    for (const line of lines) {
      expectNoForm(line);
      const { base64 } = JSON.parse(line) as { base64?: string };
      if (base64 !== undefined) expectNoForm(Buffer.from(base64, 'base64').toString('latin1'));
    }
  },
);

it.each<[what: string, answer: (dial: RawDial) => unknown]>([
  ['a status line', ({ socket }) => socket.end(`HTTP/1.1 403 ${accessToken}\r\n\r\n${ECHO}`)],
  ['no HTTP', ({ socket }) => socket.end(ECHO)],
  [
    'a header that is none',
    ({ socket }) => socket.end(`HTTP/1.1 200 OK\r\n${accessToken}\r\n\r\n`),
  ],
  [
    'a subprotocol',
    ({ socket, switching }) =>
      socket.end(
        switching.replace(/\r\n\r\n$/, `\r\nSec-WebSocket-Protocol: ${accessToken}\r\n\r\n`),
      ),
  ],
  [
    'an extension',
    ({ socket, switching }) =>
      socket.end(
        switching.replace(/\r\n\r\n$/, `\r\nSec-WebSocket-Extensions: ${accessToken}\r\n\r\n`),
      ),
  ],
  [
    'an accept',
    ({ socket, switching }) => socket.end(switching.replace(/(Accept: )\S+/, `$1${accessToken}`)),
  ],
  [
    'an upgrade',
    ({ socket, switching }) => socket.end(switching.replace('websocket', accessToken)),
  ],
])('keeps tokens out of errors that come back in %s', async (_what, answer) => {
  await using server = await startRawServer(answer);
  const { lines, errors, said } = await recordCall(server.url);

  expect(errors.length).toBeGreaterThan(0);
  expectNoForm(said);
  lines.forEach(expectNoForm);
});

it('keeps a token of every character out of what is written', async () => {
  await using platform = await startPlatform((client) => {
    client.send(JSON.stringify({ type: 'error', description: ECHO }));
    client.send(CALL_END);
    client.close(1000);
  });
  const { lines, said } = await recordCall(platform.url, oddToken);

  expect((await platform.dial(1)).path).toContain(new URLSearchParams({ '': oddToken }).toString());
  expectNoForm(said);
  lines.forEach(expectNoForm);
});

it('keeps tokens out of what a divergence says', async () => {
  const call = scenario().open().onJoin(ack()).toRecording('call.ndjson');
  await using server = await serveReplays(() => replay(call, { match: 'strict' }));
  const frames = [
    JSON.stringify({ type: ECHO, id: accessToken }),
    JSON.stringify({ type: 'client:joinCall', id: accessToken, [conversationToken]: oddToken }),
    JSON.stringify({ type: 'client:endCall', id: accessToken }),
    ECHO,
    Buffer.from(ECHO),
  ];
  for (const frame of frames) {
    using following = follow(
      webSocketTransport({ url: server.url, accessToken, conversationToken: oddToken }),
    );
    (await following.connection()).send(frame);
    const error = (await following.error()) as { reason?: string };
    expectNoForm(error.reason ?? '');
  }

  const divergences = await server.done();
  expect(divergences.length).toBeGreaterThan(0);
  expectNoForm(divergences.map(showDivergence).join('\n'));
  expectNoForm(JSON.stringify(divergences));
});

it('keeps tokens out of an error that nobody handles', async () => {
  const printed: string[] = [];
  config.onUnhandledError = (error: unknown) => printed.push(inspect(error, { depth: Infinity }));
  onTestFinished(() => {
    config.onUnhandledError = null;
  });
  await using platform = await startPlatform((client) => {
    client.send(START);
    client.close(4000, SHORT_ECHO.slice(0, 120));
  });
  const call = liveCall(webSocketTransport({ url: platform.url, accessToken, conversationToken }));
  call.transcript$.subscribe();
  using following = followCall(call);
  await following.state('closed');
  // RxJS reports it in a turn of its own.
  await new Promise((resolve) => setTimeout(resolve));

  expect(printed).toHaveLength(1);
  printed.forEach(expectNoForm);
});
