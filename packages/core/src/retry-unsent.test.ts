import { NEVER, of } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it } from 'vitest';

import {
  AckTimeoutError,
  CallEndedError,
  ConnectionLostError,
  NotOpenError,
} from './command-error.js';
import { retryUnsent } from './retry-unsent.js';
import { ConnectionClosedError } from './transport-error.js';

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

const unsent = new NotOpenError();

it('never emits for a command that never ends', () => {
  run((time) => {
    const command$ = time.cold('-----');
    const expected = '          -----';
    const subscribed = '        ^----';

    time.expectObservable(command$.pipe(retryUnsent(3))).toBe(expected);
    time.expectSubscriptions(command$.subscriptions).toBe(subscribed);
  });
});

it('passes an acknowledgement on, and completes', () => {
  run((time) => {
    const command$ = time.cold('--(a|)');
    const expected = '          --(a|)';
    const subscribed = '        ^-!';

    time.expectObservable(command$.pipe(retryUnsent(3))).toBe(expected);
    time.expectSubscriptions(command$.subscriptions).toBe(subscribed);
  });
});

it('completes with what is empty', () => {
  run((time) => {
    const command$ = time.cold('--|');
    const expected = '          --|';

    time.expectObservable(command$.pipe(retryUnsent(3))).toBe(expected);
  });
});

it('sends a command again that was not sent, so many times', () => {
  run((time) => {
    const command$ = time.cold('-#          ', {}, unsent);
    const first = '             ^!          ';
    const second = '            ----^!      ';
    const third = '             --------^!  ';
    const expected = '          ---------#  ';

    time.expectObservable(command$.pipe(retryUnsent(2, { delayMs: 3 }))).toBe(expected, {}, unsent);
    time.expectSubscriptions(command$.subscriptions).toBe([first, second, third]);
  });
});

it('waits half a second between two tries by default', () => {
  run((time) => {
    const command$ = time.cold('#', {}, unsent);
    const expected = '          500ms #';

    time.expectObservable(command$.pipe(retryUnsent(1))).toBe(expected, {}, unsent);
  });
});

it('never sends again for a count of 0', () => {
  run((time) => {
    const command$ = time.cold('-#', {}, unsent);
    const expected = '          -#';
    const subscribed = '        ^!';

    time.expectObservable(command$.pipe(retryUnsent(0))).toBe(expected, {}, unsent);
    time.expectSubscriptions(command$.subscriptions).toBe(subscribed);
  });
});

it.each([
  new AckTimeoutError('client:joinCall', 5_000, []),
  new ConnectionLostError('client:joinCall', new ConnectionClosedError(1006)),
  new CallEndedError('client:joinCall', 'unknown'),
  new CallEndedError('client:joinCall', 'not-sent'),
  new Error('anything'),
  'a string',
])('passes on what may have been sent, or is over: %s', (error) => {
  run((time) => {
    const command$ = time.cold('-#', {}, error);
    const expected = '          -#';
    const subscribed = '        ^!';

    time.expectObservable(command$.pipe(retryUnsent(3))).toBe(expected, {}, error);
    time.expectSubscriptions(command$.subscriptions).toBe(subscribed);
  });
});

it('sends nothing more when it is unsubscribed while it waits', () => {
  run((time) => {
    const command$ = time.cold('-#    ', {}, unsent);
    const left = '              ^--!  ';
    const expected = '          ------';
    const subscribed = '        ^!    ';
    const retried$ = command$.pipe(retryUnsent(3, { delayMs: 3 }));

    time.expectObservable(retried$, left).toBe(expected);
    time.expectSubscriptions(command$.subscriptions).toBe(subscribed);
  });
});

it('counts for each subscription anew', () => {
  run((time) => {
    const command$ = time.cold('#       ', {}, unsent);
    const first = '             ^       ';
    const firstEnds = '         ---#    ';
    const second = '            -----^  ';
    const secondEnds = '        --------#';
    const retried$ = command$.pipe(retryUnsent(1, { delayMs: 3 }));

    time.expectObservable(retried$, first).toBe(firstEnds, {}, unsent);
    time.expectObservable(retried$, second).toBe(secondEnds, {}, unsent);
  });
});

it.each([NaN, Infinity, -1])('refuses a wait of %s ms', (delayMs) => {
  expect(() => of('a').pipe(retryUnsent(1, { delayMs }))).toThrow(TypeError);
  expect(() => NEVER.pipe(retryUnsent(1, { delayMs }))).toThrow('delayMs must be from 0 to');
});

it.each([-1, NaN])('refuses %d for a count', (count) => {
  expect(() => retryUnsent(count)).toThrow(
    new TypeError(`count must be at least 0, not ${count}.`),
  );
});
