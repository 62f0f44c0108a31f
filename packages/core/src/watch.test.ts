import { concat, mergeMap, NEVER, Observable, of, Subject, tap, throwError, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, it, vi } from 'vitest';

import type { CallNews } from './call-news.js';
import { liveCall } from './live-call.js';
import {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
} from './transport-error.js';
import type { Connection, Frame, Transport } from './transport.js';
import { watch } from './watch.js';
import type { WatchOptions } from './watch.js';

const JOIN = '{"type":"client:joinCall","id":"j1"}';

/** Watches a transport within virtual time, and gives what is told. */
function watched(
  toTransport: (
    transport: (frames$: Observable<Frame>, end$?: Observable<never>) => Transport,
  ) => Transport,
  act: (transport: Transport) => void = (transport) =>
    transport.subscribe({ error: () => undefined }),
  options?: WatchOptions,
): readonly CallNews[] {
  const told: CallNews[] = [];
  new TestScheduler(() => undefined).run(({ flush }) => {
    const transport = toTransport((frames$, end$ = NEVER) =>
      connectedTransport({ frames$, send: () => undefined }, end$),
    );
    act(transport.pipe(watch((news) => told.push(news), options)));
    flush();
  });
  return told;
}

const connectedTransport = (connection: Connection, end$: Observable<never> = NEVER): Transport =>
  new Observable((subscriber) => {
    subscriber.next(connection);
    return end$.subscribe(subscriber);
  });

it('tells a dial, its messages by type and size, and its end', () => {
  const frames = [
    '{"type":"event:start","phone":"+12025550100","timestamp":"2026-11-22T09:00:00Z"}',
    '{"type":"transcript","msg":"Grüße","role":"other","offset":1}',
    '{"type":"event:new","of":"Marta"}',
    '{"type":"transcript","msg":"Marta","role":"nobody"}',
    'Marta',
  ];
  const told: CallNews[] = [];
  const end$ = new Subject<never>();
  connectedTransport({ frames$: of(...frames), send: () => undefined }, end$)
    .pipe(
      watch((news) => told.push(news)),
      mergeMap((connection) => connection.frames$),
    )
    .subscribe({ error: () => undefined });
  end$.error(new ConnectionClosedError(1011, 'Marta'));

  expect(told.map(({ at: _at, ...news }) => withoutTimes(news))).toEqual([
    { call: 1, dial: 1, kind: 'dial', reason: 'connect' },
    { call: 1, dial: 1, kind: 'open' },
    { call: 1, dial: 1, kind: 'received', type: 'event:start', bytes: 80, isEnd: false },
    { call: 1, dial: 1, kind: 'received', type: 'transcript', bytes: 63, isEnd: false },
    { call: 1, dial: 1, kind: 'received', type: 'unknown', bytes: 33, isEnd: false },
    { call: 1, dial: 1, kind: 'undecoded', bytes: 51, expected: 'Role', path: 'role' },
    { call: 1, dial: 1, kind: 'undecoded', bytes: 5, expected: 'JSON' },
    { call: 1, dial: 1, kind: 'close', from: 'server', code: 1011, error: 'ConnectionClosedError' },
    { call: 1, dial: 1, kind: 'over', outcome: 'lost', error: 'ConnectionClosedError' },
  ]);
  expect(JSON.stringify(told)).not.toMatch(/Marta|2025550100|Grüße/);
});

it('takes all dials of a live call for one, in their time', () => {
  const told = watched(
    () => {
      let dials = 0;
      return new Observable<Connection>((subscriber) => {
        dials += 1;
        if (dials === 1)
          return throwError(() => new HandshakeRefusedError(503)).subscribe(subscriber);
        subscriber.next({
          frames$: concat(of('{"type":"event:callEnd","timestamp":"2026-11-22T09:00:00Z"}'), NEVER),
          send: () => undefined,
        });
        return undefined;
      });
    },
    (transport) => {
      const call = liveCall(transport, { retry: { random: () => 0 }, lingerMs: 100 });
      call.connect();
    },
  );

  expect(told.map(({ kind, call, dial, at }) => [kind, call, dial, at])).toEqual([
    ['dial', 1, 1, 0],
    ['failed', 1, 1, 0],
    ['dial', 1, 2, 250],
    ['open', 1, 2, 250],
    ['received', 1, 2, 250],
    ['close', 1, 2, expect.closeTo(350, -1)],
    ['over', 1, 2, expect.closeTo(350, -1)],
  ]);
  expect(told).toContainEqual(expect.objectContaining({ kind: 'failed', status: 503 }));
  expect(told.at(-1)).toMatchObject({ outcome: 'ended' });
});

it('takes each dial for a call where nothing dials again', () => {
  const told = watched(
    (openTransport) => openTransport(NEVER),
    (transport) => {
      transport.subscribe().unsubscribe();
      transport.subscribe().unsubscribe();
    },
  );

  expect(told.map(({ kind, call, dial }) => `${kind} ${call}.${dial}`)).toEqual([
    ...['dial 1.1', 'open 1.1', 'close 1.1', 'over 1.1'],
    ...['dial 2.1', 'open 2.1', 'close 2.1', 'over 2.1'],
  ]);
  expect(told.at(-1)).toMatchObject({ outcome: 'left' });
});

it('tells how long a command waited for its answer', () => {
  const frames$ = new Subject<Frame>();
  const told = watched(
    (openTransport) => openTransport(frames$),
    (transport) => {
      const call = liveCall(transport, { createId: () => 'j1' });
      const following = call.connect();
      call.joinCall().subscribe();
      later(70, () => {
        frames$.next('{"type":"ack","ackId":"j1"}');
        following.unsubscribe();
      });
    },
  );

  expect(told.slice(2, -2)).toEqual([
    {
      call: 1,
      dial: 1,
      at: 0,
      kind: 'sent',
      type: 'client:joinCall',
      bytes: JOIN.length,
      command: 1,
    },
    expect.objectContaining({ kind: 'received', type: 'ack' }),
    {
      call: 1,
      dial: 1,
      at: 70,
      kind: 'answered',
      by: 'ack',
      command: 1,
      type: 'client:joinCall',
      tookMs: 70,
    },
  ]);
});

it('tells of a command that is late, and of one whose connection is gone', () => {
  const end$ = new Subject<never>();
  const told = watched(
    (openTransport) => openTransport(NEVER, end$),
    (transport) => {
      transport.subscribe({
        next: (connection) => {
          connection.send(JOIN);
          connection.send('Marta');
          later(300, () => end$.error(new ConnectionClosedError(1006)));
        },
        error: () => undefined,
      });
    },
    { lateAfterMs: 200 },
  );

  expect(told.slice(2).map(withoutTimes)).toMatchObject([
    { kind: 'sent', type: 'client:joinCall', command: 1 },
    { kind: 'sent', type: 'unknown', bytes: 5 },
    { kind: 'unanswered', why: 'late', type: 'client:joinCall' },
    { kind: 'unanswered', why: 'closed', type: 'client:joinCall' },
    { kind: 'close', code: 1006 },
    { kind: 'over' },
  ]);
});

it('waits for the answers of a hundred commands, however many are sent', () => {
  const told = watched(
    (openTransport) => openTransport(NEVER),
    (transport) => {
      const following = transport.subscribe((connection) => {
        for (let nth = 0; nth < 1_000; nth += 1) connection.send(JOIN.replace('j1', `j${nth}`));
      });
      following.unsubscribe();
    },
  );
  const count = (kind: string) => told.filter((news) => news.kind === kind).length;

  expect([count('sent'), count('unanswered')]).toEqual([1_000, 100]);
});

it('tells why a dial came to nothing, and of no words of the cause', () => {
  const cause = Object.assign(new Error('Marta'), { code: 'ECONNREFUSED' });
  const told = watched(() => throwError(() => new ConnectFailedError(cause)));

  expect(told[1]).toMatchObject({
    kind: 'failed',
    error: 'ConnectFailedError',
    system: 'ECONNREFUSED',
  });
  expect(watched(() => throwError(() => new Error('Marta')))[1]).toMatchObject({
    kind: 'failed',
    error: 'TransportFailedError',
  });
});

it('passes on what a connection is and does', () => {
  const send = vi.fn();
  const closeWith = vi.fn();
  const away$ = of(false, true, false);
  const told: CallNews[] = [];
  connectedTransport({
    ...{ frames$: NEVER, send, closeWith, away$ },
    bufferedBytes: () => 7,
    isReading: () => true,
  })
    .pipe(
      watch((news) => told.push(news)),
      tap((connection) => {
        connection.send('a');
        connection.closeWith?.(4000, 'bye');
        expect([connection.bufferedBytes?.(), connection.isReading?.()]).toEqual([7, true]);
      }),
      mergeMap((connection) => connection.away$ ?? NEVER),
    )
    .subscribe()
    .unsubscribe();

  expect(send).toHaveBeenCalledWith('a');
  expect(closeWith).toHaveBeenCalledWith(4000, 'bye');
  expect(told.map(({ kind }) => kind)).toEqual([
    'dial',
    'open',
    'sent',
    'away',
    'back',
    'close',
    'over',
  ]);
  expect(told.at(-2)).toMatchObject({ from: 'client', code: 4000 });
});

it('has no call lost by a listener that throws', () => {
  vi.useFakeTimers();
  try {
    const opened = vi.fn();
    connectedTransport({ frames$: NEVER, send: () => undefined })
      .pipe(
        watch(() => {
          throw new Error('a bug');
        }),
      )
      .subscribe(opened);

    expect(opened).toHaveBeenCalledTimes(1);
    expect(() => vi.runAllTimers()).toThrow('a bug');
  } finally {
    vi.useRealTimers();
  }
});

it('takes no other listener, and no other options', () => {
  expect(() => watch(undefined as never)).toThrow(TypeError);
  expect(() => watch(() => undefined, { lateAfterMs: NaN })).toThrow(TypeError);
});

function withoutTimes<News extends object>(news: News): object {
  return Object.fromEntries(
    Object.entries(news).filter(([key]) => !/^(at|tookMs|openMs)$/.test(key)),
  );
}

function later(ms: number, act: () => void): void {
  timer(ms).subscribe(act);
}
