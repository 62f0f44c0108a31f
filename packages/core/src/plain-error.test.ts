import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';

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
import { errorsByTag, fromPlainError, toPlainError } from './plain-error.js';
import {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  TokenUnavailableError,
  TransportFailedError,
} from './transport-error.js';

/** Stands for what must stay hidden. */
const CANARY = 'canary-4711';

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), {
  code: 'ECONNREFUSED',
  address: CANARY,
});
const closed = new ConnectionClosedError(1008, CANARY, { cause: refused });

const errors: { readonly [Tag in LiveCallError['_tag']]: readonly LiveCallError[] } = {
  HandshakeRefusedError: [new HandshakeRefusedError(503), new HandshakeRefusedError(429, 7_000)],
  HandshakeTimeoutError: [
    new HandshakeTimeoutError(10_000),
    new HandshakeTimeoutError(10_000, 'token'),
  ],
  ConnectFailedError: [
    new ConnectFailedError(refused),
    new ConnectFailedError(Object.assign(new Error(''), { code: 'CERT_HAS_EXPIRED' })),
    new ConnectFailedError(undefined),
  ],
  TokenUnavailableError: [new TokenUnavailableError('accessToken', new RangeError(CANARY))],
  ConnectionClosedError: [closed, new ConnectionClosedError(1006)],
  TransportFailedError: [new TransportFailedError(new Error(CANARY))],
  InvalidFrameError: [
    new InvalidFrameError(`{"type":"${CANARY}"}`, 'string', 'msg'),
    new InvalidFrameError(Uint8Array.of(1, 2), 'JSON'),
  ],
  ServerReportedError: [new ServerReportedError(CANARY)],
  EndedWithoutCallEndError: [new EndedWithoutCallEndError(new ConnectionClosedError(1000, CANARY))],
  NotOpenError: [new NotOpenError(), new NotOpenError(5_000)],
  AckTimeoutError: [
    new AckTimeoutError('client:joinCall', 5_000, []),
    new AckTimeoutError('client:joinCall', 5_000, [
      new ServerReportedError(CANARY),
      new ServerReportedError(CANARY),
    ]),
  ],
  ConnectionLostError: [
    new ConnectionLostError('client:joinCall', closed),
    new ConnectionLostError('client:joinCall', CANARY),
  ],
  CallEndedError: [
    new CallEndedError('client:endCall', 'not-sent'),
    new CallEndedError('client:endCall', 'unknown'),
  ],
  SendFailedError: [
    new SendFailedError('client:joinCall', 'unknown', 'the transport', {
      failure: new Error(CANARY),
    }),
    new SendFailedError('client:joinCall', 'not-sent', 'createId gave no id'),
  ],
};
const every = Object.values(errors)
  .flat()
  .map((error, number) => [`${error._tag} (${number})`, error] as const);

/** What is to be the same on the other side. */
const toShown = (error: LiveCallError): unknown => ({
  prototype: Object.getPrototypeOf(error) as unknown,
  fields: Object.fromEntries(Object.entries(error).filter(([, value]) => value !== undefined)),
  message: error.message,
  cause: error.cause instanceof Error ? [error.cause.name, error.cause.message] : undefined,
});

const ways: Readonly<Record<string, (error: LiveCallError) => unknown>> = {
  'JSON.stringify of the error': (error) => JSON.parse(JSON.stringify(error)) as unknown,
  'JSON.stringify of a value that holds it': (error) =>
    (JSON.parse(JSON.stringify({ status: 'closed', error })) as { error: unknown }).error,
  'a message to another thread': (error) => {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(toPlainError(error));
    const received = receiveMessageOnPort(port2) as { message: unknown };
    port1.close();
    return received.message;
  },
  'a structured clone': (error) => structuredClone<unknown>(toPlainError(error)),
};

for (const [way, send] of Object.entries(ways)) {
  it.each(every)(`comes back from ${way} as it was: %s`, (_name, error) => {
    const back = fromPlainError(send(error));

    expect(toShown(back)).toEqual(toShown(error));
    expect(isLiveCallError(back)).toBe(true);
    expect(back.stack).toBe(`${error.name}: ${error.message}`);
    expect(Object.keys(back).sort()).toEqual(expect.arrayContaining(['_tag', 'name']));
  });
}

it.each(every)('shows nothing that was hidden: %s', (_name, error) => {
  const plain = toPlainError(error);
  const back = fromPlainError(plain);

  for (const shown of [
    JSON.stringify(error),
    inspect(plain, { depth: Infinity, showHidden: true }),
    inspect(back, { depth: Infinity, showHidden: true }),
  ]) {
    expect(shown).not.toContain(CANARY);
  }
});

it('has an example of every error', () => {
  expect(Object.keys(errors).sort()).toEqual(Object.keys(errorsByTag).sort());
  for (const [tag, examples] of Object.entries(errors)) {
    expect(examples.map(({ _tag }) => _tag)).toEqual(examples.map(() => tag));
  }
});

it('keeps the causes of causes', () => {
  const error = new ConnectionLostError('client:joinCall', closed);
  const back = fromPlainError(JSON.parse(JSON.stringify(error)));

  expect(back.cause).toBeInstanceOf(ConnectionClosedError);
  expect(back.cause).toMatchObject({
    code: 1008,
    reason: '',
    cause: { name: 'Error', code: 'ECONNREFUSED', message: refused.message },
  });
});

it('ends with a circle of causes', () => {
  const one = new Error('one');
  const other = new Error('other', { cause: one });
  one.cause = other;

  expect(JSON.stringify(new ConnectionLostError('client:joinCall', one)).length).toBeLessThan(
    2_000,
  );
});

it('can be thrown and told apart on the other side', () => {
  const back = fromPlainError(structuredClone(toPlainError(new HandshakeRefusedError(429, 7_000))));

  expect(back).toBeInstanceOf(HandshakeRefusedError);
  expect(back).toEqual(new HandshakeRefusedError(429, 7_000));
  expect(back._tag === 'HandshakeRefusedError' && back.retryAfterMs).toBe(7_000);
});

it('takes nothing of a plain form but its own fields', () => {
  const plain: unknown = JSON.parse(
    '{"_tag":"NotOpenError","message":"m","delivery":"not-sent","waitedMs":0,"stack":"s","extra":1,"__proto__":{"polluted":true},"toJSON":1}',
  );
  const back = fromPlainError(plain);

  expect(Object.keys(back).sort()).toEqual(['_tag', 'delivery', 'name', 'waitedMs']);
  expect(back).not.toHaveProperty('polluted');
  expect(back.stack).toBe('NotOpenError: m');
});

it.each([
  undefined,
  null,
  'NotOpenError',
  {},
  [],
  { _tag: 'NotOpenError' },
  { _tag: 'toString', message: 'm' },
  { _tag: 'RecordingError', message: 'm' },
  { name: 'Error', message: 'm' },
  { _tag: 'NotOpenError', message: 'm', delivery: 'sent', waitedMs: 0 },
  { _tag: 'HandshakeRefusedError', message: 'm', status: '429' },
  { _tag: 'AckTimeoutError', message: 'm', delivery: 'unknown', ackTimeoutMs: 1 },
  {
    _tag: 'AckTimeoutError',
    message: 'm',
    delivery: 'unknown',
    ackTimeoutMs: 1,
    errorsSinceSend: [1],
  },
])('refuses what is no plain form: %o', (plain) => {
  expect(() => fromPlainError(plain)).toThrow(TypeError);
});

it('knows the errors of another realm', () => {
  const failure: unknown = runInNewContext(
    "Object.assign(new RangeError('no entropy'), { code: 'ERR_OUT_OF_RANGE' })",
  );

  expect(failure).not.toBeInstanceOf(Error);
  expect(new ConnectFailedError(failure)).toMatchObject({
    code: 'ERR_OUT_OF_RANGE',
    message: 'Could not connect: no entropy. Check the URL and the network.',
  });
  expect(new TransportFailedError(failure).message).toContain('RangeError');
  expect(new TokenUnavailableError('accessToken', failure).message).toContain('RangeError');
  expect(toPlainError(new ConnectFailedError(failure)).cause).toEqual({
    name: 'RangeError',
    message: 'no entropy',
    code: 'ERR_OUT_OF_RANGE',
  });
});
