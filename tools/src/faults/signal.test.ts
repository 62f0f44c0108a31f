import { ConnectionClosedError, HandshakeRefusedError, NotOpenError } from '@livecall/core';
import type { Connection, Frame, Transport } from '@livecall/core';
import {
  concat,
  defer,
  delayWhen,
  EMPTY,
  map,
  merge,
  NEVER,
  of,
  Subject,
  switchMap,
  tap,
  timer,
} from 'rxjs';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { alterSignals, fromSignals, toSignals } from './signal.js';
import type { Signal } from './signal.js';

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

/* `o` is the open connection, the others are frames. */
const wire = { o: 'open', a: 'a', b: 'b' };
const lost = new ConnectionClosedError(1006);
const refused = new HandshakeRefusedError(503);
const noCode = new ConnectionClosedError(1005);

/** A transport that says what stands on its wire, and the frames sent to it. */
function dialling(wire$: Observable<string>) {
  const sent: Frame[] = [];
  const transport = defer(() => {
    const frames$ = new Subject<Frame>();
    const connection: Connection = { frames$, send: (frame) => sent.push(frame) };
    return wire$.pipe(
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

const toWord = (signal: Signal): unknown => {
  if (signal.kind === 'open') return 'open';
  return signal.kind === 'frame' ? signal.frame : signal.error;
};

const alter = alterSignals((signals$) => signals$);

it.each([['--'], ['-o--'], ['-o-a-b--'], ['-(oab)-'], ['-o-a-#'], ['-#'], ['#']])(
  'is a transport again after it was signals: %s',
  (marbles) => {
    run((time) => {
      const { transport } = dialling(time.cold(marbles, wire, lost));

      time.expectObservable(follow(transport.pipe(alter))).toBe(marbles, wire, lost);
    });
  },
);

it.each([
  ['a refused dial', '            -#   ', refused, '-(z|)   '],
  ['a lost connection', '         -oa-#', lost, '   -oa-(z|)'],
  ['a transport that completes', '-oa-|', noCode, ' -oa-(z|)'],
  ['one that completes at once', '|    ', noCode, ' (z|)    '],
])('makes the end of %s a value', (_what, marbles, error, expected) => {
  run((time) => {
    const { transport } = dialling(time.cold(marbles, wire, error));
    const word$ = toSignals(transport).pipe(map(toWord));

    time.expectObservable(word$).toBe(expected, { ...wire, z: error });
  });
});

it('closes with 1005 where the transport completes', () => {
  run((time) => {
    const { transport } = dialling(time.cold('-o-a-|', wire));
    const expected = '                        -o-a-#';

    time.expectObservable(follow(transport.pipe(alter))).toBe(expected, wire, noCode);
  });
});

it('hears what a connection says as soon as it is listened to', () => {
  run((time) => {
    const connection: Connection = { frames$: of('a', 'b'), send: () => undefined };
    const transport = concat(of(connection), NEVER).pipe(alter);

    time.expectObservable(follow(transport)).toBe('(oab)', wire);
  });
});

it('hears nothing after an end', () => {
  run((time) => {
    const { transport } = dialling(time.cold('-o-a-b-', wire));
    const alter = alterSignals((signals$) =>
      merge(signals$, time.cold<Signal>('----(ee)', { e: { kind: 'end', error: refused } })),
    );
    const expected = '                        -o-a#';

    time.expectObservable(follow(transport.pipe(alter))).toBe(expected, wire, refused);
  });
});

it('ends with the error of an operator that fails', () => {
  run((time) => {
    const { transport } = dialling(time.cold('-o-a-b-', wire));
    const thrown = new Error('thrown');
    const alter = alterSignals((signals$) =>
      signals$.pipe(
        tap(({ kind }) => {
          if (kind === 'frame') throw thrown;
        }),
      ),
    );
    const expected = '                        -o-#';

    time.expectObservable(follow(transport.pipe(alter))).toBe(expected, wire, thrown);
  });
});

it('leaves the transport when it is left', () => {
  run((time) => {
    const wire$ = time.cold('-o-a-b-', wire);
    const { transport } = dialling(wire$);
    const left = '           ^---!   ';
    const expected = '       -o-a-   ';

    time.expectObservable(follow(transport.pipe(alter)), left).toBe(expected, wire);
    time.expectSubscriptions(wire$.subscriptions).toBe(left);
  });
});

it('leaves the transport when it is left in the turn in which it opens', () => {
  run((time) => {
    const wire$ = time.cold('-(oa)-', wire);
    const { transport } = dialling(wire$);
    const following = transport.pipe(alter).subscribe(() => {
      following.unsubscribe();
    });

    time.expectSubscriptions(wire$.subscriptions).toBe('^!');
  });
});

it('counts the dials of a transport, from 1', () => {
  run((time) => {
    const { transport } = dialling(time.cold('(oa)'));
    const dials: number[] = [];
    const disturbedTransport = transport.pipe(
      alterSignals((signals$, dial) => {
        dials.push(dial);
        return signals$;
      }),
    );
    for (let dial = 1; dial <= 3; dial += 1) disturbedTransport.subscribe().unsubscribe();

    expect(dials).toEqual([1, 2, 3]);
  });
});

it('hands on what the client sends, as long as the connection is open', () => {
  run((time) => {
    const { transport, sent } = dialling(time.cold('-o-#', wire, lost));
    let connection: Connection | undefined;
    fromSignals(toSignals(transport)).subscribe({
      next: (opened) => {
        connection = opened;
        opened.send('in time');
      },
      error: () => undefined,
    });
    time.flush();

    expect(() => connection?.send('too late')).toThrow(NotOpenError);
    expect(sent).toEqual(['in time']);
  });
});

it('loses nothing to who listens later', () => {
  run((time) => {
    const { transport } = dialling(time.cold('-(oab)', wire));
    const late$ = transport.pipe(
      alter,
      delayWhen(() => timer(5)),
    );

    time.expectObservable(follow(late$)).toBe('------(oab)', wire);
  });
});
