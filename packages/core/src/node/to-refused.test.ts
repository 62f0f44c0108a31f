import { expect, it } from 'vitest';

import { toRefused } from './to-refused.js';

it.each([
  [101, 'it did not switch to the WebSocket protocol; check the URL'],
  [200, 'it did not switch to the WebSocket protocol; check the URL'],
  [302, 'redirects are never followed; use the final URL'],
  [
    400,
    'the conversation token is not valid; take it from the call log entry (liveConversationToken); some proxies answer so where the headers, the access token in them, are too long',
  ],
  [401, 'the access token is missing, wrong or expired; get a new one'],
  [403, 'the access token does not allow this call; check whose token it is'],
  [
    404,
    'no such conversation, or the call is no longer active; check the URL and the conversation token',
  ],
  [407, 'a proxy before the server wants credentials'],
  [408, 'the server gave up waiting; try again'],
  [418, 'it did not switch to the WebSocket protocol; check the URL'],
  [
    426,
    'the request came without its upgrade; a proxy in between must pass Upgrade and Connection on',
  ],
  [429, 'too many connections; wait before the next one'],
  [
    431,
    'the headers are too long for it, or for a proxy in between; check the length of the access token',
  ],
  [500, 'the server failed; try again later'],
  [503, 'the server failed; try again later'],
])('advises what to do about a handshake answered %i', (status, advice) => {
  expect(toRefused(status, 3_000, { refusedBy: 'server' }).message).toBe(
    `The server refused the connection with ${status}: ${advice}. It asks to wait for 3 s.`,
  );
});

it.each([
  [403, 'it does not let through to this host and port; ask who runs it'],
  [405, 'check the URL of the proxy, and that it knows CONNECT'],
  [407, 'it wants credentials; give them to the `socket.agent`'],
  [429, 'it has too much to do; wait, and try again'],
  [502, 'it did not reach the server; check the host in the URL, and see that it is up'],
])('advises what to do about a proxy that answered %i', (status, advice) => {
  expect(toRefused(status, undefined, { refusedBy: 'proxy' }).message).toBe(
    `The HTTP proxy refused the way to the server with ${status}: ${advice}.`,
  );
});

it('keeps what it was told of', () => {
  const answer = { statusText: 'Too Many Requests', rawHeaders: [], body: new Uint8Array() };
  const error = toRefused(429, 7_000, { answer, refusedBy: 'server' });

  expect(error).toMatchObject({ status: 429, retryAfterMs: 7_000, refusedBy: 'server' });
  expect(error).toHaveProperty('answer', answer);
});
