import { ConnectionClosedError, HandshakeRefusedError } from '@livecall/core';
import type { Connection, Frame, Transport } from '@livecall/core';
import {
  asyncScheduler,
  concat,
  defer,
  EMPTY,
  ignoreElements,
  merge,
  NEVER,
  of,
  Subject,
  switchMap,
  tap,
} from 'rxjs';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { afterEach, expect, it, vi } from 'vitest';

import { delayFrames } from './delay-frames.js';
import { dropFrames } from './drop-frames.js';
import { duplicateFrames } from './duplicate-frames.js';
import { garbleFrames } from './garble-frames.js';
import type { Garbage } from './garble-frames.js';
import { insertFrame } from './insert-frame.js';
import { postponeFrames } from './postpone-frames.js';
import { reorderFrames } from './reorder-frames.js';
import { replaceFrames } from './replace-frames.js';
import type { Fault } from './create-fault.js';
import { stallAfter } from './stall-after.js';

/* The faults that disturb the frames of an open connection. */

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

afterEach(() => {
  vi.useRealTimers();
});

/* What crosses the wire: `o` is the open connection, the others are frames. */
const wire = {
  o: 'open',
  s: '{"type":"event:start","phone":"anonymous","timestamp":"2026-11-22T09:00:00Z"}',
  t: '{"type":"transcript","msg":"A parcel.","role":"other"}',
  u: '{"type":"transcript","msg":"Who is it for?","role":"assistant","offset":3}',
  a: '{"type":"ack","ackId":"8f0c"}',
  e: '{"type":"event:callEnd","timestamp":"2026-11-22T09:01:00Z"}',
  x: '{"type":"error","description":"busy"}',
};

const closed = new ConnectionClosedError(1000);
const refused = new HandshakeRefusedError(503);
const busy = { type: 'error', description: 'busy' };

/** The n-th dial is the n-th wire, and what is sent is kept. */
function dialling(...wires: readonly Observable<string>[]) {
  const sent: Frame[] = [];
  let dials = 0;
  const transport = defer(() => {
    const frames$ = new Subject<Frame>();
    const connection: Connection = { frames$, send: (frame) => sent.push(frame) };
    return (wires[dials++] ?? EMPTY).pipe(
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

it.each<[what: string, alter: Fault, marbles: string, expected: string]>([
  ['loses all', dropFrames(), '                            -o-s-t-a-#', '  -o-------#'],
  ['loses the n-th', dropFrames({ nth: 2 }), '             -o-s-t-a-#', '  -o-s---a-#'],
  ['loses a type', dropFrames({ type: 'transcript' }), '   -o-t-a-u-#', '  -o---a---#'],
  ['loses no share', dropFrames({ share: 0 }), '           -o-s-t-a-#', '  -o-s-t-a-#'],
  ['loses none of this dial', dropFrames({ dial: 2 }), '   -o-s-t-a-#', '  -o-s-t-a-#'],
  ['repeats all', duplicateFrames(), '                     -o-s---t---#', '-o-(ss)(tt)#'],
  ['repeats once', duplicateFrames({ times: 1 }), '        -o-s---t---#', '-o-s---t---#'],
  ['repeats the n-th', duplicateFrames({ nth: 1, times: 3 }), '-o-s----t-#', '-o-(sss)t-#'],
  ['replaces a type', replaceFrames({ type: 'ack', frame: busy }), '-o-t-a-u-#', '-o-t-x-u-#'],
  ['replaces the n-th', replaceFrames({ nth: 1, frame: wire.x }), '-o-t-a-u-#', '-o-x-a-u-#'],
  ['swaps the n-th', reorderFrames({ nth: 1 }), '          -o-s-t---a#', ' -o---(ts)a#'],
  ['swaps pair after pair', reorderFrames(), '             -ost---ua---#', '-o-(ts)-(au)#'],
  ['swaps the last with none', reorderFrames({ nth: 2 }), '-o-s-t-#', '    -o-s---(t#)'],
  ['postpones all', postponeFrames({ ms: 2 }), '           -o-s-t-a---#', '-o---s-t-a-#'],
  ['postpones a type', postponeFrames({ ms: 3, type: 'ack' }), '-o-a-t---#', '-o---ta--#'],
  ['postpones over the end', postponeFrames({ ms: 9, nth: 1 }), '-o-s-t-#', '-o---t-#'],
  ['delays frames and the end', delayFrames({ ms: 2 }), '  -(os)-t-#', '   -o-s----t-#'],
  ['delays by nothing', delayFrames(), '                   -o-s-t-#', '    -o-s-t-#'],
  ['delays another dial', delayFrames({ ms: 2, dial: 2 }), '-o-s-t-#', '   -o-s-t-#'],
  ['inserts where it opens', insertFrame({ frame: wire.x }), '-o---s-#', '  -(ox)s-#'],
  ['inserts behind the n-th', insertFrame({ frames: 2, frame: busy }), '-ost---a#', '-os(tx)a#'],
  ['inserts behind a type', insertFrame({ after: 'ack', frame: busy }), '-oa---t#', '-o(ax)t#'],
  ['inserts on another dial', insertFrame({ dial: 2, frame: busy }), '-o-s-#', '-o-s-#'],
  ['inserts nowhere', insertFrame({ frames: 3, frame: busy }), '-o-s-t-#', '-o-s-t-#'],
  ['falls silent for good', stallAfter({ frames: 1 }), '   -o-s-t-a-#', '  -o-s------'],
  ['falls silent at once', stallAfter({}), '               -o-s-t-a-#', '  -o--------'],
  ['falls silent a while', stallAfter({ after: 'ack', ms: 4 }), '-oat-u----e-#', '-oa---(tu)e-#'],
  ['ends after a while', stallAfter({ frames: 1, ms: 4 }), '-os-t-#', '        -os---(t#)'],
  ['falls silent elsewhere', stallAfter({ dial: 2 }), '    -o-s-t-#', '    -o-s-t-#'],
])('%s', (_what, alter, marbles, expected) => {
  run((time) => {
    const { transport } = dialling(time.cold(marbles, wire, closed));

    time.expectObservable(follow(transport.pipe(alter))).toBe(expected, wire, closed);
  });
});

it.each<[as: Garbage, frame: Frame, garbled: Frame]>([
  ['bad-json', wire.a, '{"type":"ack",'],
  ['bad-json', '1', '1'],
  ['bad-json', '', ''],
  ['bad-json', Buffer.from('{}'), Buffer.from('{')],
  ['wrong-types', wire.u, '{"type":"transcript","msg":7,"role":7,"offset":3}'],
  ['wrong-types', Buffer.from(wire.a), '{"type":"ack","ackId":7}'],
  ['wrong-types', 'no JSON', 'no JSON'],
  ['wrong-types', 'null', 'null'],
  ['unknown-type', wire.a, '{"type":"event:garbled","ackId":"8f0c"}'],
  ['unknown-type', '{', '{'],
  ['binary', wire.a, new Uint8Array([0x00, 0xff, 0xfe, 0x80])],
  ['empty', wire.a, ''],
])('garbles as %s: %s', (as, frame, garbled) => {
  const heard: Frame[] = [];
  run(() => {
    const connection: Connection = { frames$: of(frame), send: () => undefined };
    of(connection)
      .pipe(
        garbleFrames({ as }),
        switchMap(({ frames$ }) => frames$),
      )
      .subscribe({ next: (one) => heard.push(one), error: () => undefined });
  });

  expect(heard).toStrictEqual([garbled]);
});

it('garbles what it is told to, and breaks it off where it is not told how', () => {
  run((time) => {
    const { transport } = dialling(time.cold('-o-t-a-u-#', wire, closed));
    const expected = '                        -o-t-A-u-#';

    time
      .expectObservable(follow(transport.pipe(garbleFrames({ type: 'ack' }))))
      .toBe(expected, { ...wire, A: '{"type":"ack",' }, closed);
  });
});

/** When a hundred frames arrive that are sent one every 5 ms, and the end behind them. */
function arrivalsOf(alter: Fault): readonly number[] {
  const arrivals: number[] = [];
  run((time) => {
    const { transport } = dialling(time.cold(`o${'t 4ms '.repeat(100)}#`, wire, closed));
    const arrive = () => arrivals.push(asyncScheduler.now());
    time.expectObservable(follow(transport.pipe(alter, tap({ error: arrive }))).pipe(tap(arrive)));
  });
  return arrivals.slice(1);
}

const lateness = (arrivals: readonly number[]): readonly number[] =>
  arrivals.slice(0, 100).map((at, index) => at - (1 + 5 * index));

it('delays by a jitter that is drawn anew for each frame, and the same for the same seed', () => {
  const arrivals = arrivalsOf(delayFrames({ ms: 3, jitterMs: 4, seed: 7 }));
  const late = lateness(arrivals);

  expect(arrivals).toHaveLength(101);
  expect(new Set(late)).toEqual(new Set([3, 4, 5, 6, 7]));
  expect(arrivalsOf(delayFrames({ ms: 3, jitterMs: 4, seed: 7 }))).toEqual(arrivals);
  expect(arrivalsOf(delayFrames({ ms: 3, jitterMs: 4, seed: 8 }))).not.toEqual(arrivals);
});

it('keeps the order where the jitter is longer than what lies between two frames', () => {
  const arrivals = arrivalsOf(delayFrames({ jitterMs: 40 }));

  expect(arrivals).toHaveLength(101);
  expect(arrivals.toSorted((a, b) => a - b)).toEqual(arrivals);
  expect(Math.max(...lateness(arrivals))).toBeLessThanOrEqual(40);
});

it('strikes on the dial it is told, each time anew', () => {
  run((time) => {
    const wires = Array.from({ length: 3 }, () => time.cold('(ost)', wire));
    const { transport } = dialling(...wires);
    const disturbedTransport = transport.pipe(
      dropFrames({ nth: 1 }),
      insertFrame({ dial: 'every', frames: 1, frame: busy }),
      duplicateFrames({ dial: 2, type: 'error' }),
    );

    time.expectObservable(follow(disturbedTransport), '^!').toBe('(otx)', wire);
    time.expectObservable(follow(disturbedTransport), '-^!').toBe('-(otxx)', wire);
    time.expectObservable(follow(disturbedTransport), '--^!').toBe('--(otx)', wire);
  });
});

/* What all of them have in common */

const faults: readonly (readonly [name: string, alter: Fault])[] = [
  ['delayFrames', delayFrames({ ms: 5, jitterMs: 5 })],
  ['dropFrames', dropFrames()],
  ['duplicateFrames', duplicateFrames()],
  ['garbleFrames', garbleFrames()],
  ['insertFrame', insertFrame({ frame: busy })],
  ['postponeFrames', postponeFrames({ ms: 5 })],
  ['reorderFrames', reorderFrames()],
  ['replaceFrames', replaceFrames({ frame: busy })],
  ['stallAfter', stallAfter({ ms: 5 })],
];

it.each(faults)('waits for a dial, and is left before it opens: %s', (_name, alter) => {
  run((time) => {
    const wire$ = time.cold('-----o', wire);
    const left = '           ^--!  ';
    const { transport } = dialling(wire$);

    time.expectObservable(follow(transport.pipe(alter)), left).toBe('----');
    time.expectSubscriptions(wire$.subscriptions).toBe(left);
  });
});

it.each(faults)('leaves the transport when it is left in the middle: %s', (_name, alter) => {
  run((time) => {
    const wire$ = time.cold('-ostau-e-', wire);
    const left = '           ^----!   ';
    const { transport } = dialling(wire$);

    time.expectObservable(follow(transport.pipe(alter)).pipe(ignoreElements()), left).toBe('-');
    time.expectSubscriptions(wire$.subscriptions).toBe(left);
  });
});

it.each(faults)('leaves no timer behind when it is left in the middle: %s', (_name, alter) => {
  vi.useFakeTimers();
  const { transport } = dialling(concat(of('open', wire.s, wire.t), NEVER));
  const following = follow(transport.pipe(alter)).subscribe();
  following.unsubscribe();

  expect(vi.getTimerCount()).toBe(0);
});

it.each(faults)('tells of a dial that is refused: %s', (_name, alter) => {
  run((time) => {
    const { transport } = dialling(time.cold('-#', wire, refused));
    const error$ = follow(transport.pipe(alter)).pipe(tap({ next: () => expect.unreachable() }));
    const failed: unknown[] = [];
    error$.subscribe({ error: (error: unknown) => failed.push(error) });
    time.flush();

    expect(failed).toEqual([refused]);
  });
});

it.each(faults)('hands on what the client sends, and what comes of it: %s', (_name, alter) => {
  run((time) => {
    const { transport, sent } = dialling(time.cold('-o-', wire));
    const given: unknown[] = [];
    transport.pipe(alter).subscribe(({ send }) => {
      given.push(send('a command'));
    });
    time.flush();

    expect(sent).toEqual(['a command']);
    // As one does whose `send` gives a promise.
    expect(given).toEqual([1]);
  });
});

it.each<[make: () => Fault, message: string]>([
  [() => delayFrames({ ms: Infinity }), 'ms must be from 0 to 2147483647 milliseconds'],
  [() => delayFrames({ jitterMs: -1 }), 'jitterMs must be from 0 to 2147483647 milliseconds'],
  [() => delayFrames({ dial: 0 }), 'dial must be a whole number of at least 1, not 0.'],
  [() => postponeFrames({ ms: NaN }), 'ms must be from 0 to 2147483647 milliseconds, not NaN.'],
  [() => postponeFrames({ ms: 1, share: 2 }), 'share must be from 0 to 1, not 2.'],
  [() => stallAfter({ ms: -1 }), 'ms must be from 0 to 2147483647 milliseconds, not -1.'],
  [() => stallAfter({ frames: -1 }), 'frames must be a whole number of at least 0, not -1.'],
  [() => insertFrame({ dial: 0, frame: '' }), 'dial must be a whole number of at least 1, not 0.'],
  [() => duplicateFrames({ times: 0 }), 'times must be a whole number from 1 to 1000, not 0.'],
  [() => duplicateFrames({ times: Infinity }), 'times must be a whole number from 1 to 1000'],
  [() => dropFrames({ nth: 0 }), 'nth must be a whole number of at least 1, not 0.'],
  [() => reorderFrames({ share: NaN }), 'share must be from 0 to 1, not NaN.'],
])('refuses options that cannot be: %s', (make, message) => {
  expect(make).toThrow(TypeError);
  expect(make).toThrow(message);
});

it('does not garble in a way that it does not know', () => {
  expect(() => garbleFrames({ as: 'upside-down' as 'empty' })).toThrow(
    new TypeError(
      "as must be one of bad-json, wrong-types, unknown-type, binary, empty, not 'upside-down'.",
    ),
  );
});
