import {
  asyncScheduler,
  catchError,
  concat,
  defer,
  filter,
  firstValueFrom,
  map,
  mergeMap,
  NEVER,
  of,
  retry,
  Subject,
  tap,
} from 'rxjs';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it } from 'vitest';

import {
  AckTimeoutError,
  CallEndedError,
  ConnectionLostError,
  NotOpenError,
  ServerReportedError,
} from './command-error.js';
import type { CommandOptions } from './issue-command.js';
import type { Acknowledged } from './live-call.js';
import { liveCall } from './live-call.js';
import type { LiveCallOptions } from './live-call.js';
import type { ClientMessage } from './protocol/commands.js';
import { ConnectionClosedError, HandshakeRefusedError } from './transport-error.js';
import type { Connection, Frame, Transport } from './transport.js';

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

/* What crosses the wire: `o` opens the connection, the others are frames from the server. */
const wire = {
  o: 'open',
  a: '{"type":"ack","ackId":"id-1"}',
  b: '{"type":"ack","ackId":"id-2"}',
  u: '{"type":"ack","ackId":"of someone else"}',
  e: '{"type":"event:callEnd","timestamp":"2026-11-22T09:01:00Z"}',
  w: '{"type":"error","description":"too early"}',
  x: '{"type":"error","description":"busy"}',
  y: '{"type":"error","description":"still busy"}',
  z: '{"type":"error","description":"too late"}',
};

/* What the client sends. */
const frames = {
  J: '{"type":"client:joinCall","id":"id-1"}',
  K: '{"type":"client:joinCall","id":"id-2"}',
  E: '{"type":"client:endCall","id":"id-1"}',
  F: '{"type":"client:endCall","id":"id-2"}',
};

const lost = new ConnectionClosedError(1006);

const joined = (at: number, more: Partial<Acknowledged> = {}): Acknowledged => ({
  type: 'client:joinCall',
  id: 'id-1',
  connection: 1,
  at,
  confirmedBy: 'ack',
  ...more,
});

/** A call over one wire after the other, and what it sends. It retries once, after 4 ms. */
function callOver(...wires: readonly Observable<string>[]) {
  const { transport, sent$ } = dialling(...wires);
  return { call: liveCall(transport, numbered()), sent$ };
}

/** The n-th dial is the n-th wire. */
function dialling(...wires: readonly Observable<string>[]) {
  const sent$ = new Subject<Frame>();
  let dials = 0;
  const transport = defer(() => {
    const frames$ = new Subject<Frame>();
    const connection: Connection = {
      frames$,
      send: (frame) => {
        sent$.next(frame);
      },
    };
    return (wires[dials++] ?? NEVER).pipe(
      tap((value) => {
        if (value !== 'open') frames$.next(value);
      }),
      filter((value) => value === 'open'),
      map(() => connection),
    );
  });
  return { transport, sent$ };
}

function numbered(): LiveCallOptions {
  let ids = 0;
  return {
    createId: () => `id-${(ids += 1)}`,
    lingerMs: 5,
    retry: { baseDelayMs: 8, random: () => 0 },
  };
}

it('sends the command and emits its acknowledgement', () => {
  run((time) => {
    const wire$ = time.cold('-o---a--', wire);
    const joins = '          ---^----';
    const sent = '           ---J----';
    const expected = '       -----(A|)';
    const { call, sent$ } = callOver(wire$);
    call.connect();

    time.expectObservable(sent$).toBe(sent, frames);
    time.expectObservable(call.joinCall(), joins).toBe(expected, { A: joined(5) });
  });
});

it('sends nothing before it is subscribed', () => {
  run((time) => {
    const wire$ = time.cold('-o---', wire);
    const sent = '           -----';
    const { call, sent$ } = callOver(wire$);
    call.connect();
    void call.joinCall();
    void call.endCall();

    time.expectObservable(sent$).toBe(sent);
  });
});

it.each([
  ['the first dial is under way', '-----o', '---^', '---#'],
  ['the connection is dialled again', '-o-# ', '----^', '----#'],
])('fails at once while %s', (_when, marbles, joins, expected) => {
  run((time) => {
    const wire$ = time.cold(marbles, wire, lost);
    const { call, sent$ } = callOver(wire$);
    call.connect();

    time.expectObservable(sent$).toBe('');
    time.expectObservable(call.joinCall(), joins).toBe(expected, {}, new NotOpenError());
  });
});

it('fails at once before connect()', () => {
  run((time) => {
    const { call, sent$ } = callOver();

    time.expectObservable(sent$).toBe('');
    time.expectObservable(call.joinCall()).toBe('#', {}, new NotOpenError());
  });
});

it('waits for the connection to open, where it is told to, and sends once', () => {
  run((time) => {
    const wire$ = time.cold('-----o--a', wire);
    const joins = '          --^------';
    const sent = '           -----J---';
    const expected = '       --------(A|)';
    const { call, sent$ } = callOver(wire$);
    call.connect();
    const joined$ = call.joinCall({ whenNotOpen: 'wait' });

    time.expectObservable(sent$).toBe(sent, frames);
    time.expectObservable(joined$, joins).toBe(expected, { A: joined(8) });
  });
});

it('waits for connect(), too', () => {
  run((time) => {
    const connect$ = time.cold('---c');
    const wire$ = time.cold('      -o-a', wire);
    const sent = '              ----J---';
    const expected = '          ------(A|)';
    const { call, sent$ } = callOver(wire$);
    connect$.subscribe(() => call.connect());
    const joined$ = call.joinCall({ whenNotOpen: 'wait' });

    time.expectObservable(sent$).toBe(sent, frames);
    time.expectObservable(joined$).toBe(expected, { A: joined(6) });
  });
});

it('waits for the connection to be open again, and never sends twice', () => {
  run((time) => {
    const first$ = time.cold(' -o-#            ', wire, lost);
    const second$ = time.cold('       -o--#    ', wire, lost);
    const third$ = time.cold('                   -o', wire);
    const joins = '            ----^            ';
    const sent = '             --------J        ';
    const expected = '         -----------#     ';
    const { call, sent$ } = callOver(first$, second$, third$);
    call.connect();
    const joined$ = call.joinCall({ whenNotOpen: 'wait' });

    time.expectObservable(sent$).toBe(sent, frames);
    time
      .expectObservable(joined$, joins)
      .toBe(expected, {}, new ConnectionLostError('client:joinCall', lost));
  });
});

it('says on which connection it was acknowledged', () => {
  run((time) => {
    const first$ = time.cold(' -o-#         ', wire, lost);
    const second$ = time.cold('       -o---a', wire);
    const joins = '            ----------^  ';
    const expected = '         ------------(A|)';
    const { call } = callOver(first$, second$);
    call.connect();

    time
      .expectObservable(call.joinCall(), joins)
      .toBe(expected, { A: joined(12, { connection: 2 }) });
  });
});

it('does not wait longer than the ack timeout, and sends nothing then', () => {
  run((time) => {
    const wire$ = time.cold('---------o--', wire);
    const joins = '          --^---------';
    const sent = '           ------------';
    const expected = '       -------#----';
    const { call, sent$ } = callOver(wire$);
    call.connect();
    const joined$ = call.joinCall({ whenNotOpen: 'wait', ackTimeoutMs: 5 });

    time.expectObservable(sent$).toBe(sent);
    time.expectObservable(joined$, joins).toBe(expected, {}, new NotOpenError(5));
  });
});

it('gives the ack its whole time after the wait', () => {
  run((time) => {
    const wire$ = time.cold('-----o---a', wire);
    const joins = '          --^-------';
    const expected = '       ---------(A|)';
    const { call } = callOver(wire$);
    call.connect();
    const joined$ = call.joinCall({ whenNotOpen: 'wait', ackTimeoutMs: 5 });

    time.expectObservable(joined$, joins).toBe(expected, { A: joined(9) });
  });
});

it('sends nothing when it is unsubscribed while it waits', () => {
  run((time) => {
    const wire$ = time.cold('-----o---', wire);
    const joins = '          --^-!    ';
    const sent = '           ---------';
    const { call, sent$ } = callOver(wire$);
    call.connect();
    const joined$ = call.joinCall({ whenNotOpen: 'wait' });

    time.expectObservable(sent$).toBe(sent);
    time.expectObservable(joined$, joins).toBe('---------');
  });
});

it('fails when the call cannot be followed any more while it waits', () => {
  run((time) => {
    const first$ = time.cold(' -o-#         ', wire, lost);
    const second$ = time.cold('       --#    ', wire, new HandshakeRefusedError(404));
    const joins = '            ----^         ';
    const expected = '         ---------#    ';
    const { call, sent$ } = callOver(first$, second$);
    call.connect();
    const joined$ = call.joinCall({ whenNotOpen: 'wait' });
    const error = new CallEndedError('client:joinCall', 'not-sent');

    time.expectObservable(sent$).toBe('');
    time.expectObservable(joined$, joins).toBe(expected, {}, error);
  });
});

it('fails when the monitor hangs up while it waits', () => {
  run((time) => {
    const wire$ = time.cold('--------o', wire);
    const joins = '          --^      ';
    const hangup$ = time.cold(' ----h');
    const expected = '       ----#    ';
    const { call } = callOver(wire$);
    const following = call.connect();
    hangup$.subscribe(() => {
      following.unsubscribe();
    });
    const joined$ = call.joinCall({ whenNotOpen: 'wait' });
    const error = new CallEndedError('client:joinCall', 'not-sent');

    time.expectObservable(joined$, joins).toBe(expected, {}, error);
  });
});

it('leaves a second ack and the acks of others to messages$', () => {
  run((time) => {
    const wire$ = time.cold('-ou-u-aa--', wire);
    const joins = '          ---^      ';
    const acks = '           --u-u-aa--';
    const expected = '       ------(A|)';
    const { call } = callOver(wire$);
    call.connect();
    const acks$ = call.messages$.pipe(map(({ message }) => JSON.stringify(message)));

    time.expectObservable(acks$).toBe(acks, wire);
    time.expectObservable(call.joinCall(), joins).toBe(expected, { A: joined(6) });
  });
});

it('fails when no ack came in time; a later one is on messages$ alone', () => {
  run((time) => {
    const wire$ = time.cold('-o--u-----a', wire);
    const joins = '          ---^       ';
    const acks = '           ----u-----a';
    const expected = '       --------#  ';
    const { call } = callOver(wire$);
    call.connect();
    const acks$ = call.messages$.pipe(map(({ message }) => JSON.stringify(message)));
    const joined$ = call.joinCall({ ackTimeoutMs: 5 });

    time.expectObservable(acks$).toBe(acks, wire);
    time
      .expectObservable(joined$, joins)
      .toBe(expected, {}, new AckTimeoutError('client:joinCall', 5, []));
  });
});

it('gives the ack five seconds by default', () => {
  run((time) => {
    const wire$ = time.cold('-o', wire);
    const joins = '          --^';
    const expected = '       -- 5s #';
    const { call } = callOver(wire$);
    call.connect();

    time
      .expectObservable(call.endCall(), joins)
      .toBe(expected, {}, new AckTimeoutError('client:endCall', 5_000, []));
  });
});

/** A transport that is open at once, and what it is sent. */
function openWith(send: (frame: Frame, answer: (frame: Frame) => void) => unknown): Transport {
  return defer(() => {
    const frames$ = new Subject<Frame>();
    const connection: Connection = {
      frames$,
      send: (frame) =>
        send(frame, (answer) => {
          frames$.next(answer);
        }) as undefined,
    };
    return concat(of(connection), NEVER);
  });
}

it('waits one more turn for an ack that stood in the socket behind a blocked loop', () => {
  run((time) => {
    const transport = openWith((_frame, answer) => {
      // Comes due with the timeout, and after it.
      asyncScheduler.schedule(() => {
        answer(wire.a);
      }, 5);
    });
    const expected = '-----(A|)';
    const call = liveCall(transport, numbered());
    call.connect();

    time.expectObservable(call.joinCall({ ackTimeoutMs: 5 })).toBe(expected, { A: joined(5) });
  });
});

it('hears an ack that is given while the frame is sent', () => {
  run((time) => {
    const transport = openWith((_frame, answer) => {
      answer(wire.a);
    });
    const expected = '(A|)';
    const call = liveCall(transport, numbered());
    call.connect();

    time.expectObservable(call.joinCall()).toBe(expected, { A: joined(0) });
  });
});

it('hears it, too, when the command waited for the connection to open', () => {
  run((time) => {
    const transport = openWith((_frame, answer) => {
      answer(wire.a);
    });
    const connect$ = time.cold('--c   ');
    const expected = '          --(A|)';
    const call = liveCall(transport, numbered());
    connect$.subscribe(() => call.connect());
    const joined$ = call.joinCall({ whenNotOpen: 'wait' });

    time.expectObservable(joined$).toBe(expected, { A: joined(2) });
  });
});

it('fails when the socket is about to close, and takes no frame', () => {
  run((time) => {
    const transport = openWith(() => {
      throw new NotOpenError();
    });
    const call = liveCall(transport, numbered());
    call.connect();

    time.expectObservable(call.joinCall()).toBe('#', {}, new NotOpenError());
  });
});

it('tells with a timeout what errors the server reported since it was sent', () => {
  run((time) => {
    const wire$ = time.cold('-ow--x-y---z', wire);
    const joins = '          ---^        ';
    const expected = '       ---------(r|)';
    const { call } = callOver(wire$);
    call.connect();
    const reported$ = call.joinCall({ ackTimeoutMs: 6 }).pipe(
      catchError((error: unknown) => {
        if (!(error instanceof AckTimeoutError)) throw error;
        return of(error.errorsSinceSend.map(({ description }) => description));
      }),
    );

    time.expectObservable(reported$, joins).toBe(expected, { r: ['busy', 'still busy'] });
  });
});

it('counts an error that is reported while the frame is sent', () => {
  const transport = openWith((_frame, answer) => {
    answer(wire.x);
  });
  run((time) => {
    const expected = '-----#';
    const call = liveCall(transport, numbered());
    call.connect();
    const error = new AckTimeoutError('client:joinCall', 5, [new ServerReportedError('busy')]);

    time.expectObservable(call.joinCall({ ackTimeoutMs: 5 })).toBe(expected, {}, error);
  });
});

it('does not fail for an error that the server reports', () => {
  run((time) => {
    const wire$ = time.cold('-o--x-a', wire);
    const joins = '          ---^   ';
    const expected = '       ------(A|)';
    const { call } = callOver(wire$);
    call.connect();

    time.expectObservable(call.joinCall(), joins).toBe(expected, { A: joined(6) });
  });
});

it('fails at once when its connection is lost, and is not sent on the next', () => {
  run((time) => {
    const first$ = time.cold(' -o----#       ', wire, lost);
    const second$ = time.cold('          -o-a', wire);
    const joins = '            ---^          ';
    const sent = '             ---J----------';
    const expected = '         ------#       ';
    const { call, sent$ } = callOver(first$, second$);
    call.connect();
    const error = new ConnectionLostError('client:joinCall', lost);

    time.expectObservable(sent$).toBe(sent, frames);
    time.expectObservable(call.joinCall(), joins).toBe(expected, {}, error);
  });
});

it('is not sent by who hears on errors$ that the connection was lost', () => {
  run((time) => {
    const wire$ = time.cold('-o-#', wire, lost);
    const sent = '           ----';
    const expected = '       ---#';
    const { call, sent$ } = callOver(wire$);
    call.connect();
    const joined$ = call.errors$.pipe(mergeMap(() => call.joinCall()));

    time.expectObservable(sent$).toBe(sent);
    time.expectObservable(joined$).toBe(expected, {}, new NotOpenError());
  });
});

it.each([
  ['for good with', 4_000],
  ['with', 1_000],
])('fails at once when the server closes %s %i', (_how, code) => {
  run((time) => {
    const wire$ = time.cold('-o----#', wire, new ConnectionClosedError(code));
    const joins = '          ---^   ';
    const expected = '       ------#';
    const { call } = callOver(wire$);
    call.connect();
    const error = new ConnectionLostError('client:joinCall', new ConnectionClosedError(code));

    time.expectObservable(call.joinCall(), joins).toBe(expected, {}, error);
  });
});

it('fails when the server closes with 1000, where that is how calls end', () => {
  run((time) => {
    const wire$ = time.cold('-o----#', wire, new ConnectionClosedError(1_000));
    const joins = '          ---^   ';
    const sent = '           ---J---';
    const expected = '       ------#';
    const { transport, sent$ } = dialling(wire$);
    const call = liveCall(transport, { ...numbered(), cleanCloseIsEnd: true });
    call.connect();
    const error = new CallEndedError('client:joinCall', 'unknown');

    time.expectObservable(sent$).toBe(sent, frames);
    time.expectObservable(call.joinCall(), joins).toBe(expected, {}, error);
  });
});

it('fails when the monitor hangs up', () => {
  run((time) => {
    const wire$ = time.cold('  -o------', wire);
    const joins = '            ---^----';
    const hangup$ = time.cold('------h ');
    const expected = '         ------#';
    const { call } = callOver(wire$);
    const following = call.connect();
    hangup$.subscribe(() => {
      following.unsubscribe();
    });
    const error = new CallEndedError('client:joinCall', 'unknown');

    time.expectObservable(call.joinCall(), joins).toBe(expected, {}, error);
  });
});

it('fails at the end of the call, after what the server still had to say', () => {
  run((time) => {
    const wire$ = time.cold('-o---e-----', wire);
    const joins = '          ---^       ';
    const expected = '       ----------#';
    const { call } = callOver(wire$);
    call.connect();
    const error = new CallEndedError('client:joinCall', 'unknown');

    time.expectObservable(call.joinCall(), joins).toBe(expected, {}, error);
  });
});

it.each([1_000, 1_006])('fails when the server closes with %i after the call', (code) => {
  run((time) => {
    const wire$ = time.cold('-o---e-#', wire, new ConnectionClosedError(code));
    const joins = '          ---^    ';
    const expected = '       -------#';
    const { call } = callOver(wire$);
    call.connect();
    const error = new CallEndedError('client:joinCall', 'unknown');

    time.expectObservable(call.joinCall(), joins).toBe(expected, {}, error);
  });
});

it('takes an ack that comes after the end of the call', () => {
  run((time) => {
    const wire$ = time.cold('-o---e-a---', wire);
    const joins = '          ---^       ';
    const expected = '       -------(A|)';
    const { call } = callOver(wire$);
    call.connect();

    time.expectObservable(call.joinCall(), joins).toBe(expected, { A: joined(7) });
  });
});

it('takes the end of the call for the confirmation of endCall', () => {
  run((time) => {
    const wire$ = time.cold('-o---e-a---', wire);
    const ends = '           ---^       ';
    const sent = '           ---E-------';
    const expected = '       -----(C|)  ';
    const { call, sent$ } = callOver(wire$);
    call.connect();
    const ended = joined(5, { type: 'client:endCall', confirmedBy: 'callEnd' });

    time.expectObservable(sent$).toBe(sent, frames);
    time.expectObservable(call.endCall(), ends).toBe(expected, { C: ended });
  });
});

it('takes the ack of endCall, when it comes before the end of the call', () => {
  run((time) => {
    const wire$ = time.cold('-o---a-e---', wire);
    const ends = '           ---^       ';
    const expected = '       -----(A|)  ';
    const { call } = callOver(wire$);
    call.connect();

    time
      .expectObservable(call.endCall(), ends)
      .toBe(expected, { A: joined(5, { type: 'client:endCall' }) });
  });
});

it.each(['reject', 'wait'] as const)('fails at once after the call (%s)', (whenNotOpen) => {
  run((time) => {
    const wire$ = time.cold('-o-e------------', wire);
    const whileClosing = '   -----^          ';
    const expectedClosing = '-----#          ';
    const onceClosed = '     ------------^   ';
    const expectedClosed = ' ------------#   ';
    const { call, sent$ } = callOver(wire$);
    call.connect();
    const joined$ = call.joinCall({ whenNotOpen });
    const error = new CallEndedError('client:joinCall', 'not-sent');

    time.expectObservable(sent$).toBe('');
    time.expectObservable(joined$, whileClosing).toBe(expectedClosing, {}, error);
    time.expectObservable(joined$, onceClosed).toBe(expectedClosed, {}, error);
  });
});

it('tells several commands in flight apart by their ids', () => {
  run((time) => {
    const wire$ = time.cold('-o-----b--a', wire);
    const joins = '          ---^       ';
    const ends = '           ----^      ';
    const sent = '           ---JF------';
    const joinAcked = '      ----------(A|)';
    const endAcked = '       -------(B|)';
    const { call, sent$ } = callOver(wire$);
    call.connect();
    const ended = joined(7, { type: 'client:endCall', id: 'id-2' });

    time.expectObservable(sent$).toBe(sent, frames);
    time.expectObservable(call.joinCall(), joins).toBe(joinAcked, { A: joined(10) });
    time.expectObservable(call.endCall(), ends).toBe(endAcked, { B: ended });
  });
});

it('sends anew, with a fresh id, for each subscription', () => {
  run((time) => {
    const wire$ = time.cold('-o------b', wire);
    const sent = '           --J---K--';
    const joins = '          --^      ';
    const expected = '       --------(A|)';
    const { call, sent$ } = callOver(wire$);
    call.connect();
    const joined$ = call.joinCall({ ackTimeoutMs: 4 }).pipe(retry(1));

    time.expectObservable(sent$).toBe(sent, frames);
    time.expectObservable(joined$, joins).toBe(expected, { A: joined(8, { id: 'id-2' }) });
  });
});

it('stops waiting when it is unsubscribed; what was sent stays sent', () => {
  run((time) => {
    const wire$ = time.cold('-o------a', wire);
    const joins = '          ---^-!   ';
    const sent = '           ---J-----';
    const expected = '       ---------';
    const { call, sent$ } = callOver(wire$);
    call.connect();

    time.expectObservable(sent$).toBe(sent, frames);
    time.expectObservable(call.joinCall(), joins).toBe(expected);
  });
});

it.each([NaN, Infinity, -1, 2 ** 31])('refuses an ack timeout of %s ms at the call', (ms) => {
  const { call } = callOver();

  expect(() => call.joinCall({ ackTimeoutMs: ms })).toThrow(TypeError);
  expect(() => call.endCall({ ackTimeoutMs: ms })).toThrow('ackTimeoutMs must be from 0 to');
});

it('gives each command a UUID of its own by default', () => {
  const ids = new Set<string>();
  const call = liveCall(
    openWith((frame) => {
      ids.add((JSON.parse(frame as string) as ClientMessage).id);
    }),
  );
  const following = call.connect();
  call.joinCall().subscribe({ error: () => undefined });
  call.endCall().subscribe({ error: () => undefined });
  following.unsubscribe();

  expect(ids.size).toBe(2);
  for (const id of ids) expect(id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
});

/* A connection that ends in the very turn in which it is sent on */

it('does not say that a command was not sent when sending it ended the connection', () => {
  const log: unknown[] = [];
  const transport: Transport = defer(() => {
    const ended$ = new Subject<never>();
    const connection: Connection = {
      frames$: NEVER,
      send: () => {
        ended$.error(new ConnectionClosedError(1008));
      },
    };
    return concat(of(connection), ended$);
  });
  const call = liveCall(transport);
  call.connect();
  call.joinCall().subscribe({ error: (error: unknown) => log.push(error) });

  expect(log).toEqual([
    new ConnectionLostError('client:joinCall', new ConnectionClosedError(1008)),
  ]);
});

it('tells of an ack once, though whoever hears of it hangs up', () => {
  const frames$ = new Subject<Frame>();
  const call = liveCall(concat(of({ frames$, send: () => undefined }), NEVER), {
    createId: () => 'c0ffee',
  });
  const following = call.connect();
  const told: string[] = [];
  call.joinCall().subscribe({
    next: ({ confirmedBy }) => {
      told.push(confirmedBy);
      following.unsubscribe();
    },
    error: () => told.push('failed'),
    complete: () => told.push('complete'),
  });
  frames$.next('{"type":"ack","ackId":"c0ffee"}');

  expect(told).toEqual(['ack', 'complete']);
});

it('is acknowledged by what makes somebody else hang up', () => {
  run((time) => {
    const wire$ = time.cold('-o--a---', wire);
    const joins = '          --^-----';
    const expected = '       ----(A|)';
    const { call } = callOver(wire$);
    call.messages$.subscribe(() => {
      call.connect().unsubscribe();
    });
    call.connect();

    time.expectObservable(call.joinCall(), joins).toBe(expected, { A: joined(4) });
  });
});

/* What a transport of someone else's, or an option, does that no command expects */

it.each<[what: string, send: () => unknown, delivery: string, tag: string]>([
  [
    'throws an error',
    throwing(new TypeError('mask is not a function')),
    'unknown',
    'SendFailedError',
  ],
  ['throws what is no error', throwing('4711'), 'unknown', 'SendFailedError'],
  ['throws nothing', throwing(undefined), 'unknown', 'SendFailedError'],
  ['throws what is no command error', throwing(lost), 'unknown', 'SendFailedError'],
  ['throws that it is not open', throwing(new NotOpenError()), 'not-sent', 'NotOpenError'],
])('tells what is known of it when send %s', (_what, send, delivery, tag) => {
  const errors: unknown[] = [];
  const call = liveCall(openWith(send));
  call.connect();
  call.joinCall().subscribe({ error: (error: unknown) => errors.push(error) });

  expect(errors).toMatchObject([{ _tag: tag, delivery }]);
  expect(String(errors[0])).not.toContain('4711');
  expect(JSON.stringify(errors)).not.toContain('mask');
});

it('tells so when what send promised is not kept', async () => {
  const broken = new Error('no broker');
  const call = liveCall(openWith(() => Promise.reject(broken)));
  call.connect();

  await expect(firstValueFrom(call.joinCall())).rejects.toMatchObject({
    _tag: 'SendFailedError',
    delivery: 'unknown',
    failure: broken,
  });
});

it('waits for the ack when what send promised is kept', async () => {
  const call = liveCall(
    openWith((_frame, answer) =>
      Promise.resolve().then(() => {
        answer(wire.a);
      }),
    ),
    numbered(),
  );
  call.connect();

  await expect(firstValueFrom(call.joinCall())).resolves.toMatchObject({ confirmedBy: 'ack' });
});

it.each<[what: string, createId: () => unknown]>([
  ['throws', throwing(new RangeError('no entropy'))],
  ['throws nothing', throwing(undefined)],
  ['gives nothing', () => undefined],
  ['gives an empty text', () => ''],
  ['gives a number', () => 4],
])('sends nothing, and says so, when createId %s', (_what, createId) => {
  const sent: unknown[] = [];
  const errors: unknown[] = [];
  const call = liveCall(
    openWith((frame) => sent.push(frame)),
    { createId: createId as () => string },
  );
  call.connect();
  call.endCall().subscribe({ error: (error: unknown) => errors.push(error) });

  expect(sent).toEqual([]);
  expect(errors).toMatchObject([{ _tag: 'SendFailedError', delivery: 'not-sent' }]);
});

it('goes on waiting while the connection that is open is being closed, and sends once', () => {
  run((time) => {
    const closing$ = time.cold('-o-----#', wire, lost);
    const opened$ = time.cold('            -o--a--', wire);
    const joins = '             ---^-------------';
    const expected = '          ---------------(A|)';
    let dials = 0;
    const sent: Frame[] = [];
    const transport = defer(() => {
      dials += 1;
      const isClosing = dials === 1;
      const frames$ = new Subject<Frame>();
      const send = (frame: Frame) => {
        if (isClosing) throw new NotOpenError();
        sent.push(frame);
      };
      return (isClosing ? closing$ : opened$).pipe(
        tap((value) => {
          if (value !== 'open') frames$.next(value);
        }),
        filter((value) => value === 'open'),
        map(() => ({ frames$, send })),
      );
    });
    const call = liveCall(transport, {
      ...numbered(),
      createId: () => 'id-1',
      retry: { baseDelayMs: 8, random: () => 0 },
    });
    call.connect();
    const waiting$ = call.joinCall({ whenNotOpen: 'wait' });

    time
      .expectObservable(waiting$.pipe(map(({ connection }) => connection)), joins)
      .toBe(expected, {
        A: 2,
      });
    time.flush();
    expect(sent).toEqual([frames.J]);
  });
});

it('waits no longer than the ack timeout for a connection that is being closed', () => {
  run((time) => {
    const call = liveCall(openWith(throwing(new NotOpenError())));
    call.connect();
    const joined$ = call.joinCall({ whenNotOpen: 'wait', ackTimeoutMs: 5 });

    time.expectObservable(joined$).toBe('-----#', {}, new NotOpenError(5));
  });
});

it.each([
  [{ whenNotOpen: 'Reject' }, "whenNotOpen must be one of reject, wait, not 'Reject'."],
  [{ whenNotOpen: true }, 'whenNotOpen must be one of reject, wait, not true.'],
  [{ whenNotOpen: null }, 'whenNotOpen must be one of reject, wait, not null.'],
])('refuses %o at the call', (options, message) => {
  const call = liveCall(NEVER);

  expect(() => call.joinCall(options as CommandOptions)).toThrow(new TypeError(message));
  expect(() => call.endCall(options as CommandOptions)).toThrow(TypeError);
});

function throwing(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}

/* While the way to the connection is interrupted */

/** Over one connection that may be away, and takes nothing meanwhile. */
function callAway(away$: Observable<boolean>, wire$: Observable<string>) {
  const sent$ = new Subject<Frame>();
  let isAway = false;
  const connection: Connection = {
    frames$: wire$,
    away$: away$.pipe(
      tap((is) => {
        isAway = is;
      }),
    ),
    send: (frame) => {
      if (isAway) throw new NotOpenError();
      sent$.next(frame);
    },
  };
  return { call: liveCall(concat(of(connection), NEVER), numbered()), sent$ };
}

const away = { f: false, t: true };

it('is confirmed by an ack that came while it was away', () => {
  run((time) => {
    const { call } = callAway(time.cold('f-t 6s f', away), time.cold('--- 6s -a', wire));
    call.connect();

    time
      .expectObservable(call.joinCall({ ackTimeoutMs: 5_000 }))
      .toBe('--- 6s -(A|)', { A: joined(6_004) });
  });
});

it('gives the ack its time anew once it is back', () => {
  run((time) => {
    const { call } = callAway(time.cold('f-t 3ms f', away), NEVER);
    call.connect();
    const late = new AckTimeoutError('client:joinCall', 10, []);

    time.expectObservable(call.joinCall({ ackTimeoutMs: 10 })).toBe('6ms 10ms #', {}, late);
  });
});

it('sends nothing while it is away, and says so at once, or waits', () => {
  run((time) => {
    const { call, sent$ } = callAway(time.cold('t--f', away), time.cold('-----a', wire));
    call.connect();

    time.expectObservable(call.joinCall()).toBe('#', {}, new NotOpenError());
    time
      .expectObservable(call.joinCall({ whenNotOpen: 'wait' }))
      .toBe('-----(A|)', { A: joined(5) });
    time.expectObservable(sent$).toBe('---J', frames);
  });
});
