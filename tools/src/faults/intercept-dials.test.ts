import { ConnectFailedError, HandshakeRefusedError, HandshakeTimeoutError } from '@livecall/core';
import type { Connection, TransportError } from '@livecall/core';
import { NEVER } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { failDial } from './fail-dial.js';
import { refuseDial } from './refuse-dial.js';
import type { Fault } from './create-fault.js';

/* The faults that answer dials in the server's stead. */

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

const o: Connection = { frames$: NEVER, send: () => undefined };

const unreachable = (code: string) =>
  new ConnectFailedError(Object.assign(new Error(`${code}, as a fault`), { code }));

it.each<[alter: Fault, error: TransportError]>([
  [refuseDial({ status: 503 }), new HandshakeRefusedError(503)],
  [refuseDial({ status: 429, retryAfterMs: 2_000 }), new HandshakeRefusedError(429, 2_000)],
  [failDial(), unreachable('ECONNREFUSED')],
  [failDial({ code: 'ENOTFOUND' }), unreachable('ENOTFOUND')],
  [failDial({ reason: 'timeout' }), new HandshakeTimeoutError(0)],
])('answers the first dial, and no other', (alter, error) => {
  run((time) => {
    const serverTransport = time.cold('-o', { o });
    const disturbedTransport = serverTransport.pipe(alter);

    time.expectObservable(disturbedTransport).toBe('#', {}, error);
    time.expectObservable(disturbedTransport, '--^').toBe('---o', { o });
    time.expectSubscriptions(serverTransport.subscriptions).toBe('--^');
  });
});

it.each<[what: string, alter: Fault, firstFour: readonly string[]]>([
  ['the first two', refuseDial({ status: 503, times: 2 }), ['#', '#', '-o', '-o']],
  ['the second', refuseDial({ status: 503, dial: 2 }), ['-o', '#', '-o', '-o']],
  [
    'two from the second on',
    refuseDial({ status: 503, dial: 2, times: 2 }),
    ['-o', '#', '#', '-o'],
  ],
  ['all', refuseDial({ status: 503, times: Infinity }), ['#', '#', '#', '#']],
])('answers %s', (_what, alter, firstFour) => {
  run((time) => {
    const serverTransport = time.cold('-o', { o });
    const disturbedTransport = serverTransport.pipe(alter);
    for (const expected of firstFour) {
      time
        .expectObservable(disturbedTransport)
        .toBe(expected, { o }, new HandshakeRefusedError(503));
    }
  });
});

it.each<[alter: Fault, error: TransportError]>([
  [refuseDial({ status: 401, afterMs: 3 }), new HandshakeRefusedError(401)],
  [failDial({ reason: 'timeout', afterMs: 3 }), new HandshakeTimeoutError(3)],
])('answers when it is told to, and not to a client that has left', (alter, error) => {
  run((time) => {
    const serverTransport = time.cold('-o', { o });

    time.expectObservable(serverTransport.pipe(alter)).toBe('---#', {}, error);
    time.expectObservable(serverTransport.pipe(alter), '^-!').toBe('---');
    time.expectSubscriptions(serverTransport.subscriptions).toBe([]);
  });
});

it('answers nothing within subscribe', () => {
  run((time) => {
    const log: string[] = [];
    NEVER.pipe(refuseDial({ status: 503 })).subscribe({ error: () => log.push('refused') });
    log.push('subscribed');
    time.flush();

    expect(log).toEqual(['subscribed', 'refused']);
  });
});

it.each<[make: () => Fault, message: string]>([
  [
    () => refuseDial({ status: 101.5 }),
    'status must be a whole number from 200 to 599, not 101.5.',
  ],
  [() => refuseDial({ status: 101 }), 'status must be a whole number from 200 to 599, not 101.'],
  [
    () => refuseDial({ status: 429, retryAfterMs: -1 }),
    'retryAfterMs must be from 0 to 2147483647 milliseconds, not -1.',
  ],
  [() => failDial({ dial: 0 }), 'dial must be a whole number of at least 1, not 0.'],
  [() => failDial({ times: 0.5 }), 'times must be a whole number of at least 1, not 0.5.'],
  [
    () => failDial({ afterMs: Infinity }),
    'afterMs must be from 0 to 2147483647 milliseconds, not Infinity.',
  ],
  [
    () => failDial({ reason: 'lost' as 'timeout' }),
    "reason must be one of unreachable, timeout, not 'lost'.",
  ],
])('refuses options that cannot be: %s', (make, message) => {
  expect(make).toThrow(new TypeError(message));
});
