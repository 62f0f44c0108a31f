import { ConnectionClosedError, HandshakeRefusedError, NotOpenError } from '@livecall/core';
import type { Connection, Frame, Transport } from '@livecall/core';
import {
  catchError,
  concat,
  defer,
  EMPTY,
  finalize,
  merge,
  NEVER,
  of,
  retry,
  Subject,
  switchMap,
  throwError,
  timer,
} from 'rxjs';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { afterEach, expect, it, vi } from 'vitest';

import { closeAfter } from './close-after.js';
import type { CloseAfterOptions } from './close-after.js';

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

afterEach(() => {
  vi.useRealTimers();
});

/* What crosses the wire: `o` is the open connection, the others are frames; `x` is an end that is dialled again. */
const wire = {
  o: 'open',
  t: '{"type":"transcript","msg":"A parcel.","role":"other"}',
  u: '{"type":"transcript","msg":"Who is it for?","role":"assistant"}',
  a: '{"type":"ack","ackId":"8f0c"}',
  x: 'lost',
};

const lost = new ConnectionClosedError(1006);
const gone = new ConnectionClosedError(1000);
const refused = new HandshakeRefusedError(404);

/** The n-th dial is the n-th wire; what is sent is kept, by the number of the dial. */
function dialling(...wires: readonly Observable<string>[]) {
  const sent: string[] = [];
  let dials = 0;
  const transport = defer(() => {
    const frames$ = new Subject<Frame>();
    const number = (dials += 1);
    const send = (frame: Frame) => sent.push(`${number}: ${String(frame)}`);
    const connection: Connection = { frames$, send };
    return (wires[number - 1] ?? throwError(() => refused)).pipe(
      switchMap((value) => {
        if (value === 'open') return of(connection);
        frames$.next(value);
        return EMPTY;
      }),
    );
  });
  return { transport, sent };
}

function follow(transport: Transport): Observable<Frame> {
  return transport.pipe(switchMap(({ frames$ }) => merge(of('open'), frames$)));
}

/** Dials again `waitMs` after each loss, and says `lost`; ends with the first dial that is refused. */
function followAll(transport: Transport, waitMs: number): Observable<Frame> {
  return follow(transport).pipe(
    catchError((error: unknown) =>
      concat(
        error === refused ? EMPTY : of('lost'),
        throwError(() => error),
      ),
    ),
    retry({ delay: (error) => (error === refused ? throwError(() => refused) : timer(waitMs)) }),
  );
}

it.each<[options: CloseAfterOptions, marbles: string, expected: string]>([
  [{}, '                         -o-t-u--', '-(o#)   '],
  [{ frames: 1 }, '              -o-t-u--', '-o-(t#) '],
  [{ frames: 2 }, '              -o-t-u--', '-o-t-(u#)'],
  [{ after: 'ack' }, '           -o-t-a--', '-o-t-(a#)'],
  [{ frames: 3 }, '              -o-t-u--', '-o-t-u--'],
  [{ dial: 2 }, '                -o-t-u--', '-o-t-u--'],
  [{ dial: 'every', frames: 1 }, '-o-t-u--', '-o-(t#) '],
])('ends the connection at a place: %j', (options, marbles, expected) => {
  run((time) => {
    const { transport } = dialling(time.cold(marbles, wire));

    time.expectObservable(follow(transport.pipe(closeAfter(options)))).toBe(expected, wire, lost);
  });
});

it.each([1000, 1001, 1005, 1006, 1008, 1011, 4401])('ends it with %d, and a reason', (code) => {
  const failed = vi.fn();
  const { transport } = dialling(concat(of(wire.o), NEVER));
  transport.pipe(closeAfter({ code, reason: 'as a fault' })).subscribe({ error: failed });

  expect(failed).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ _tag: 'ConnectionClosedError', code, reason: 'as a fault' }),
  );
});

it('passes on an end that comes before the place', () => {
  run((time) => {
    const wire$ = time.cold('-o-t-#', wire, gone);
    const { transport } = dialling(wire$);
    const expected = '       -o-t-#';

    time
      .expectObservable(follow(transport.pipe(closeAfter({ frames: 9 }))))
      .toBe(expected, wire, gone);
    time.expectSubscriptions(wire$.subscriptions).toBe('^----!');
  });
});

it('lets the call go on while its client is cut off, and tells the next dial all of it', () => {
  run((time) => {
    const wire$ = time.cold('-o-t----u-a---------t', wire);
    const expected = '       -o-(tx)----(oua)----t';
    const { transport } = dialling(wire$);
    const followed$ = followAll(transport.pipe(closeAfter({ frames: 1 })), 8);

    time.expectObservable(followed$).toBe(expected, wire);
    time.expectSubscriptions(wire$.subscriptions).toBe('^');
  });
});

it('loses nothing when it is cut off again in the middle of what waits', () => {
  run((time) => {
    const wire$ = time.cold('-o-t-u-a----------------------t', wire);
    const expected = '       -o-(tx)----(oux)---(oax)---o--(tx)----o';
    const { transport } = dialling(wire$);
    const followed$ = followAll(transport.pipe(closeAfter({ dial: 'every', frames: 1 })), 8);

    time.expectObservable(followed$).toBe(expected, wire);
    time.expectSubscriptions(wire$.subscriptions).toBe('^');
  });
});

it('loses nothing of a server that says everything at once', () => {
  run((time) => {
    const { transport } = dialling(concat(of(wire.o, wire.t, wire.u), NEVER));
    const expected = '(otx)(ou)';
    const followed$ = followAll(transport.pipe(closeAfter({ frames: 1 })), 5);

    time.expectObservable(followed$).toBe(expected, wire);
  });
});

it('goes on with a client that dials again in the very turn', () => {
  run((time) => {
    const { transport } = dialling(time.cold('-o-t----u', wire));
    const expected = '                        -o-(to)-u';

    time
      .expectObservable(follow(transport.pipe(closeAfter({ frames: 1 }), retry())))
      .toBe(expected, wire);
  });
});

it('tells the next dial of an end that came while the client was cut off', () => {
  run((time) => {
    const wire$ = time.cold('-o-t-u-#', wire, gone);
    const dialled = '        ^------!';
    const expected = '       -o-(tx)------(oux)-----#';
    const { transport } = dialling(wire$);
    const followed$ = followAll(transport.pipe(closeAfter({ frames: 1 })), 10);

    time.expectObservable(followed$).toBe(expected, wire, refused);
    time.expectSubscriptions(wire$.subscriptions).toBe(dialled);
  });
});

it.each([
  ['29s 999ms', 29_999, '-o-(tx) 29995ms (ou)', '^'],
  ['30s', 30_001, '-o-(tx) 29998ms o-a', '^ 30002ms !'],
])(
  'keeps the call for half a minute: the client comes after %s',
  (_what, waitMs, expected, kept) => {
    run((time) => {
      const wire$ = time.cold('-o-t-u', wire);
      const { transport } = dialling(wire$, time.cold('-o-a', wire));
      const followed$ = followAll(transport.pipe(closeAfter({ frames: 1 })), waitMs);

      time.expectObservable(followed$).toBe(expected, wire);
      time.expectSubscriptions(wire$.subscriptions).toBe(kept);
    });
  },
);

it('needs no timer for a call that is over', () => {
  vi.useFakeTimers();
  const wire$ = new Subject<string>();
  const { transport } = dialling(wire$);
  follow(transport.pipe(closeAfter({ frames: 1 }))).subscribe({ error: () => undefined });
  wire$.next(wire.o);
  wire$.next(wire.t);
  expect(vi.getTimerCount()).toBe(1);
  wire$.error(gone);

  expect(vi.getTimerCount()).toBe(0);
});

it('needs no timer for a call that was over at once', () => {
  vi.useFakeTimers();
  const { transport } = dialling(
    concat(
      of(wire.o, wire.t, wire.u),
      throwError(() => gone),
    ),
  );
  const disturbedTransport = transport.pipe(closeAfter({ frames: 1 }));
  const heard: unknown[] = [];
  for (let dial = 1; dial <= 2; dial += 1) {
    follow(disturbedTransport).subscribe({
      next: (frame) => heard.push(frame),
      error: (error: unknown) => heard.push(error),
    });
    expect(vi.getTimerCount()).toBe(0);
  }

  expect(heard).toEqual([wire.o, wire.t, lost, wire.o, wire.u, gone]);
});

it('lets go of a call that is not dialled again, and dials anew', () => {
  run((time) => {
    const first$ = time.cold(' -o-t----u', wire);
    const second$ = time.cold('       -o-u', wire);
    const expected = '         -o-(tx)-o-u';
    const { transport } = dialling(first$, second$);
    const followed$ = followAll(transport.pipe(closeAfter({ frames: 1, code: 1008 })), 4);

    time.expectObservable(followed$).toBe(expected, wire);
    time.expectSubscriptions(first$.subscriptions).toBe(' ^--!');
    time.expectSubscriptions(second$.subscriptions).toBe('-------^');
  });
});

it('lets go of a call whose client hangs up at the very frame', () => {
  run((time) => {
    const wire$ = time.cold('-o-t-u', wire);
    const { transport } = dialling(wire$);
    const following = follow(transport.pipe(closeAfter({ frames: 1 }))).subscribe((frame) => {
      if (frame === wire.t) following.unsubscribe();
    });

    time.expectSubscriptions(wire$.subscriptions).toBe('^--!');
  });
});

it('lets go of a server that says everything at once', () => {
  const leave = vi.fn();
  const { transport } = dialling(concat(of(wire.o, wire.t, wire.u), NEVER).pipe(finalize(leave)));
  const heard: unknown[] = [];
  follow(transport.pipe(closeAfter({ frames: 1, code: 1008 }))).subscribe({
    next: (frame) => heard.push(frame),
    error: (error: unknown) => heard.push(error),
  });

  expect(heard).toEqual([wire.o, wire.t, new ConnectionClosedError(1008)]);
  expect(leave).toHaveBeenCalledOnce();
});

it('hands on what the client sends on the connection that is open, and on no other', () => {
  run((time) => {
    const { transport, sent } = dialling(time.cold('-o-t', wire));
    const connections: Connection[] = [];
    transport
      .pipe(closeAfter({ frames: 0 }), retry({ delay: 4 }))
      .subscribe((connection) => connections.push(connection));
    time.flush();
    const [first, second] = connections;
    second?.send('again');

    expect(() => first?.send('too late')).toThrow(NotOpenError);
    expect(sent).toEqual(['1: again']);
  });
});

it.each<[wrong: CloseAfterOptions, message: string]>([
  [{ code: 999 }, 'code must be a whole number from 1000 to 4999, not 999.'],
  [{ code: 5000 }, 'code must be a whole number from 1000 to 4999, not 5000.'],
  [{ frames: -1 }, 'frames must be a whole number of at least 0, not -1.'],
  [{ dial: 0 }, 'dial must be a whole number of at least 1, not 0.'],
])('refuses options that cannot be: %j', (wrong, message) => {
  expect(() => closeAfter(wrong)).toThrow(new TypeError(message));
});
