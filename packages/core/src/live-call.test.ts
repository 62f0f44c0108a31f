import {
  concat,
  config,
  defer,
  EMPTY,
  filter,
  finalize,
  ignoreElements,
  map,
  merge,
  mergeMap,
  NEVER,
  of,
  retry,
  Subject,
  switchMap,
  take,
  tap,
  throwError,
} from 'rxjs';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it, onTestFinished, vi } from 'vitest';

import type { CallSnapshot } from './call-snapshot.js';
import { ServerReportedError } from './command-error.js';
import type { CallEndedError } from './command-error.js';
import type { ConnectionState } from './connection-state.js';
import { InvalidFrameError } from './invalid-frame-error.js';
import { EndedWithoutCallEndError } from './live-call-error.js';
import { liveCall } from './live-call.js';
import type { LiveCall, LiveCallOptions } from './live-call.js';
import {
  ConnectionClosedError,
  HandshakeRefusedError,
  TransportFailedError,
} from './transport-error.js';
import type { Connection, Transport } from './transport.js';

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

/* What crosses the wire: `o` opens the connection, the others are frames from the server. */
const wire = {
  o: 'open',
  s: '{"type":"event:start","phone":"+12025550100","timestamp":"2026-11-22T09:00:00Z"}',
  n: '{"type":"event:end","msg":"handed over"}',
  e: '{"type":"event:callEnd","timestamp":"2026-11-22T09:01:00Z"}',
  t: '{"type":"transcript","msg":"Who is calling?","role":"assistant"}',
  u: '{"type":"transcript","msg":"A parcel.","role":"other","offset":3}',
  a: '{"type":"ack","ackId":"8f0c"}',
  x: '{"type":"error","description":"busy"}',
  h: '{"type":"event:hold","since":4}',
  i: '{"type":"transcript","msg":"Hello","role":"caller"}',
};

/* What becomes of them. */
const messages = {
  s: { type: 'event:start', phone: '+12025550100', timestamp: '2026-11-22T09:00:00Z' },
  n: { type: 'event:end', msg: 'handed over' },
  e: { type: 'event:callEnd', timestamp: '2026-11-22T09:01:00Z' },
  t: { type: 'transcript', msg: 'Who is calling?', role: 'assistant' },
  u: { type: 'transcript', msg: 'A parcel.', role: 'other', offset: 3 },
  a: { type: 'ack', ackId: '8f0c' },
  x: { type: 'error', description: 'busy' },
  h: { type: 'unknown', received: { type: 'event:hold', since: 4 } },
};

const errors = {
  i: new InvalidFrameError(wire.i, 'Role', 'role'),
  x: new ServerReportedError('busy'),
};

const lost = new ConnectionClosedError(1006);
const unauthorized = new HandshakeRefusedError(401);
const gone = new HandshakeRefusedError(404);

/* The states by name: `closed` by its reason. */
const states = {
  i: 'idle',
  c: 'connecting',
  o: 'open',
  a: 'away',
  r: 'reconnecting',
  e: 'closing',
  E: 'call-ended',
  H: 'hung-up',
  C: 'clean-close',
  F: 'failed',
};

const toName = (state: ConnectionState) =>
  state.status === 'closed' ? state.reason : state.status;

/** The n-th dial is the n-th wire. */
function dialling(...wires: readonly Observable<string>[]): Transport {
  let dials = 0;
  return defer(() => {
    const frames$ = new Subject<string>();
    const connection: Connection = { frames$, send: () => undefined };
    return (wires[dials++] ?? NEVER).pipe(
      tap((value) => {
        if (value !== 'open') frames$.next(value);
      }),
      filter((value) => value === 'open'),
      map(() => connection),
    );
  });
}

/** Lingers 5 ms; retries after 4 ms, and once more after 8 ms. */
const quick: LiveCallOptions = {
  lingerMs: 5,
  retry: { baseDelayMs: 8, maxAttempts: 2, random: () => 0 },
};

/** A connected call over one wire after the other. */
function callOver(...wires: readonly Observable<string>[]): LiveCall {
  const call = liveCall(dialling(...wires), quick);
  call.connect();
  return call;
}

/* Messages */

it('tells each message on its stream, and all of them on messages$', () => {
  run((time) => {
    const wire$ = time.cold('-o-s-t-u-a-x-h-n-e-----', wire);
    const events = '         ---s-----------n-e----|';
    const transcript = '     -----t-u--------------|';
    const reported = '       -----------x----------|';
    const all = '            ---s-t-u-a-x-h-n-e----|';
    const state = '          co---------------e----(E|)';
    const call = callOver(wire$);
    const message$ = call.messages$.pipe(map(({ message }) => message));

    time.expectObservable(call.events$).toBe(events, messages);
    time.expectObservable(call.transcript$).toBe(transcript, messages);
    time.expectObservable(call.errors$).toBe(reported, errors);
    time.expectObservable(message$).toBe(all, messages);
    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
  });
});

it('tells with each message when it came, and on which connection', () => {
  run((time) => {
    const first$ = time.cold(' -o-s-#        ', wire, lost);
    const second$ = time.cold('         -o-t-', wire);
    const expected = '         ---s--------t-';

    time.expectObservable(callOver(first$, second$).messages$).toBe(expected, {
      s: { connection: 1, at: 3, type: 'event:start', message: messages.s },
      t: { connection: 2, at: 12, type: 'transcript', message: messages.t },
    });
  });
});

it('hears what a connection says in the turn in which it opens', () => {
  run((time) => {
    const wire$ = time.cold('-(ost)---', wire);
    const events = '         -s-------';
    const transcript = '     -t-------';
    const call = callOver(wire$);

    time.expectObservable(call.events$).toBe(events, messages);
    time.expectObservable(call.transcript$).toBe(transcript, messages);
  });
});

it('hears what a connection says as soon as it is listened to', () => {
  run((time) => {
    const connection: Connection = { frames$: concat(of(wire.s), NEVER), send: () => undefined };
    const call = liveCall(concat(of(connection), NEVER), quick);
    const connect$ = time.cold('-c---');
    const events = '            -s---';
    const state = '             i(co)';
    connect$.subscribe(() => call.connect());

    time.expectObservable(call.events$).toBe(events, messages);
    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
  });
});

it('is open before the call ends as soon as it is listened to', () => {
  run((time) => {
    const connection: Connection = { frames$: concat(of(wire.e), NEVER), send: () => undefined };
    const call = liveCall(concat(of(connection), NEVER), quick);
    const connect$ = time.cold('-c-------  ');
    const events = '            -e----|    ';
    const state = '             i(coe)(E|) ';
    connect$.subscribe(() => call.connect());

    time.expectObservable(call.events$).toBe(events, messages);
    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
  });
});

it('tells of a frame that is no message on errors$ alone, and goes on', () => {
  run((time) => {
    const wire$ = time.cold('-oi-t-', wire);
    const reported = '       --i---';
    const all = '            ----t-';
    const state = '          co----';
    const call = callOver(wire$);
    const message$ = call.messages$.pipe(map(({ message }) => message));

    time.expectObservable(call.errors$).toBe(reported, errors);
    time.expectObservable(message$).toBe(all, messages);
    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
  });
});

/* Connections */

it('dials nothing before connect()', () => {
  run((time) => {
    const wire$ = time.cold('-o-s', wire);
    const call = liveCall(dialling(wire$), quick);

    time.expectObservable(call.events$).toBe('');
    time.expectObservable(call.transcript$).toBe('');
    time.expectObservable(call.messages$).toBe('');
    time.expectObservable(call.errors$).toBe('');
    time.expectObservable(call.call$.pipe(map(({ phase }) => phase))).toBe('w', { w: 'waiting' });
    time.expectObservable(call.state$).toBe('i', { i: { status: 'idle' } });
    time.expectSubscriptions(wire$.subscriptions).toBe([]);
  });
});

it('misses nothing when it is subscribed before connect()', () => {
  run((time) => {
    const connect$ = time.cold('--c');
    const wire$ = time.cold('     -o-s-', wire);
    const events = '            -----s-';
    const state = '             i-co---';
    const call = liveCall(dialling(wire$), quick);
    connect$.subscribe(() => call.connect());

    time.expectObservable(call.events$).toBe(events, messages);
    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
  });
});

it.each([
  ['after its end', '-o-e-----', '^-------!'],
  ['after a failure', '-o-#     ', '^--!     '],
])('connects once, and not again %s', (_when, marbles, dialled) => {
  run((time) => {
    const wire$ = time.cold(marbles, wire, gone);
    const call = liveCall(dialling(wire$), quick);
    const following = call.connect();
    expect(call.connect()).toBe(following);
    expect(following.closed).toBe(false);

    time.expectSubscriptions(wire$.subscriptions).toBe(dialled);
    time.flush();

    expect(call.connect()).toBe(following);
    expect(following.closed).toBe(true);
    expect(wire$.subscriptions).toHaveLength(1);
  });
});

it('keeps the connection when a stream is left', () => {
  run((time) => {
    const wire$ = time.cold('-o-t-u-s-', wire);
    const left = '           ^---!    ';
    const transcript = '     ---t-----';
    const events = '         -------s-';
    const dialled = '        ^--------';
    const call = callOver(wire$);

    time.expectObservable(call.transcript$, left).toBe(transcript, messages);
    time.expectObservable(call.events$).toBe(events, messages);
    time.expectSubscriptions(wire$.subscriptions).toBe(dialled);
  });
});

it('is silent on the data streams while a lost connection is dialled again', () => {
  run((time) => {
    const first$ = time.cold(' -o-t-#        ', wire, lost);
    const second$ = time.cold('         -o-u-', wire);
    const state = '            co---r----O---';
    const reported = '         -----l--------';
    const transcript = '       ---t--------u-';
    const events = '           --------------';
    const call = callOver(first$, second$);

    time.expectObservable(call.state$).toBe(state, {
      c: { status: 'connecting' },
      o: { status: 'open', connection: 1 },
      r: { status: 'reconnecting', attempt: 1, delayMs: 4, cause: lost },
      O: { status: 'open', connection: 2 },
    });
    time.expectObservable(call.errors$).toBe(reported, { l: lost });
    time.expectObservable(call.transcript$).toBe(transcript, messages);
    time.expectObservable(call.events$).toBe(events);
  });
});

it('does not listen to a lost connection any more', () => {
  run((time) => {
    const first$ = time.cold(' -c---#       ', {}, lost);
    const second$ = time.cold('         -c--', {}, lost);
    const frames$ = time.hot(' ---t--u-u--t-', wire);
    const transcript = '       ---t-------t-';
    let dials = 0;
    const transport = defer(() => (dials++ === 0 ? first$ : second$)).pipe(
      map((): Connection => ({ frames$, send: () => undefined })),
    );
    const call = liveCall(transport, quick);
    call.connect();

    time.expectObservable(call.transcript$).toBe(transcript, messages);
  });
});

it('listens to one connection at a time, wherever it is dialled again', () => {
  const wires = [new Subject<string>(), new Subject<string>()];
  const [first$, second$] = wires as [Subject<string>, Subject<string>];
  let dials = 0;
  const transport = defer(() => {
    const frames$ = wires[dials++] ?? NEVER;
    const end$ = dials === 1 ? throwError(() => lost) : NEVER;
    return concat(of({ frames$, send: () => undefined }), end$);
  });
  const call = liveCall(transport.pipe(retry(1)), quick);
  const heard: string[] = [];
  call.transcript$.subscribe(({ msg }) => heard.push(msg));
  const following = call.connect();
  first$.next(wire.t);
  second$.next(wire.u);
  following.unsubscribe();

  expect(heard).toEqual(['A parcel.']);
  expect(first$.observed || second$.observed).toBe(false);
});

it('fails when a connection cannot be listened to', () => {
  const nothing = { send: () => undefined } as unknown as Connection;
  const call = liveCall(concat(of(nothing), NEVER), quick);
  const states: string[] = [];
  call.state$.subscribe((state) => states.push(toName(state)));
  call.connect();

  expect(states).toEqual(['idle', 'connecting', 'failed']);
});

it('dials again when the first dial fails', () => {
  run((time) => {
    const refused = new HandshakeRefusedError(503, 6);
    const first$ = time.cold(' -#       ', wire, refused);
    const second$ = time.cold('       -o', wire);
    const state = '            cr------o';
    const call = callOver(first$, second$);

    time.expectObservable(call.state$).toBe(state, {
      c: { status: 'connecting' },
      r: { status: 'reconnecting', attempt: 1, delayMs: 6, cause: refused },
      o: { status: 'open', connection: 1 },
    });
  });
});

it('dials again after a 401, as soon as two dials may follow each other', () => {
  run((time) => {
    const first$ = time.cold(' -#      ', wire, unauthorized);
    const second$ = time.cold('    -o-s', wire);
    const state = '            cr---o--';
    const reported = '         -l------';
    const events = '           -------s';
    const call = callOver(first$, second$);

    time.expectObservable(call.state$).toBe(state, {
      c: { status: 'connecting' },
      r: { status: 'reconnecting', attempt: 0, delayMs: 3, cause: unauthorized },
      o: { status: 'open', connection: 1 },
    });
    time.expectObservable(call.errors$).toBe(reported, { l: unauthorized });
    time.expectObservable(call.events$).toBe(events, messages);
  });
});

it('fails with a second 401', () => {
  run((time) => {
    const first$ = time.cold(' -#       ', wire, unauthorized);
    const second$ = time.cold('    -#   ', wire, unauthorized);
    const state = '            cr---(F|)';
    const events = '           -----#   ';
    const call = callOver(first$, second$);

    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
    time.expectObservable(call.events$).toBe(events, {}, unauthorized);
  });
});

it('replays the last state', () => {
  run((time) => {
    const wire$ = time.cold('-o----#', wire, lost);
    const whileOpen = '      --^----';
    const expectedOpen = '   --o---r';
    const onceLost = '       -------^';
    const expectedLost = '   -------r';
    const name$ = callOver(wire$).state$.pipe(map(toName));

    time.expectObservable(name$, whileOpen).toBe(expectedOpen, states);
    time.expectObservable(name$, onceLost).toBe(expectedLost, states);
  });
});

it('asks the classify it was given', () => {
  run((time) => {
    const first$ = time.cold(' -#      ', wire, gone);
    const second$ = time.cold('     -#  ', wire, unauthorized);
    const state = '            cr----(F|)';
    const call = liveCall(dialling(first$, second$), {
      retry: {
        baseDelayMs: 8,
        random: () => 0,
        classify: (error) => (error === gone ? 'retry' : 'fatal'),
      },
    });
    call.connect();

    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
  });
});

it.each([lost, unauthorized, new ConnectionClosedError(1012)])(
  'never dials again where retry is false: %s',
  (error) => {
    run((time) => {
      const wire$ = time.cold('-o-#', wire, error);
      const dialled = '        ^--!';
      const state = '          co-(F|)';
      const events = '         ---#';
      const call = liveCall(dialling(wire$), { retry: false });
      call.connect();

      time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
      time.expectObservable(call.events$).toBe(events, {}, error);
      time.expectSubscriptions(wire$.subscriptions).toBe(dialled);
    });
  },
);

/* Ends */

it.each([
  new HandshakeRefusedError(400),
  new HandshakeRefusedError(403),
  new HandshakeRefusedError(404),
  new ConnectionClosedError(1002),
  new ConnectionClosedError(1008),
  new ConnectionClosedError(4401),
])('fails on every data stream with the same error: %s', (error) => {
  run((time) => {
    const wire$ = time.cold('-o-#', wire, error);
    const dialled = '        ^--!';
    const state = '          co-(F|)';
    const data = '           ---#';
    const reported = '       ---(l|)';
    const ended = '          ---|';
    const call = callOver(wire$);

    time.expectObservable(call.state$).toBe(state, {
      c: { status: 'connecting' },
      o: { status: 'open', connection: 1 },
      F: { status: 'closed', reason: 'failed', error },
    });
    time.expectObservable(call.errors$).toBe(reported, { l: error });
    const streams: Observable<unknown>[] = [call.events$, call.transcript$, call.messages$];
    for (const stream$ of streams) {
      time.expectObservable(stream$).toBe(data, {}, error);
    }
    time.expectObservable(call.call$.pipe(ignoreElements())).toBe(ended);
    time.expectSubscriptions(wire$.subscriptions).toBe(dialled);
  });
});

it('fails with the last error when the retries are used up', () => {
  run((time) => {
    const first$ = time.cold(' -#               ', wire, lost);
    const second$ = time.cold('     -#          ', wire, lost);
    const third$ = time.cold('              -# ', wire, new HandshakeRefusedError(503));
    const state = '            cr----r--------(F|)';
    const reported = '         -l----l--------(g|)';
    const events = '           ---------------#';
    const call = callOver(first$, second$, third$);
    const error = new HandshakeRefusedError(503);

    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
    time.expectObservable(call.errors$).toBe(reported, { l: lost, g: error });
    time.expectObservable(call.events$).toBe(events, {}, error);
  });
});

it('completes after event:callEnd and what the server still has to say', () => {
  run((time) => {
    const wire$ = time.cold('-o-e--t--u', wire);
    const dialled = '        ^-------! ';
    const state = '          co-e----(E|)';
    const events = '         ---e----|';
    const transcript = '     ------t-|';
    const ended = '          --------|';
    const call = callOver(wire$);

    time.expectObservable(call.state$).toBe(state, {
      c: { status: 'connecting' },
      o: { status: 'open', connection: 1 },
      e: { status: 'closing', connection: 1 },
      E: { status: 'closed', reason: 'call-ended' },
    });
    time.expectObservable(call.events$).toBe(events, messages);
    time.expectObservable(call.transcript$).toBe(transcript, messages);
    time.expectObservable(call.messages$.pipe(ignoreElements())).toBe(ended);
    time.expectObservable(call.errors$).toBe(ended);
    time.expectObservable(call.call$.pipe(ignoreElements())).toBe(ended);
    time.expectSubscriptions(wire$.subscriptions).toBe(dialled);
  });
});

it.each([
  [undefined, '---e 999ms |'],
  [1, '        ---e|       '],
  [0, '        ---(e|)     '],
])('lingers %s ms', (lingerMs, expected) => {
  run((time) => {
    const wire$ = time.cold('-o-e', wire);
    const call = liveCall(dialling(wire$), lingerMs === undefined ? {} : { lingerMs });
    call.connect();

    time.expectObservable(call.events$).toBe(expected, messages);
  });
});

it.each([1000, 1001, 1005, 1006, 1011, 4000])(
  'completes at once, and dials no more, when the server closes with %i after event:callEnd',
  (code) => {
    run((time) => {
      const wire$ = time.cold('-o-e-#', wire, new ConnectionClosedError(code));
      const dialled = '        ^----!';
      const state = '          co-e-(E|)';
      const events = '         ---e-|';
      const reported = '       -----|';
      const call = callOver(wire$);

      time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
      time.expectObservable(call.events$).toBe(events, messages);
      time.expectObservable(call.errors$).toBe(reported);
      time.expectSubscriptions(wire$.subscriptions).toBe(dialled);
    });
  },
);

it('tells of a second event:callEnd, which changes nothing', () => {
  run((time) => {
    const wire$ = time.cold('-o-e-e----', wire);
    const state = '          co-e----(E|)';
    const events = '         ---e-e--|';
    const call = callOver(wire$);

    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
    time.expectObservable(call.events$).toBe(events, messages);
  });
});

it.each([
  ['connecting  ', '-----o---', '---h', 'c--(H|)  ', '---|  ', '^--!  '],
  ['open        ', '-o-s---s-', '-----h', 'co---(H|)', '---s-|', '^----!'],
  ['reconnecting', '-o-#     ', '-----h', 'co-r-(H|)', '-----|', '^--!  '],
  ['closing     ', '-o-e---e-', '-----h', 'co-e-(E|)', '---e-|', '^----!'],
])('hangs up while %s', (_state, marbles, hangup, state, events, dialled) => {
  run((time) => {
    const wire$ = time.cold(marbles, wire, lost);
    const call = liveCall(dialling(wire$), quick);
    const following = call.connect();
    time.cold(hangup).subscribe(() => {
      following.unsubscribe();
    });

    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
    time.expectObservable(call.events$).toBe(events, messages);
    time.expectSubscriptions(wire$.subscriptions).toBe(dialled);
  });
});

it('has closed the connection when it says that it hung up', () => {
  const log: string[] = [];
  const connection: Connection = { frames$: NEVER, send: () => undefined };
  const transport = concat(of(connection), NEVER).pipe(finalize(() => log.push('close')));
  const call = liveCall(transport);
  call.state$.subscribe((state) => log.push(toName(state)));
  call.connect().unsubscribe();

  expect(log).toEqual(['idle', 'connecting', 'open', 'close', 'hung-up']);
});

it('lets a consumer hang up in the middle of a message', () => {
  run((time) => {
    const wire$ = time.cold('-o-t-u-', wire);
    const dialled = '        ^--!   ';
    const state = '          co-(H|)';
    const events = '         ---|   ';
    const call = callOver(wire$);
    call.transcript$.subscribe(() => {
      call.connect().unsubscribe();
    });

    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
    time.expectObservable(call.events$).toBe(events);
    time.expectSubscriptions(wire$.subscriptions).toBe(dialled);
  });
});

it('ends once, though a consumer hangs up when it hears of the end', () => {
  run((time) => {
    const wire$ = time.cold('-o-#   ', wire, gone);
    const state = '          co-(F|)';
    const events = '         ---#   ';
    const call = callOver(wire$);
    call.state$.subscribe(({ status }) => {
      if (status === 'closed') call.connect().unsubscribe();
    });

    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
    time.expectObservable(call.events$).toBe(events, {}, gone);
  });
});

const normal = new ConnectionClosedError(1000);
const withoutEnd = new EndedWithoutCallEndError(normal);
const goneAfterwards = new EndedWithoutCallEndError(normal, { isGone: true });
const unavailable = new HandshakeRefusedError(503);
const noToken = new HandshakeRefusedError(401);

it('dials again when the server closes with 1000 without event:callEnd', () => {
  run((time) => {
    const first$ = time.cold(' -o-#      ', wire, normal);
    const second$ = time.cold('       -os', wire);
    const state = '            co-r----o-';
    const reported = '         ---l------';
    const events = '           ---------s';
    const call = callOver(first$, second$);

    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
    time.expectObservable(call.errors$).toBe(reported, { l: normal });
    time.expectObservable(call.events$).toBe(events, messages);
  });
});

it.each([
  ['the call is gone', gone, goneAfterwards],
  ['no token will do', new HandshakeRefusedError(400), new HandshakeRefusedError(400)],
  ['it refuses us', new HandshakeRefusedError(403), new HandshakeRefusedError(403)],
  ['it closes otherwise', new ConnectionClosedError(4999), new ConnectionClosedError(4999)],
])('fails after a close with 1000 when it is told then that %s', (_what, told, error) => {
  run((time) => {
    const first$ = time.cold(' -o-#         ', wire, normal);
    const second$ = time.cold('       -#    ', wire, told);
    const state = '            co-r----(F|) ';
    const data = '             --------#    ';
    const reported = '         ---l----(g|) ';
    const call = callOver(first$, second$);

    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
    time.expectObservable(call.transcript$).toBe(data, {}, error);
    time.expectObservable(call.errors$).toBe(reported, { l: normal, g: error });
  });
});

it.each([
  ['a 503 and then 404', [unavailable, gone], goneAfterwards],
  ['a 401 and then 404', [noToken, gone], goneAfterwards],
  ['503 to the last', [unavailable, unavailable, unavailable], withoutEnd],
  ['1000 to the last', [normal, normal, normal], withoutEnd],
  ['401 twice', [noToken, noToken], noToken],
])('ends after a close with 1000 and %s', (_what, answers, error) => {
  run((time) => {
    const wires = [normal, ...answers].map((answer) => time.cold('#', wire, answer));
    const states: ConnectionState[] = [];
    callOver(...wires).state$.subscribe((state) => states.push(state));
    time.flush();

    expect(states.at(-1)).toEqual({ status: 'closed', reason: 'failed', error });
  });
});

it('forgets a close with 1000 once a connection has opened', () => {
  run((time) => {
    const first$ = time.cold(' -#             ', wire, normal);
    const second$ = time.cold('     o#        ', wire, lost);
    const third$ = time.cold('              -#', wire, gone);
    const call = callOver(first$, second$, third$);

    time.expectObservable(call.transcript$).toBe('---------------#', {}, gone);
  });
});

it('fails with a close with 1000 at once where nothing is retried', () => {
  run((time) => {
    const call = liveCall(dialling(time.cold('-o-#', wire, normal)), { retry: false });
    call.connect();

    time.expectObservable(call.transcript$).toBe('---#', {}, withoutEnd);
  });
});

it('asks cleanCloseIsEnd before classify', () => {
  const asked = vi.fn(() => 'retry' as const);
  run((time) => {
    const call = liveCall(dialling(time.cold('-o-#', wire, normal)), {
      cleanCloseIsEnd: true,
      retry: { classify: asked },
    });
    call.connect();

    time.expectObservable(call.transcript$).toBe('---|');
  });

  expect(asked).not.toHaveBeenCalled();
});

it('completes when the server closes with 1000, where that is how calls end', () => {
  run((time) => {
    const wire$ = time.cold('-o-#', wire, new ConnectionClosedError(1000));
    const state = '          co-(C|)';
    const data = '           ---|   ';
    const call = liveCall(dialling(wire$), { ...quick, cleanCloseIsEnd: true });
    call.connect();

    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
    time.expectObservable(call.transcript$).toBe(data);
    time.expectObservable(call.errors$).toBe(data);
  });
});

it.each([1001, 1005, 1006])('dials again after a %i, whatever cleanCloseIsEnd says', (code) => {
  run((time) => {
    const first$ = time.cold(' -o-#     ', wire, new ConnectionClosedError(code));
    const second$ = time.cold('       -o', wire);
    const state = '            co-r----o';
    const call = liveCall(dialling(first$, second$), { ...quick, cleanCloseIsEnd: true });
    call.connect();

    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
  });
});

it.each([1001, 1005, 1011])('fails with a %i all the same, where nothing is retried', (code) => {
  run((time) => {
    const error = new ConnectionClosedError(code);
    const wire$ = time.cold('-o-#', wire, error);
    const events = '         ---#';
    const call = liveCall(dialling(wire$), { retry: false, cleanCloseIsEnd: true });
    call.connect();

    time.expectObservable(call.events$).toBe(events, {}, error);
  });
});

it('takes the end of a transport that completes for a close without a code', () => {
  run((time) => {
    const first$ = time.cold(' -o-|     ', wire);
    const second$ = time.cold('       -o', wire);
    const state = '            co-r----o';
    const reported = '         ---l-----';
    const call = callOver(first$, second$);

    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
    time.expectObservable(call.errors$).toBe(reported, { l: new ConnectionClosedError(1005) });
  });
});

it("fails with someone else's error by its own name", () => {
  run((time) => {
    const foreign = new Error('no route');
    const wire$ = time.cold('-#  ', wire, foreign);
    const state = '          c(F|)';
    const events = '         -#  ';
    const call = callOver(wire$);

    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
    time.expectObservable(call.events$).toBe(events, {}, new TransportFailedError(foreign));
  });
});

it("dials again after someone else's error, where classify says so", () => {
  run((time) => {
    const foreign = new Error('no route');
    const first$ = time.cold(' -#     ', wire, foreign);
    const second$ = time.cold('     -o', wire);
    const state = '            cr----o';
    const call = liveCall(dialling(first$, second$), {
      retry: {
        baseDelayMs: 8,
        random: () => 0,
        classify: (error) => (error === foreign ? 'retry' : 'fatal'),
      },
    });
    call.connect();

    time.expectObservable(call.state$).toBe(state, {
      c: { status: 'connecting' },
      r: {
        status: 'reconnecting',
        attempt: 1,
        delayMs: 4,
        cause: new TransportFailedError(foreign),
      },
      o: { status: 'open', connection: 1 },
    });
  });
});

it.each([
  ['call-ended', '-o-e', undefined, '|'],
  ['clean-close', '-o-#', new ConnectionClosedError(1000), '|'],
  ['hung-up', '-o--', undefined, '|'],
  ['failed', '-o-#', gone, '#'],
])('gives who comes after the end (%s) the same end', (reason, marbles, error, end) => {
  run((time) => {
    const wire$ = time.cold(marbles, wire, error);
    const hangup$ = time.cold('----------h');
    const late = '             ------------^';
    const data = `             ------------${end}`;
    const ended = '            ------------|';
    const told = '             ------------(g|)';
    const replayed = '         ------------(z|)';
    const call = liveCall(dialling(wire$), { ...quick, cleanCloseIsEnd: true });
    const following = call.connect();
    hangup$.subscribe(() => {
      following.unsubscribe();
    });

    const streams: Observable<unknown>[] = [call.events$, call.transcript$, call.messages$];
    for (const stream$ of streams) {
      time.expectObservable(stream$, late).toBe(data, {}, error);
    }
    // What the others have as an error, it has as a value.
    time.expectObservable(call.errors$, late).toBe(end === '#' ? told : ended, { g: error });
    time.expectObservable(call.state$.pipe(map(toName)), late).toBe(replayed, { z: reason });
    time
      .expectObservable(call.call$.pipe(map(({ connections }) => connections)), late)
      .toBe(replayed, { z: 1 });
  });
});

/* Consumers */

it('lets no consumer that throws disturb the others', () => {
  const thrown = new Error('thrown');
  const unhandled: unknown[] = [];
  config.onUnhandledError = (error) => unhandled.push(error);
  onTestFinished(() => {
    config.onUnhandledError = null;
  });
  run((time) => {
    const first$ = time.cold(' -o-s-i-t-#            ', wire, lost);
    const second$ = time.cold('             -o-u-e---', wire);
    const state = '            co-------r----o---e----(E|)';
    const events = '           ---s--------------e----|';
    const transcript = '       -------t--------u------|';
    const reported = '         -----i---l-------------|';
    const call = callOver(first$, second$);
    const streams: Observable<unknown>[] = [
      call.events$,
      call.transcript$,
      call.messages$,
      call.errors$,
      call.state$,
      call.call$,
    ];
    for (const stream$ of streams) {
      stream$.subscribe(() => {
        throw thrown;
      });
    }

    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
    time.expectObservable(call.events$).toBe(events, messages);
    time.expectObservable(call.transcript$).toBe(transcript, messages);
    time.expectObservable(call.errors$).toBe(reported, { ...errors, l: lost });
  });

  expect(unhandled.length).toBeGreaterThan(6);
  expect(new Set(unhandled)).toEqual(new Set([thrown]));
});

/* Snapshots */

it('takes a snapshot of the call with each message', () => {
  run((time) => {
    const wire$ = time.cold('-o-s-t-a-n-e-----', wire);
    const expected = '       wo-s-t---n-e----|';
    const call = callOver(wire$);
    const w: CallSnapshot = {
      phase: 'waiting',
      phone: undefined,
      startedAt: undefined,
      endedAt: undefined,
      screeningMessage: undefined,
      connections: 0,
      utterances: [],
    };
    const o: CallSnapshot = { ...w, connections: 1 };
    const s: CallSnapshot = {
      ...o,
      phase: 'screening',
      phone: '+12025550100',
      startedAt: '2026-11-22T09:00:00Z',
    };
    const t: CallSnapshot = {
      ...s,
      utterances: [
        { role: 'assistant', text: 'Who is calling?', offset: undefined, connection: 1, at: 5 },
      ],
    };
    const n: CallSnapshot = { ...t, phase: 'screened', screeningMessage: 'handed over' };
    const e: CallSnapshot = { ...n, phase: 'ended', endedAt: '2026-11-22T09:01:00Z' };

    time.expectObservable(call.call$).toBe(expected, { w, o, s, t, n, e });
  });
});

it('marks the gap of a lost connection, and goes back no phase', () => {
  run((time) => {
    const first$ = time.cold(' -o-s-n-u-#          ', wire, lost);
    const second$ = time.cold('              -o-s-t', wire);
    const expected = '         ab-c-d-e------f-g-h';
    const call = callOver(first$, second$);
    const shown$ = call.call$.pipe(
      map(({ phase, connections, utterances }) =>
        [phase, connections, ...utterances.map(({ connection }) => connection)].join(' '),
      ),
    );

    time.expectObservable(shown$).toBe(expected, {
      a: 'waiting 0',
      b: 'waiting 1',
      c: 'screening 1',
      d: 'screened 1',
      e: 'screened 1 1',
      f: 'screened 2 1',
      g: 'screened 2 1',
      h: 'screened 2 1 2',
    });
  });
});

it('gives no snapshot for what changes none', () => {
  run((time) => {
    const wire$ = time.cold('-o-t-a-h-x-i-u', wire);
    const expected = '       wo-t---------u';
    const call = callOver(wire$);
    const seen$ = call.call$.pipe(map((_snapshot, index) => 'wotu'[index]));

    time.expectObservable(seen$).toBe(expected);
  });
});

it('keeps as many utterances as it is told to', () => {
  run((time) => {
    const wire$ = time.cold('-o-t-u-t-', wire);
    const expected = '       00-1-1-1-';
    const call = liveCall(dialling(wire$), { maxUtterances: 1 });
    call.connect();
    const kept$ = call.call$.pipe(map(({ utterances }) => `${utterances.length}`));

    time.expectObservable(kept$).toBe(expected);
  });
});

it('keeps ten thousand utterances by default', () => {
  const frames$ = concat(of(...Array<string>(10_001).fill(wire.t)), NEVER);
  const call = liveCall(concat(of({ frames$, send: () => undefined }), NEVER));
  const snapshots: CallSnapshot[] = [];
  call.connect();
  call.call$.subscribe((snapshot) => snapshots.push(snapshot));
  call.connect().unsubscribe();

  expect(snapshots.map(({ utterances }) => utterances.length)).toEqual([10_000]);
});

it.each<[what: string, wrong: LiveCallOptions]>([
  ['lingerMs', { lingerMs: Infinity }],
  ['lingerMs', { lingerMs: -1 }],
  ['maxUtterances', { maxUtterances: -1 }],
  ['maxUtterances', { maxUtterances: NaN }],
  ['baseDelayMs', { retry: { baseDelayMs: NaN } }],
  ['maxAttempts', { retry: { maxAttempts: -1 } }],
])('refuses a wrong %s at once', (what, wrong) => {
  expect(() => liveCall(NEVER, wrong)).toThrow(TypeError);
  expect(() => liveCall(NEVER, wrong)).toThrow(what);
});

/* What is done in the turn in which event:callEnd is told */

it.each(['messages$', 'events$', 'state$'] as const)(
  'has ended when somebody hangs up as %s tells of the end',
  (name) => {
    run((time) => {
      const wire$ = time.hot('-o-s-t-e', wire);
      const call = liveCall(dialling(wire$), quick);
      const closed: unknown[] = [];
      const phases: string[] = [];
      const acknowledged: unknown[] = [];
      call.state$.subscribe((state) => closed.push(toName(state)));
      call.call$.subscribe(({ phase }) => phases.push(phase));
      const told$: Observable<unknown> = call[name];
      told$.pipe(filter((told) => /callEnd|closing/.test(JSON.stringify(told)))).subscribe(() => {
        following.unsubscribe();
      });
      const following = call.connect();
      time
        .hot('----j')
        .pipe(mergeMap(() => call.endCall()))
        .subscribe(({ confirmedBy }) => acknowledged.push(confirmedBy));
      time.flush();

      expect(closed.at(-1)).toBe('call-ended');
      expect(phases.at(-1)).toBe('ended');
      expect(acknowledged).toEqual(['callEnd']);
    });
  },
);

it('sends nothing more once the end was told', () => {
  run((time) => {
    const sent: unknown[] = [];
    const frames$ = time.hot('-e', wire);
    const transport = time.cold('o', {
      o: { frames$, send: (frame: unknown) => sent.push(frame) },
    });
    const call = liveCall(transport, quick);
    const refusals: unknown[] = [];
    call.messages$
      .pipe(mergeMap(() => call.joinCall()))
      .subscribe({ error: (error: unknown) => refusals.push((error as CallEndedError).delivery) });
    call.connect();
    time.flush();

    expect({ sent, refusals }).toEqual({ sent: [], refusals: ['not-sent'] });
  });
});

it('tells nothing more to whom hangs up while the transport says everything at once', () => {
  const frames$ = concat(of(wire.s, wire.t, wire.u), NEVER);
  const transport: Transport = concat(of({ frames$, send: () => undefined }), NEVER);
  const call = liveCall(transport);
  const told: string[] = [];
  call.messages$.subscribe(({ message }) => {
    told.push(message.type);
    call.connect().unsubscribe();
  });
  const states: string[] = [];
  call.state$.subscribe(({ status }) => states.push(status));
  call.connect();

  expect(told).toEqual(['event:start']);
  expect(states).toEqual(['idle', 'connecting', 'open', 'closed']);
});

it('sends nothing for whom hangs up while a connection opens', () => {
  const sent: unknown[] = [];
  const failed: unknown[] = [];
  const call = liveCall(
    concat(of({ frames$: NEVER, send: (frame: unknown) => sent.push(frame) }), NEVER),
  );
  call.state$
    .pipe(
      filter(({ status }) => status === 'open'),
      mergeMap(() => {
        call.connect().unsubscribe();
        return call.joinCall();
      }),
    )
    .subscribe({ error: (error: unknown) => failed.push(error) });
  call.connect();

  expect(sent).toEqual([]);
  expect(failed).toMatchObject([{ delivery: 'not-sent' }]);
});

/* Connections of someone else's, whose frames end */

it.each<[how: string, frames: string, error: unknown, cause: ConnectionClosedError]>([
  ['complete', '--t--|', undefined, new ConnectionClosedError(1005)],
  [
    'error as a transport does',
    '--t--#',
    new ConnectionClosedError(1012),
    new ConnectionClosedError(1012),
  ],
  ['error with anything', '--t--#', new Error('no broker'), lost],
  ['error with no error', '--t--#', '4711', lost],
])('dials again when the frames of a connection %s', (_how, marbles, error, cause) => {
  run((time) => {
    const frames$ = time.cold(marbles, wire, error);
    const transport = defer(() => concat(of({ frames$, send: () => undefined }), NEVER));
    const call = liveCall(transport, quick);
    call.connect();
    const left = '            ^-----------!  ';
    const transcript = '      --t--------t   ';
    const state = '           o----r---o     ';

    time.expectObservable(call.transcript$, left).toBe(transcript, messages);
    time.expectObservable(call.state$.pipe(map(toName)), left).toBe(state, states);
    const causes: unknown[] = [];
    call.errors$.subscribe((told) => causes.push(told));
    time.flush();
    expect(causes[0]).toMatchObject({ _tag: cause._tag, code: cause.code });
    expect(JSON.stringify(causes)).not.toMatch(/4711|broker/);
  });
});

it('asks classify what to do when the frames of a connection end', () => {
  run((time) => {
    const failed = new ConnectionClosedError(4_001);
    const frames$ = time.cold('--#', wire, failed);
    const transport = concat(of({ frames$, send: () => undefined }), NEVER);
    const call = liveCall(transport, quick);
    call.connect();

    time.expectObservable(call.events$).toBe('--#', {}, failed);
  });
});

it.each([
  ['completes', new ConnectionClosedError(1005)],
  ['closes with 4001', new ConnectionClosedError(4_001)],
])('takes the word of a transport that %s in the turn in which its frames end', (_how, end) => {
  run((time) => {
    const frames$ = time.cold('-----|');
    const transport = time.cold('o----#', { o: { frames$, send: () => undefined } }, end);
    const causes: unknown[] = [];
    const call = liveCall(transport, { ...quick, retry: false });
    call.errors$.subscribe((told) => causes.push(told));
    call.connect();
    time.flush();

    expect(causes).toEqual([end]);
  });
});

it('lets go of a connection whose frames have ended', () => {
  run((time) => {
    const closed: string[] = [];
    const transport = defer(() =>
      concat(of({ frames$: EMPTY, send: () => undefined }), NEVER).pipe(
        finalize(() => closed.push('closed')),
      ),
    );
    const call = liveCall(transport, { retry: false });
    call.connect();
    time.flush();

    expect(closed).toEqual(['closed']);
  });
});

it('ends with the call where the frames end after it', () => {
  run((time) => {
    const frames$ = time.cold('-e-|', wire);
    const call = liveCall(concat(of({ frames$, send: () => undefined }), NEVER), quick);
    call.connect();

    time.expectObservable(call.events$).toBe('-e-|', messages);
    time.expectObservable(call.state$.pipe(map(toName))).toBe('oe-(E|)', states);
  });
});

it.each<[what: string, wrong: object]>([
  ['retry', { retry: true }],
  ['retry', { retry: null }],
  ['classify', { retry: { classify: 'retry' } }],
  ['cleanCloseIsEnd', { cleanCloseIsEnd: 'yes' }],
  ['createId', { createId: 'id-1' }],
])('refuses a %s that is none at once', (what, wrong) => {
  expect(() => liveCall(NEVER, wrong)).toThrow(TypeError);
  expect(() => liveCall(NEVER, wrong)).toThrow(what);
});

it.each([undefined, null, 'wss://calls.example', {}])(
  'refuses %o for a transport at once',
  (none) => {
    expect(() => liveCall(none as Transport)).toThrow(TypeError);
  },
);

/* What applications do */

it('says on the console, once, that connecting after the end does nothing', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined);
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  const call = liveCall(NEVER);
  const first = call.connect();
  // Connected twice, and hung up on twice: nobody expects anything of that.
  call.connect();
  first.unsubscribe();
  await Promise.resolve();
  expect(warn).not.toHaveBeenCalled();

  const second = call.connect();
  call.connect();
  await Promise.resolve();
  expect(second).toBe(first);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]?.[0]).toMatch(/^livecall: connect\(\) on a call that is over/);
});

it('does not mind who hangs up once more', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined);
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  const call = liveCall(NEVER);
  call.connect().unsubscribe();
  call.connect().unsubscribe();
  await Promise.resolve();

  expect(warn).not.toHaveBeenCalled();
});

it('tells of the end after closing: who listens only while it is open hears neither', () => {
  run((time) => {
    const wire$ = time.cold('-o-s-e-t-', wire);
    const call = callOver(wire$);
    const whileOpen$ = call.state$.pipe(
      switchMap(({ status }) => (status === 'open' ? call.messages$ : EMPTY)),
      map(({ message }) => message),
    );
    const whileFollowed$ = call.messages$.pipe(map(({ message }) => message));

    time.expectObservable(whileOpen$).toBe('---s------|', messages);
    time.expectObservable(whileFollowed$).toBe('---s-e-t--|', messages);
  });
});

it.each([
  ['opens', '-o', wire.o, undefined],
  ['is refused', '-#', undefined, gone],
])('lets who waits for the opening hear that it %s', (_what, marbles, opened, error) => {
  run((time) => {
    const call = liveCall(dialling(time.cold(marbles, wire, error)), { ...quick, retry: false });
    call.connect();
    // The recipe of PROTOCOL.md#life-cycle.
    const opened$ = merge(
      call.state$.pipe(filter(({ status }) => status === 'open')),
      call.events$.pipe(ignoreElements()),
    ).pipe(
      take(1),
      map(() => opened),
    );

    time.expectObservable(opened$).toBe(error ? '-#' : '-(x|)', { x: opened }, error);
  });
});

/* A connection that is kept while the way to it is interrupted */

/** Over one connection that may be away. */
function callAway(away$: Observable<boolean>, wire$: Observable<string>): LiveCall {
  const frames$ = wire$.pipe(filter((value) => value !== 'open'));
  const call = liveCall(concat(of({ frames$, away$, send: () => undefined }), NEVER), quick);
  call.connect();
  return call;
}

it('is away, on the same connection, and loses nothing by it', () => {
  run((time) => {
    const away$ = time.cold('f--t---f--t-f', { f: false, t: true });
    const wire$ = time.cold('-s-----t-', wire);
    const state = '          o--a---o--a-o';
    const all = '            -s-----t-';
    const call = callAway(away$, wire$);

    time.expectObservable(call.state$.pipe(map(toName))).toBe(state, states);
    time.expectObservable(call.messages$.pipe(map(({ message }) => message))).toBe(all, messages);
    time
      .expectObservable(call.messages$.pipe(map(({ connection }) => connection)))
      .toBe('-1-----1', { 1: 1 });
    time.expectObservable(call.errors$).toBe('-');
  });
});

it('is not away any more once the call has ended, or the connection is lost', () => {
  run((time) => {
    const away$ = time.cold('f---t-f-', { f: false, t: true });
    const wire$ = time.cold('-e------', wire);
    const call = callAway(away$, wire$);

    time.expectObservable(call.state$.pipe(map(toName))).toBe('oe----(E|)', states);
  });
});

it('says nothing of the away of a connection that is lost', () => {
  run((time) => {
    const away$ = time.cold('t--f', { t: true, f: false });
    const transport = merge(
      of({ frames$: NEVER, away$, send: () => undefined }),
      time.cold<Connection>('-#', {}, lost),
    );
    const call = liveCall(transport, { retry: { baseDelayMs: 100, random: () => 0 } });
    call.connect();

    time.expectObservable(call.state$.pipe(map(toName)), '10ms !').toBe('ar', states);
  });
});
