import {
  concat,
  defer,
  finalize,
  mergeMap,
  NEVER,
  of,
  Subject,
  take,
  throwError,
  timer,
} from 'rxjs';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it, onTestFinished, vi } from 'vitest';

import { dialRequest } from './dial-request.js';
import { retryConnection } from './retry-connection.js';
import type { Retry, RetryConnectionOptions } from './retry-options.js';
import {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  TokenUnavailableError,
} from './transport-error.js';
import type { Connection, Transport } from './transport.js';

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

type FakeMethod = 'setTimeout' | 'clearTimeout' | 'setInterval' | 'clearInterval' | 'Date';
const timers = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] as const;

const toConnection = (): Connection => ({ frames$: NEVER, send: () => undefined });

const connections = { a: toConnection(), b: toConnection(), c: toConnection() };

const lost = new ConnectionClosedError(1006);
const refused = new HandshakeRefusedError(503);
const unauthorized = new HandshakeRefusedError(401);
const gone = new HandshakeRefusedError(404);

/** Dials one wire after the other. */
function dialling(...wires: readonly Observable<Connection>[]): Transport {
  let dials = 0;
  return defer(() => wires[dials++] ?? NEVER);
}

/** The shortest waits: half of 8 ms, of 16 ms, …: 4 ms, 8 ms, 16 ms. */
const quick: RetryConnectionOptions = { baseDelayMs: 8, random: () => 0 };

it('dials once, and never ends', () => {
  run((time) => {
    const wire$ = time.cold('-----', connections);
    const left = '           ^----!';
    const dialled = '        ^----!';
    const expected = '       ------';

    time.expectObservable(wire$.pipe(retryConnection()), left).toBe(expected);
    time.expectSubscriptions(wire$.subscriptions).toBe(dialled);
  });
});

it('passes a connection on', () => {
  run((time) => {
    const wire$ = time.cold('--a--', connections);
    const left = '           ^----!';
    const expected = '       --a---';

    time.expectObservable(wire$.pipe(retryConnection()), left).toBe(expected, connections);
  });
});

it('completes with a transport that completes, and does not dial again', () => {
  run((time) => {
    const wire$ = time.cold('--|', connections);
    const dialled = '        ^-!';
    const expected = '       --|';

    time.expectObservable(wire$.pipe(retryConnection(quick))).toBe(expected);
    time.expectSubscriptions(wire$.subscriptions).toBe(dialled);
  });
});

it('asks nobody any more once it is unsubscribed', () => {
  const asked = vi.fn();
  const lostAtOnce$ = concat(
    of(connections.a),
    throwError(() => lost),
  );
  lostAtOnce$
    .pipe(retryConnection({ classify: asked, onRetry: asked }), take(1))
    .subscribe({ error: asked });

  expect(asked).not.toHaveBeenCalled();
});

it('dials again after a wait, when the connection before is gone', () => {
  run((time) => {
    const first$ = time.cold(' -a-#                  ', connections, lost);
    const second$ = time.cold('       -#             ', connections, refused);
    const third$ = time.cold('                -b----', connections);
    const left = '             ^--------------------!';
    const expected = '         -a---------------b----';
    const firstOpen = '        ^--!                  ';
    const secondOpen = '       -------^!             ';
    const thirdOpen = '        ----------------^----!';
    const transport = dialling(first$, second$, third$);

    time.expectObservable(transport.pipe(retryConnection(quick)), left).toBe(expected, connections);
    time.expectSubscriptions(first$.subscriptions).toBe(firstOpen);
    time.expectSubscriptions(second$.subscriptions).toBe(secondOpen);
    time.expectSubscriptions(third$.subscriptions).toBe(thirdOpen);
  });
});

it('has closed the connection before when it dials the next, even at once', () => {
  const log: string[] = [];
  let dials = 0;
  run((time) => {
    const transport = defer(() => {
      dials += 1;
      const dial = dials;
      log.push(`dial ${dial}`);
      return time.cold('(a#)', connections, lost).pipe(finalize(() => log.push(`close ${dial}`)));
    });
    const expected = '(aaa#)';
    const options: RetryConnectionOptions = { baseDelayMs: 0, maxAttempts: 2 };

    time
      .expectObservable(transport.pipe(retryConnection(options)))
      .toBe(expected, connections, lost);
  });

  expect(log).toEqual(['dial 1', 'close 1', 'dial 2', 'close 2', 'dial 3', 'close 3']);
});

it('waits half of twice as long each time and a random share of the rest, up to the longest', () => {
  run((time) => {
    const wire$ = time.cold('#', connections, refused);
    const retries: Retry[] = [];
    const onRetry = (retry: Retry) => retries.push(retry);
    const retried$ = wire$.pipe(retryConnection({ maxAttempts: 8, random: () => 0.5, onRetry }));

    time.expectObservable(retried$).toBe('45375ms #', {}, refused);
    time.flush();

    expect(retries).toEqual([
      { attempt: 1, delayMs: 375, cause: refused },
      { attempt: 2, delayMs: 750, cause: refused },
      { attempt: 3, delayMs: 1_500, cause: refused },
      { attempt: 4, delayMs: 3_000, cause: refused },
      { attempt: 5, delayMs: 6_000, cause: refused },
      { attempt: 6, delayMs: 11_250, cause: refused },
      { attempt: 7, delayMs: 11_250, cause: refused },
      { attempt: 8, delayMs: 11_250, cause: refused },
    ]);
  });
});

it.each([
  [0, '     250ms #'],
  [0.25, '  313ms #'],
  [0.9999, '500ms #'],
])('waits half of the longest wait, and %d of the other half', (share, expected) => {
  run((time) => {
    const wire$ = time.cold('#', connections, refused);
    const options: RetryConnectionOptions = { random: () => share, maxAttempts: 1 };

    time.expectObservable(wire$.pipe(retryConnection(options))).toBe(expected, {}, refused);
  });
});

it('takes its share from Math.random by default', () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.2);
  onTestFinished(() => {
    random.mockRestore();
  });
  run((time) => {
    const wire$ = time.cold('#', connections, refused);
    const expected = '300ms #';

    time
      .expectObservable(wire$.pipe(retryConnection({ maxAttempts: 1 })))
      .toBe(expected, {}, refused);
  });
});

it('tells of each retry before it waits', () => {
  run((time) => {
    const wire$ = time.cold('-a-#', connections, lost);
    const told$ = new Subject<string>();
    const told = '           ---1------ ';
    const expected = '       -a------a-#';
    const options: RetryConnectionOptions = {
      ...quick,
      maxAttempts: 1,
      onRetry: ({ attempt }) => {
        told$.next(`${attempt}`);
      },
    };

    time.expectObservable(told$).toBe(told);
    time.expectObservable(wire$.pipe(retryConnection(options))).toBe(expected, connections, lost);
  });
});

it.each([
  [0, '-#                ', 1],
  [1, '------#           ', 2],
  [2, '---------------#  ', 3],
])('passes on the error of the last of %d retries', (maxAttempts, expected, dials) => {
  run((time) => {
    const wire$ = time.cold('-#', connections, refused);
    const options: RetryConnectionOptions = { ...quick, maxAttempts };

    time.expectObservable(wire$.pipe(retryConnection(options))).toBe(expected, {}, refused);
    time.flush();

    expect(wire$.subscriptions).toHaveLength(dials);
  });
});

it.each([
  gone,
  new HandshakeRefusedError(302),
  new ConnectionClosedError(1002),
  new ConnectionClosedError(4999),
  new Error('anything'),
])('passes on at once what no retry can mend: %s', (error) => {
  run((time) => {
    const wire$ = time.cold('-a-#', connections, error);
    const dialled = '        ^--!';
    const expected = '       -a-#';

    time.expectObservable(wire$.pipe(retryConnection())).toBe(expected, connections, error);
    time.expectSubscriptions(wire$.subscriptions).toBe(dialled);
  });
});

it('stops at an error that no retry can mend, after others', () => {
  run((time) => {
    const first$ = time.cold('-#       ', connections, new HandshakeTimeoutError(10_000));
    const second$ = time.cold('     -#  ', connections, gone);
    const expected = '        ------#  ';
    const retried$ = dialling(first$, second$).pipe(retryConnection(quick));

    time.expectObservable(retried$).toBe(expected, {}, gone);
  });
});

it('does as its own classify says', () => {
  run((time) => {
    const first$ = time.cold(' -#         ', connections, gone);
    const second$ = time.cold('     -a-#  ', connections, lost);
    const expected = '         ------a-#  ';
    const classify = (error: unknown) => (error === gone ? 'retry' : 'fatal');
    const retried$ = dialling(first$, second$).pipe(retryConnection({ ...quick, classify }));

    time.expectObservable(retried$).toBe(expected, connections, lost);
  });
});

type Dial = readonly [marbles: string, error: unknown];

/** The numbers of the retries while these dials are made. */
function attemptsOver(options: RetryConnectionOptions, ...dials: readonly Dial[]): number[] {
  const attempts: number[] = [];
  run((time) => {
    const wires = dials.map(([marbles, error]) => time.cold(marbles, connections, error));
    const onRetry = ({ attempt }: Retry) => attempts.push(attempt);
    dialling(...wires)
      .pipe(retryConnection({ ...quick, ...options, onRetry }))
      .subscribe({ error: () => undefined });
  });
  return attempts;
}

it('counts on when a connection opened and was lost before resetAfterMs', () => {
  const short: Dial = ['a 4998ms #', lost];

  expect(attemptsOver({}, short, short, short)).toEqual([1, 2, 3]);
});

it('counts from 0 again when a connection was open for resetAfterMs', () => {
  const long: Dial = ['a 4999ms #', lost];

  expect(attemptsOver({}, long, long, long)).toEqual([1, 1, 1]);
});

it('counts on after the connection that reset it', () => {
  const long: Dial = ['a 4999ms #', lost];
  const failed: Dial = ['10s #', refused];

  expect(attemptsOver({}, failed, failed, long, failed, failed)).toEqual([1, 2, 1, 2, 3]);
});

it('gives up on a server that accepts and drops', () => {
  const dropped: Dial = ['(a#)', lost];

  expect(attemptsOver({ maxAttempts: 2 }, dropped, dropped, dropped, dropped)).toEqual([1, 2]);
});

it('counts from 0 again as soon as a connection opens, where resetAfterMs is 0', () => {
  const dropped: Dial = ['(a#)', lost];
  const failed: Dial = ['#', refused];

  expect(attemptsOver({ resetAfterMs: 0 }, dropped, dropped, failed)).toEqual([1, 1, 2]);
});

it('dials again after a 401 as no retry, as soon as two dials may follow each other', () => {
  run((time) => {
    const first$ = time.cold(' -#       ', connections, unauthorized);
    const second$ = time.cold('-a----   ', connections);
    const left = '             ^ 260ms !';
    const expected = '         251ms a--';
    const onRetry = vi.fn();
    const options: RetryConnectionOptions = { maxAttempts: 0, giveUpAfterMs: 0, onRetry };

    time
      .expectObservable(dialling(first$, second$).pipe(retryConnection(options)), left)
      .toBe(expected, connections);
    time.flush();

    expect(onRetry.mock.calls).toEqual([[{ attempt: 0, delayMs: 249, cause: unauthorized }]]);
  });
});

it('refreshes at once after a connection that was open for longer than that', () => {
  run((time) => {
    const expired = new ConnectionClosedError(4401);
    const first$ = time.cold(' -a 300ms #', connections, expired);
    const second$ = time.cold('-b---     ', connections);
    const left = '             ^ 310ms !  ';
    const expected = '         -a 301ms b--';
    const options: RetryConnectionOptions = {
      classify: (error) => (error === expired ? 'refresh-token' : 'fatal'),
    };
    const retried$ = dialling(first$, second$).pipe(retryConnection(options));

    time.expectObservable(retried$, left).toBe(expected, connections);
  });
});

it('passes on a second 401 in a row', () => {
  run((time) => {
    const wire$ = time.cold('-#', connections, unauthorized);
    const first = '          ^!    ';
    const second = '         ----^!';
    const expected = '       -----#';

    time.expectObservable(wire$.pipe(retryConnection(quick))).toBe(expected, {}, unauthorized);
    time.expectSubscriptions(wire$.subscriptions).toBe([first, second]);
  });
});

/** The delays and reasons of the retries while these dials are made, and how it ended. */
function retriesOver(options: RetryConnectionOptions, ...dials: readonly Dial[]) {
  const told: (readonly [reason: string, delayMs: number])[] = [];
  const reasons: string[] = [];
  let failure: unknown;
  run((time) => {
    const wires = dials.map(([marbles, error]) => time.cold(marbles, connections, error));
    let dialled = 0;
    const transport = defer(() => {
      reasons.push(dialRequest().reason);
      return wires[dialled++] ?? NEVER;
    });
    transport
      .pipe(
        retryConnection({
          ...options,
          onRetry: ({ delayMs }) => told.push([reasons.at(-1) ?? '', delayMs]),
        }),
      )
      .subscribe({
        error: (error: unknown) => {
          failure = error;
        },
      });
  });
  return { reasons, delays: told.map(([, delayMs]) => delayMs), failure };
}

const refusedWith401: Dial = ['#', unauthorized];

it.each<[between: string, dial: Dial]>([
  ['another status', ['#', refused]],
  ['a cut', ['#', new ConnectFailedError(new Error('socket hang up'))]],
  ['no answer', ['10s #', new HandshakeTimeoutError(10_000)]],
  ['a connection that opened', ['(a#)', lost]],
])('refreshes again after %s, and waits for it as for any retry', (_between, dial) => {
  const { reasons, delays, failure } = retriesOver(quick, refusedWith401, dial, refusedWith401);

  expect(failure).toBeUndefined();
  expect(reasons).toEqual(['connect', 'unauthorized', 'connect', 'unauthorized']);
  expect(delays).toEqual([4, 4, 8]);
});

it.each([new TokenUnavailableError('accessToken'), new HandshakeTimeoutError(10_000, 'token')])(
  'asks on for another token after a $_tag, and passes on a 401 then: no dial was between',
  (error) => {
    const { reasons, failure } = retriesOver(quick, refusedWith401, ['#', error], refusedWith401);

    expect(reasons).toEqual(['connect', 'unauthorized', 'unauthorized']);
    expect(failure).toBe(unauthorized);
  },
);

it('gives up in time on a server that lets in and refuses by turns, and does not dial at speed', () => {
  const expired = new ConnectionClosedError(4401);
  const dials = Array<Dial>(1_000).fill(['(a#)', expired]);
  const { delays, failure } = retriesOver(
    { random: () => 0, classify: () => 'refresh-token' },
    ...dials,
  );

  expect(failure).toBe(expired);
  expect(delays.slice(0, 6)).toEqual([250, 250, 500, 1_000, 2_000, 4_000]);
  expect(delays.length).toBeLessThan(20);
});

it('refreshes at once again when a connection was open for resetAfterMs', () => {
  const long: Dial = ['a 4999ms #', lost];
  const { delays } = retriesOver(quick, refusedWith401, long, refusedWith401);

  expect(delays).toEqual([4, 4, 4]);
});

it('tells the transport nothing of one retry in the next', () => {
  const { reasons } = retriesOver(quick, refusedWith401, ['(a#)', lost], ['(a#)', lost]);

  expect(reasons).toEqual(['connect', 'unauthorized', 'connect', 'connect']);
});

it('numbers a refresh as the retry before it', () => {
  expect(attemptsOver({}, ['#', refused], ['#', refused], ['#', unauthorized])).toEqual([1, 2, 2]);
});

it.each([
  ['longer than the jitter', 429, 3_000, '3000ms #'],
  ['shorter than the jitter', 429, 3, '   4ms #'],
  ['0', 503, 0, '                4ms #'],
  ['as long as is waited', 503, 60_000, ' 60s #'],
  ['longer than is waited', 503, 60_001, ' 60s #'],
  ['for ever', 503, Infinity, '          60s #'],
  ['no number', 503, NaN, '              4ms #'],
  ['not given', 503, undefined, '        4ms #'],
])('honours a Retry-After that is %s', (_what, status, retryAfterMs, expected) => {
  run((time) => {
    const error = new HandshakeRefusedError(status, retryAfterMs);
    const wire$ = time.cold('#', connections, error);
    const options: RetryConnectionOptions = { ...quick, maxAttempts: 1 };

    time.expectObservable(wire$.pipe(retryConnection(options))).toBe(expected, {}, error);
  });
});

it('waits maxRetryAfterMs for a Retry-After that is longer, and dials', () => {
  run((time) => {
    const error = new HandshakeRefusedError(429, 11);
    const wire$ = time.cold('-#             ', connections, error);
    const expected = '       ------------#';
    const options: RetryConnectionOptions = { ...quick, maxAttempts: 1, maxRetryAfterMs: 10 };

    time.expectObservable(wire$.pipe(retryConnection(options))).toBe(expected, {}, error);
  });
});

it('closes the connection when it is unsubscribed', () => {
  run((time) => {
    const wire$ = time.cold('-a-----#', connections, lost);
    const left = '           ^---!   ';
    const dialled = '        ^---!   ';
    const expected = '       -a------';

    time.expectObservable(wire$.pipe(retryConnection(quick)), left).toBe(expected, connections);
    time.expectSubscriptions(wire$.subscriptions).toBe(dialled);
  });
});

it('dials no more when it is unsubscribed while it waits', () => {
  run((time) => {
    const wire$ = time.cold('-#        ', connections, refused);
    const left = '           ^--!      ';
    const dialled = '        ^!        ';
    const expected = '       ----------';

    time.expectObservable(wire$.pipe(retryConnection(quick)), left).toBe(expected);
    time.expectSubscriptions(wire$.subscriptions).toBe(dialled);
  });
});

it('counts for each subscription anew', () => {
  run((time) => {
    const wire$ = time.cold('-#          ', connections, refused);
    const first = '          ^           ';
    const firstEnds = '      ------#     ';
    const second = '         -----^      ';
    const secondEnds = '     -----------#';
    const retried$ = wire$.pipe(retryConnection({ ...quick, maxAttempts: 1 }));

    time.expectObservable(retried$, first).toBe(firstEnds, {}, refused);
    time.expectObservable(retried$, second).toBe(secondEnds, {}, refused);
  });
});

const thrown = new Error('thrown');
const throws = () => {
  throw thrown;
};

it.each([['classify'], ['onRetry'], ['random']])('errors when %s throws', (name) => {
  run((time) => {
    const wire$ = time.cold('-a-#', connections, lost);
    const dialled = '        ^--!';
    const expected = '       -a-#';

    time
      .expectObservable(wire$.pipe(retryConnection({ [name]: throws })))
      .toBe(expected, connections, thrown);
    time.expectSubscriptions(wire$.subscriptions).toBe(dialled);
  });
});

it.each(['baseDelayMs', 'maxDelayMs', 'resetAfterMs', 'maxRetryAfterMs'])(
  'refuses a %s that is no duration',
  (name) => {
    for (const ms of [NaN, Infinity, -1, 2 ** 31]) {
      expect(() => retryConnection({ [name]: ms })).toThrow(TypeError);
      expect(() => retryConnection({ [name]: ms })).toThrow(`${name} must be from 0 to`);
    }
  },
);

it.each(['maxAttempts', 'giveUpAfterMs'])('refuses a %s below 0', (name) => {
  for (const value of [-1, NaN]) {
    expect(() => retryConnection({ [name]: value })).toThrow(
      new TypeError(`${name} must be at least 0, not ${value}.`),
    );
  }
});

it('retries for ever where giveUpAfterMs is Infinity', () => {
  const dropped: Dial = ['#', new ConnectFailedError(new Error('offline'))];
  const attempts = attemptsOver({ giveUpAfterMs: Infinity }, ...Array<Dial>(1_100).fill(dropped));

  expect(attempts).toHaveLength(1_100);
});

it('waits no time that is no number, however often it has dialled', () => {
  const delays: number[] = [];
  const transport: Transport = throwError(() => new ConnectionClosedError(1006));
  new TestScheduler(() => undefined).run(({ flush }) => {
    transport
      .pipe(
        retryConnection({
          baseDelayMs: 0,
          maxAttempts: 1_100,
          onRetry: ({ delayMs }) => delays.push(delayMs),
        }),
      )
      .subscribe({ error: () => undefined });
    flush();
  });

  expect(delays).toHaveLength(1_100);
  expect(new Set(delays)).toEqual(new Set([0]));
});

it('ends where neither dialling nor waiting takes time', () => {
  let failure: unknown;
  new TestScheduler(() => undefined).run(({ flush }) => {
    throwError(() => refused)
      .pipe(retryConnection({ baseDelayMs: 0, giveUpAfterMs: 1_000 }))
      .subscribe({
        error: (error: unknown) => {
          failure = error;
        },
      });
    flush();
  });

  expect(failure).toBe(refused);
});

it('counts for what a Retry-After asks only what it would have waited itself', () => {
  const patient: Dial = ['#', new HandshakeRefusedError(503, 50_000)];
  const { delays } = retriesOver({ random: () => 0 }, ...Array<Dial>(100).fill(patient));

  expect(new Set(delays)).toEqual(new Set([50_000]));
  expect(delays.length).toBeGreaterThan(10);
});

it('takes a dial that lasted for hours for one of a machine that slept, and dials again', () => {
  const slept: Dial = ['8h #', new HandshakeTimeoutError(10_000)];

  expect(attemptsOver({}, slept, slept)).toEqual([1, 2]);
});

it('dials at once when it is to look now, and counts from 0 again', () => {
  run((time) => {
    const wire$ = time.cold('#', connections, new HandshakeRefusedError(503, 50_000));
    const lookNow$ = time.hot('10s l');
    const attempts: number[] = [];
    wire$
      .pipe(retryConnection({ lookNow$, onRetry: ({ attempt }) => attempts.push(attempt) }))
      .subscribe({ error: () => undefined });
    time.cold('11s (x|)').subscribe(() => {
      expect(wire$.subscriptions.map(({ subscribedFrame }) => subscribedFrame)).toEqual([
        0, 10_000,
      ]);
      expect(attempts).toEqual([1, 1]);
    });
  });
});

it('dials at once when it is to look now by who hears that it waits', () => {
  run((time) => {
    const wire$ = time.cold('#', connections, new HandshakeRefusedError(503, 50_000));
    const looks$ = new Subject<void>();
    const onRetry = () => {
      if (wire$.subscriptions.length === 1) looks$.next();
    };
    const transport = wire$.pipe(retryConnection({ lookNow$: looks$, onRetry }));

    time.expectObservable(transport, '1s !').toBe('');
    time.flush();

    const dials = wire$.subscriptions.map(({ subscribedFrame }) => subscribedFrame);
    expect(dials).toEqual([0, 250]);
  });
});

it('keeps two dials apart, however often it is to look now', () => {
  run((time) => {
    const wire$ = time.cold('#', connections, refused);
    const lookNow$ = time.hot('llllllll|');
    const options: RetryConnectionOptions = { lookNow$, maxAttempts: 1, random: () => 0 };

    time.expectObservable(wire$.pipe(retryConnection(options))).toBe('500ms #', {}, refused);
    time.flush();

    const dials = wire$.subscriptions.map(({ subscribedFrame }) => subscribedFrame);
    expect(dials).toEqual([0, 250, 500]);
  });
});

it('passes on to the transport when it is to look now, and listens no more once it is left', () => {
  const looks$ = new Subject<string>();
  const heard: string[] = [];
  const transport: Transport = defer(() => {
    (dialRequest().lookNow$ as typeof looks$).pipe(take(1)).subscribe((look) => heard.push(look));
    return concat(of(connections.a), NEVER);
  });
  const following = transport.pipe(retryConnection({ lookNow$: looks$ })).subscribe();
  looks$.next('now');
  following.unsubscribe();

  expect(heard).toEqual(['now']);
  expect(looks$.observed).toBe(false);
});

/* Timers of a test's */

it.each<[what: string, faked: readonly FakeMethod[], attempts: readonly number[]]>([
  ['anew where Date is faked with the timers', [...timers, 'Date'], [1, 1, 1]],
  ['on where Date is the real one: no time has passed', timers, [1, 2, 3]],
])('counts retries %s', (_what, toFake, expected) => {
  vi.useFakeTimers({ toFake: [...toFake] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const attempts: number[] = [];
  const onRetry = ({ attempt }: Retry) => attempts.push(attempt);
  const transport = defer(() =>
    concat(of(toConnection()), timer(60_000).pipe(mergeMap(() => throwError(() => lost)))),
  );
  const following = transport.pipe(retryConnection({ ...quick, onRetry })).subscribe();
  vi.advanceTimersByTime(200_000);
  following.unsubscribe();

  expect(attempts).toEqual(expected);
});
