import { inspect } from 'node:util';

import { expect, it } from 'vitest';

import {
  AckTimeoutError,
  CallEndedError,
  ConnectionLostError,
  NotOpenError,
  SendFailedError,
  ServerReportedError,
} from './command-error.js';
import { InvalidFrameError } from './invalid-frame-error.js';
import { EndedWithoutCallEndError, isLiveCallError } from './live-call-error.js';
import type { LiveCallError } from './live-call-error.js';
import {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  TokenUnavailableError,
  TransportFailedError,
} from './transport-error.js';

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), {
  code: 'ECONNREFUSED',
});

it.each<[error: LiveCallError, tag: LiveCallError['_tag'], fields: object, message: string]>([
  [
    new HandshakeRefusedError(429, 3_000),
    'HandshakeRefusedError',
    { status: 429, retryAfterMs: 3_000, refusedBy: 'server', isLasting: false },
    'The server refused the connection with 429: too many connections. It asks to wait for 3 s.',
  ],
  [
    new HandshakeRefusedError(407, undefined, { refusedBy: 'proxy' }),
    'HandshakeRefusedError',
    { status: 407, refusedBy: 'proxy' },
    'The HTTP proxy refused the way to the server with 407.',
  ],
  [
    new HandshakeRefusedError(503, 0, { advice: 'it is being updated; look in at noon' }),
    'HandshakeRefusedError',
    { status: 503, retryAfterMs: 0 },
    'The server refused the connection with 503: it is being updated; look in at noon.',
  ],
  [
    new HandshakeTimeoutError(10_000),
    'HandshakeTimeoutError',
    { timeoutMs: 10_000, waitingFor: 'server' },
    'The server did not answer the handshake within 10000 ms; see that it can be reached.',
  ],
  [
    new HandshakeTimeoutError(10_000, 'token'),
    'HandshakeTimeoutError',
    { timeoutMs: 10_000, waitingFor: 'token' },
    'The token provider gave no token within 10000 ms; see that it can be reached.',
  ],
  [
    new ConnectFailedError(refused),
    'ConnectFailedError',
    { code: 'ECONNREFUSED', cause: refused },
    'Could not connect: connect ECONNREFUSED 127.0.0.1:9. Check the URL and the network.',
  ],
  [
    new ConnectFailedError(undefined),
    'ConnectFailedError',
    { code: undefined, cause: undefined },
    'Could not connect: no reason given. Check the URL and the network.',
  ],
  [
    new TokenUnavailableError('accessToken', new RangeError('4711')),
    'TokenUnavailableError',
    { token: 'accessToken' },
    'The accessToken function failed (RangeError); it must give a non-empty string.',
  ],
  [
    new TokenUnavailableError('conversationToken'),
    'TokenUnavailableError',
    { token: 'conversationToken' },
    'The conversationToken function gave no usable token; it must give a non-empty string.',
  ],
  [
    new ConnectionClosedError(1001),
    'ConnectionClosedError',
    { code: 1001, reason: '', wasClean: true },
    'The connection was closed with 1001 (going away).',
  ],
  [
    new ConnectionClosedError(4321, 'whatever', { cause: refused }),
    'ConnectionClosedError',
    { code: 4321, reason: 'whatever', wasClean: true, cause: refused },
    'The connection was closed with 4321.',
  ],
  [
    new InvalidFrameError('Hello', 'JSON'),
    'InvalidFrameError',
    { path: '', expected: 'JSON', length: 5 },
    'An invalid message arrived: a frame of 5 characters is not JSON. It was skipped.',
  ],
  [
    new InvalidFrameError(Uint8Array.of(1, 2, 3), 'JSON'),
    'InvalidFrameError',
    { path: '', expected: 'JSON', length: 3 },
    'An invalid message arrived: a frame of 3 bytes is not JSON. It was skipped.',
  ],
  [
    new InvalidFrameError('{"type":"ack"}', 'string', 'ackId'),
    'InvalidFrameError',
    { path: 'ackId', expected: 'string', length: 14 },
    'An invalid message arrived: `ackId` is not of type string. It was skipped.',
  ],
  [
    new ServerReportedError('Could not join'),
    'ServerReportedError',
    { description: 'Could not join' },
    'The server reported an error; its words are in `description`.',
  ],
  [
    new EndedWithoutCallEndError(new ConnectionClosedError(1000)),
    'EndedWithoutCallEndError',
    { cause: new ConnectionClosedError(1000) },
    'The server closed the connection without event:callEnd; the call may still be going on.',
  ],
  [
    new EndedWithoutCallEndError(new ConnectionClosedError(1000), { isGone: true }),
    'EndedWithoutCallEndError',
    { cause: new ConnectionClosedError(1000) },
    'The server closed the connection without event:callEnd, and then knew the call no more (404): it has most likely ended.',
  ],
  [
    new NotOpenError(),
    'NotOpenError',
    { delivery: 'not-sent', waitedMs: 0 },
    'The connection is not open; the command was not sent. Send it once the connection is open.',
  ],
  [
    new NotOpenError(5_000),
    'NotOpenError',
    { delivery: 'not-sent', waitedMs: 5_000 },
    'No connection opened within 5000 ms; the command was not sent. Send it once the connection is open.',
  ],
  [
    new AckTimeoutError('client:joinCall', 5_000, []),
    'AckTimeoutError',
    { delivery: 'unknown', ackTimeoutMs: 5_000, errorsSinceSend: [] },
    'No ack for client:joinCall within 5000 ms; whether it was carried out is unknown.',
  ],
  [
    new AckTimeoutError('client:endCall', 9, [new ServerReportedError('busy')]),
    'AckTimeoutError',
    { delivery: 'unknown', ackTimeoutMs: 9, errorsSinceSend: [new ServerReportedError('busy')] },
    'No ack for client:endCall within 9 ms; whether it was carried out is unknown. ' +
      'The server reported 1 error(s) meanwhile.',
  ],
  [
    new ConnectionLostError('client:joinCall', new ConnectionClosedError(1006)),
    'ConnectionLostError',
    { delivery: 'unknown', cause: new ConnectionClosedError(1006) },
    'The connection ended before client:joinCall was acknowledged; whether it was carried out is unknown.',
  ],
  [
    new CallEndedError('client:joinCall', 'not-sent'),
    'CallEndedError',
    { delivery: 'not-sent' },
    'The call, or the following of it, ended before client:joinCall was sent; it was not sent.',
  ],
  [
    new CallEndedError('client:joinCall', 'unknown'),
    'CallEndedError',
    { delivery: 'unknown' },
    'The call, or the following of it, ended before client:joinCall was acknowledged; whether it was carried out is unknown.',
  ],
  [
    new SendFailedError('client:joinCall', 'unknown', 'the transport', {
      failure: new TypeError('4711'),
    }),
    'SendFailedError',
    { delivery: 'unknown', failure: new TypeError('4711') },
    'Sending client:joinCall failed, and whether it was carried out is unknown: ' +
      'the transport failed with TypeError; what it said is in `failure`.',
  ],
  [
    new SendFailedError('client:joinCall', 'not-sent', 'createId must give a non-empty string'),
    'SendFailedError',
    { delivery: 'not-sent', failure: undefined },
    'client:joinCall was not sent: createId must give a non-empty string.',
  ],
])('tells by %s what happened and what to do', (error, tag, fields, message) => {
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe(tag);
  expect(error).toMatchObject({ _tag: tag, ...fields });
  expect(error.message).toBe(message);
});

it.each([
  [302, ''],
  [400, ': the conversation token is not valid'],
  [401, ': the access token is missing, wrong or expired'],
  [403, ': the access token does not allow this call'],
  [404, ': no such conversation, or the call is no longer active'],
  [426, ''],
  [500, ': the server failed'],
  [503, ': the server failed'],
])('says what a handshake answered %i means', (status, meaning) => {
  expect(new HandshakeRefusedError(status).message).toBe(
    `The server refused the connection with ${status}${meaning}.`,
  );
});

it.each([
  [new Error('certificate has expired'), 'certificate has expired'],
  [Object.assign(new AggregateError([]), { code: 'ETIMEDOUT' }), 'ETIMEDOUT'],
  [new TypeError(), 'TypeError'],
  [Object.assign(new Error(), { code: 3 }), 'Error'],
  ['a string that may hold anything', 'no reason given'],
  [{ message: 'no error' }, 'no reason given'],
])('says why it could not connect: %s', (cause, why) => {
  expect(new ConnectFailedError(cause).message).toBe(
    `Could not connect: ${why}. Check the URL and the network.`,
  );
});

it.each([
  [
    'CERT_HAS_EXPIRED',
    {},
    "The server's certificate is not accepted (CERT_HAS_EXPIRED): it would come again however often it is dialled.",
  ],
  [
    'CERT_HAS_EXPIRED',
    { advice: 'the server needs a new one' },
    "The server's certificate is not accepted (CERT_HAS_EXPIRED): the server needs a new one.",
  ],
  [
    'ERR_ACCESS_DENIED',
    {},
    'Could not connect: no; it would come again however often it is dialled.',
  ],
  ['ECONNREFUSED', { advice: 'do this' }, 'Could not connect: no; do this.'],
])('says what is not worth dialling again: %s, %o', (code, options, message) => {
  const error = new ConnectFailedError(Object.assign(new Error('no.'), { code }), options);

  expect(error).toMatchObject({ code, isLasting: true, message });
});

it.each([
  [1000, true],
  [1005, true],
  [1006, false],
  [4999, true],
])('takes a close with %i as clean: %s', (code, wasClean) => {
  expect(new ConnectionClosedError(code).wasClean).toBe(wasClean);
});

it('believes who says whether a close was clean', () => {
  expect(new ConnectionClosedError(1011, '', { wasClean: false }).wasClean).toBe(false);
});

it.each<[field: string, error: LiveCallError, value: unknown]>([
  ['reason', new ConnectionClosedError(1008, '4711'), '4711'],
  ['description', new ServerReportedError('4711'), '4711'],
  ['frame', new InvalidFrameError('"4711"', 'ServerMessage'), '"4711"'],
  ['providerError', new TokenUnavailableError('accessToken', new Error('4711')), new Error('4711')],
  ['providerError', new TokenUnavailableError('accessToken', '4711'), '4711'],
  ['failure', new TransportFailedError(new Error('4711')), new Error('4711')],
  [
    'failure',
    new SendFailedError('client:joinCall', 'unknown', 'the transport', { failure: '4711' }),
    '4711',
  ],
])('has a %s that is read, and not shown', (field, error, value) => {
  expect(error).toHaveProperty(field, value);
  expect(Object.keys(error)).not.toContain(field);
  const nested = { error: new ConnectionLostError('client:joinCall', error) };
  for (const shown of [
    error.message,
    error.stack,
    JSON.stringify(error),
    inspect(error),
    inspect(nested, { depth: Infinity }),
  ]) {
    expect(shown).not.toContain('4711');
  }
});

it('does not show the errors the server reported with a timeout', () => {
  const error = new AckTimeoutError('client:joinCall', 5_000, [new ServerReportedError('4711')]);

  expect(error.errorsSinceSend[0]?.description).toBe('4711');
  expect(JSON.stringify(error)).not.toContain('4711');
  expect(inspect(error, { depth: Infinity })).not.toContain('4711');
});

it('has no cause where there is none', () => {
  expect(new ConnectionClosedError(1006)).not.toHaveProperty('cause');
  expect(new NotOpenError()).not.toHaveProperty('cause');
});

it.each([new NotOpenError(), new ConnectionClosedError(1006), new ServerReportedError('busy')])(
  'knows %s as its own',
  (error) => {
    expect(isLiveCallError(error)).toBe(true);
  },
);

it.each([new Error('other'), { _tag: 'NotOpenError' }, 'NotOpenError', null, undefined])(
  'does not take %o for its own',
  (error) => {
    expect(isLiveCallError(error)).toBe(false);
  },
);

it('has no stack of what only the server knows, and every other error has one', () => {
  expect(new ServerReportedError('busy').stack).not.toMatch(/^ *at /m);
  expect(new NotOpenError().stack).toMatch(/^ *at /m);
});
