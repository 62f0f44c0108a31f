import { ConnectionClosedError, liveCallProtocol, NotOpenError } from '@livecall/core';
import type { Connection, Frame, Transport } from '@livecall/core';
import { ack, scenario } from '@livecall/recording';
import type { Scenario } from '@livecall/recording';
import { lineOf } from '@livecall/recording/format';
import {
  asyncScheduler,
  catchError,
  defer,
  delayWhen,
  EMPTY,
  ignoreElements,
  merge,
  NEVER,
  noop,
  of,
  switchMap,
  tap,
  timer,
} from 'rxjs';
import type { Observable, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { showDivergence } from './divergence.js';
import type { MatchLevel } from './match.js';
import { describe, playConnection } from './play-connection.js';
import { toRecordedDials } from './recorded-dial.js';
import { toTimeline } from './timeline.js';
import type { Pace, Timeline, TimelineOptions } from './timeline.js';

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

/* What a client hears: `o` is the open connection, the others are frames; `a` and `b` acks of its own commands. */
const heard = {
  o: 'open',
  s: '{"type":"event:start","phone":"anonymous","timestamp":"2026-11-22T09:00:00Z"}',
  t: '{"type":"transcript","msg":"A parcel.","role":"other"}',
  u: '{"type":"transcript","msg":"Who is it for?","role":"assistant"}',
  a: '{"type":"ack","ackId":"live-1"}',
  b: '{"type":"ack","ackId":"live-2"}',
  e: '{"type":"event:callEnd","timestamp":"2026-11-22T09:01:00Z"}',
};

/* What it sends. */
const sent = {
  j: '{"type":"client:joinCall","id":"live-1"}',
  e: '{"type":"client:endCall","id":"live-2"}',
  x: '{"type":"client:joinCall","id":"live-1","as":"guest"}',
  h: 'hello',
};

interface PlayOptions extends TimelineOptions {
  readonly pace?: Pace;
  readonly match?: MatchLevel;
  readonly waitMs?: number;
  readonly timeline?: Partial<Timeline>;
}

/** The first dial of a call, and where the client departed from it. */
function play(
  call: Scenario,
  { pace = 'recorded', match = 'typed', waitMs = 20, timeline, ...options }: PlayOptions = {},
): { transport: Transport; divergences: string[] } {
  const recording = call.toRecording('call');
  const [dial] = toRecordedDials(recording);
  if (dial?.kind !== 'open') throw new Error('The first dial does not open.');
  const divergences: string[] = [];
  const recorded = toTimeline(pace, recording.entries, options);
  const transport = playConnection(dial, recorded.at(dial.index), {
    timeline: { ...recorded, ...timeline },
    match,
    protocol: liveCallProtocol,
    waitMs,
    arrivals: new Map(),
    awaitClient: (_index, _expected, dueInMs, giveUp) =>
      asyncScheduler.schedule(giveUp, dueInMs + waitMs),
    hear: () => true,
    played: noop,
    toSpot: (index) => `line ${lineOf(index)}`,
    diverge: (index, divergence) => {
      divergences.push(showDivergence({ ...divergence, at: `call:${lineOf(index)}` }));
      return `diverged at ${lineOf(index)}`;
    },
  });
  return { transport, divergences };
}

/** Listens to a dial, and sends what there is to send while it is open; the end is a code and a reason. */
function follow(transport: Transport, sent$: Observable<Frame> = NEVER): Observable<Frame> {
  return transport.pipe(
    switchMap(({ frames$, send }) =>
      merge(of('open'), frames$, sent$.pipe(tap(send), ignoreElements())),
    ),
    catchError((error: unknown) => {
      throw error instanceof ConnectionClosedError ? `${error.code} ${error.reason}`.trim() : error;
    }),
  );
}

/* Pace */

it('opens, sends and closes when it did in the recording', () => {
  run((time) => {
    const call = scenario()
      .open({ after: 2 })
      .send(heard.s, { after: 3 })
      .send(heard.t, { after: 4 })
      .mark('a pause', { after: 1 })
      .send(heard.u, { after: 2 })
      .close(1001, { after: 1, reason: 'going away' });
    const expected = '--o--s---t--u#';
    const { transport, divergences } = play(call);

    time.expectObservable(follow(transport)).toBe(expected, heard, '1001 going away');
    time.flush();

    expect(divergences).toEqual([]);
  });
});

it('sends everything at once when instant, in the order recorded', () => {
  run((time) => {
    const call = scenario()
      .open({ after: 2 })
      .send(heard.s, { after: 300 })
      .send(heard.t, { after: 4_000 })
      .send(heard.u)
      .close(1000, { after: 10 });

    time
      .expectObservable(follow(play(call, { pace: 'instant' }).transport))
      .toBe('(ostu#)', heard, '1000');
  });
});

it.each<Pace>(['instant', 'recorded'])('emits nothing within subscribe, %s', (pace) => {
  run((time) => {
    const log: string[] = [];
    const { transport } = play(scenario().send(heard.s), { pace });
    follow(transport).subscribe({ next: () => log.push('heard'), error: () => log.push('closed') });
    log.push('subscribed');
    time.flush();

    expect(log).toEqual(['subscribed', 'heard', 'heard', 'closed']);
  });
});

it('caps the silences first, then speeds everything up', () => {
  run((time) => {
    const call = scenario()
      .open({ after: 4 })
      .send(heard.s, { after: 100 })
      .send(heard.t, { after: 2 })
      .close(1000, { after: 11 });
    const { transport } = play(call, { maxIdleMs: 10, speed: 2 });
    //                 4/2  10/2  2/2  10/2
    const expected = ' --o----st----#';

    time.expectObservable(follow(transport)).toBe(expected, heard, '1000');
  });
});

it('sends together what is due within half a millisecond', () => {
  run((time) => {
    const call = scenario()
      .open({ after: 2 })
      .send(heard.s, { after: 0.4 })
      .send(heard.t, { after: 4.6 })
      .close(1000, { after: 1 });
    const expected = '--(os)-t#';

    time.expectObservable(follow(play(call).transport)).toBe(expected, heard, '1000');
  });
});

it('does not add up the delays of timers that are late', () => {
  run((time) => {
    const call = scenario()
      .open({ after: 2 })
      .send(heard.s, { after: 4 })
      .send(heard.t, { after: 4 })
      .send(heard.u, { after: 4 })
      .close(1000, { after: 4 });
    const late: Partial<Timeline> = {
      schedule: (work, delayMs) => asyncScheduler.schedule(work, delayMs + 1),
    };
    const expected = '---o---s---t---u---#';

    time
      .expectObservable(follow(play(call, { timeline: late }).transport))
      .toBe(expected, heard, '1000');
  });
});

it.each([
  ['between two frames', 3],
  ['within a frame', 0],
])('waits by one timer at a time, and by none once it is left, with a command %s', (_when, ms) => {
  run((time) => {
    const call = scenario()
      .open({ after: 1 })
      .send(heard.s, { after: 1 })
      .send(heard.t, { after: 8 })
      .onJoin(ack({ after: 2 }), { after: 2 })
      .send(heard.u, { after: 90 });
    const timers = new Set<Subscription>();
    let most = 0;
    const counted: Partial<Timeline> = {
      schedule: (work, delayMs) => {
        const waiting = asyncScheduler.schedule(() => {
          timers.delete(waiting);
          work();
        }, delayMs);
        timers.add(waiting);
        waiting.add(() => timers.delete(waiting));
        most = Math.max(most, timers.size);
        return waiting;
      },
    };
    const { transport } = play(call, { timeline: counted });
    const heardFrames: Frame[] = [];
    const hear = (frame: Frame, send: Connection['send']) => {
      heardFrames.push(frame);
      if (frame !== heard.s) return;
      if (ms === 0) send(sent.j);
      else asyncScheduler.schedule(() => send(sent.j), ms);
    };
    const following = transport
      .pipe(
        switchMap(({ frames$, send }) =>
          frames$.pipe(
            tap((frame) => {
              hear(frame, send);
            }),
          ),
        ),
      )
      .subscribe();
    asyncScheduler.schedule(() => {
      following.unsubscribe();
      expect(timers.size).toBe(0);
    }, 50);
    time.flush();

    expect(heardFrames).toEqual([heard.s, heard.t, heard.a]);
    expect(most).toBe(1);
  });
});

/* Gates */

const joined = scenario()
  .open({ after: 1 })
  .send(heard.s, { after: 1 })
  .onJoin(ack({ after: 2 }), { after: 4 })
  .send(heard.t, { after: 3 })
  .close(1000, { after: 1 });

it.each([
  ['in time', '------j', '         -os-----a--t#'],
  ['late', '   ----------j', '     -os---------a--t#'],
  ['early', '  ----j', '           -os---a--t#'],
])('keeps the time between a command and its ack when it comes %s', (_when, sending, expected) => {
  run((time) => {
    const sent$ = time.hot(sending, sent);
    const { transport, divergences } = play(joined);

    time.expectObservable(follow(transport, sent$)).toBe(expected, heard, '1000');
    time.flush();

    expect(divergences).toEqual([]);
  });
});

it('sends no ack before what stands before it, however early the command comes', () => {
  run((time) => {
    const call = scenario()
      .open({ after: 1 })
      .send(heard.s, { after: 5 })
      .onJoin(ack({ after: 2 }), { after: 2 })
      .send(heard.t, { after: 4 })
      .close(1000, { after: 1 });
    const atOnce$ = of(sent.j);
    const expected = '-o----(sa)t#';
    const { transport, divergences } = play(call);

    time.expectObservable(follow(transport, atOnce$)).toBe(expected, heard, '1000');
    time.flush();

    expect(divergences).toEqual([]);
  });
});

it('holds up what follows an ack until its command comes, and at most waitMs', () => {
  run((time) => {
    const { transport, divergences } = play(joined, { waitMs: 20 });
    //                     the command was due at 6 ms
    const expected = '-os 23ms #';

    time.expectObservable(follow(transport)).toBe(expected, heard, '4999 diverged at 4');
    time.flush();

    expect(divergences).toHaveLength(1);
  });
});

it.each([
  ['in time', '----e', '   -o----e#'],
  ['late', '   --------e', '-o--------e#'],
])(
  'holds up event:callEnd until the command that caused it comes %s',
  (_when, ending, expected) => {
    run((time) => {
      const call = scenario()
        .open({ after: 1 })
        .onEnd([], { after: 3 })
        .send(heard.e, { after: 2 })
        .close(1000, { after: 1 });
      const sent$ = time.hot(ending, sent);
      const { transport, divergences } = play(call);

      time.expectObservable(follow(transport, sent$)).toBe(expected, heard, '1000');
      time.flush();

      expect(divergences).toEqual([]);
    });
  },
);

it('holds up no other frame, and the close until every command has come', () => {
  run((time) => {
    const call = scenario()
      .open({ after: 1 })
      .onJoin([], { after: 1 })
      .send(heard.t, { after: 1 })
      .send(heard.e, { after: 1 })
      .onEnd([], { after: 1 })
      .close(1000, { after: 1 });
    const sent$ = time.hot('   -------j---e', sent);
    const expected = '         -o-te------#';
    const { transport, divergences } = play(call);

    time.expectObservable(follow(transport, sent$)).toBe(expected, heard, '1000');
    time.flush();

    expect(divergences).toEqual([]);
  });
});

it('waits for each of two commands in turn', () => {
  run((time) => {
    const call = scenario()
      .open({ after: 1 })
      .onJoin(ack({ after: 2 }), { after: 1 })
      .onEnd(ack({ after: 2 }), { after: 1 })
      .close(1000, { after: 1 });
    const sent$ = time.hot('---j------e', sent);
    const expected = '      -o---a------b#';
    const { transport, divergences } = play(call);

    time.expectObservable(follow(transport, sent$)).toBe(expected, heard, '1000');
    time.flush();

    expect(divergences).toEqual([]);
  });
});

it('takes a second command while the ack of the first is under way', () => {
  run((time) => {
    const id = '00000000-0000-4000-8000-000000000001';
    const call = scenario()
      .open({ after: 1 })
      .onJoin([], { after: 1 })
      .onEnd([ack({ after: 3 }), ack({ after: 2, ackId: id })], { after: 1 })
      .close(1000, { after: 1 });
    const sent$ = time.hot('--j-e', sent);
    const expected = '      -o-----b-a#';
    const { transport, divergences } = play(call);

    time.expectObservable(follow(transport, sent$)).toBe(expected, heard, '1000');
    time.flush();

    expect(divergences).toEqual([]);
  });
});

it('waits without any timer when instant, too', () => {
  run((time) => {
    const sent$ = time.hot('-----j', sent);
    const expected = '      (os)-(at#)';
    const { transport } = play(joined, { pace: 'instant' });

    time.expectObservable(follow(transport, sent$)).toBe(expected, heard, '1000');
    time.flush();

    expect(asyncScheduler.now()).toBe(5);
  });
});

/* What the client sends */

it.each<Pace>(['instant', 'recorded'])('answers nothing within send, %s', (pace) => {
  run((time) => {
    const log: string[] = [];
    const call = scenario().open().onJoin(ack());
    play(call, { pace })
      .transport.pipe(
        switchMap(({ frames$, send }) => {
          send(sent.j);
          log.push('sent');
          return frames$;
        }),
      )
      .subscribe({ next: () => log.push('heard'), error: () => log.push('closed') });
    time.flush();

    expect(log).toEqual(['sent', 'heard', 'closed']);
  });
});

const RECORDED_ID = '00000000-0000-4000-8000-000000000001';

it.each<[what: string, recorded: Frame, live: Frame]>([
  ['an ack', `{"type":"ack","ackId":"${RECORDED_ID}"}`, '{"type":"ack","ackId":"$&-live"}'],
  [
    'an ack with white space',
    `{ "type": "ack", "ackId" : "${RECORDED_ID}" }`,
    '{ "type": "ack", "ackId" : "$&-live" }',
  ],
  [
    'a binary ack',
    Buffer.from(`{"type":"ack","ackId":"${RECORDED_ID}","msg":"señal"}`),
    Buffer.from('{"type":"ack","ackId":"$&-live","msg":"señal"}'),
  ],
  [
    'an ack that names the command twice',
    `{"type":"ack","ackId":"${RECORDED_ID}","for":["${RECORDED_ID}","x${RECORDED_ID}"]}`,
    `{"type":"ack","ackId":"$&-live","for":["$&-live","x${RECORDED_ID}"]}`,
  ],
  [
    'no ack',
    `{"type":"event:note","id":"${RECORDED_ID}"}`,
    `{"type":"event:note","id":"${RECORDED_ID}"}`,
  ],
])('puts the live id in the place of the recorded one in %s', (_what, recorded, live) => {
  run((time) => {
    const call = scenario().open().onJoin([], { after: 1 }).send(recorded, { after: 4 });
    const sent$ = time.hot('-j', { j: '{"type":"client:joinCall","id":"$&-live"}' });
    const expected = '      o----(r#)';

    time
      .expectObservable(follow(play(call).transport, sent$))
      .toBe(expected, { o: 'open', r: live }, '1000');
  });
});

it('gives every one of duplicate acks the live id', () => {
  run((time) => {
    const call = scenario()
      .open()
      .onJoin([ack({ after: 1 }), ack({ after: 1 })], { after: 1 });
    const sent$ = time.hot('-j', sent);
    const expected = '      o-a(a#)';

    time.expectObservable(follow(play(call).transport, sent$)).toBe(expected, heard, '1000');
  });
});

it('gives an ack for no recorded command as it was recorded', () => {
  run((time) => {
    const call = scenario()
      .open()
      .onJoin(ack({ after: 1, ackId: 'other' }), { after: 1 });
    const sent$ = time.hot('-j', sent);
    const expected = '      o-(x#)';

    time
      .expectObservable(follow(play(call).transport, sent$))
      .toBe(expected, { o: 'open', x: '{"type":"ack","ackId":"other"}' }, '1000');
  });
});

it('takes commands in binary frames', () => {
  run((time) => {
    const sent$ = time.hot('------j', { j: Buffer.from(sent.j) });
    const expected = '      -os-----a--t#';

    time.expectObservable(follow(play(joined).transport, sent$)).toBe(expected, heard, '1000');
  });
});

it('acknowledges commands that were never recorded, and takes them in any order, when loose', () => {
  run((time) => {
    const call = scenario()
      .open({ after: 1 })
      .onJoin(ack({ after: 2 }), { after: 6 })
      .close(1000, { after: 1 });
    const extra = '{"type":"client:endCall","id":"more"}';
    const sent$ = time.hot('---e--m---j', { ...sent, m: extra });
    const expected = '      -o-b--m-----a#';
    const { transport, divergences } = play(call, { match: 'loose' });

    time
      .expectObservable(follow(transport, sent$))
      .toBe(expected, { ...heard, m: '{"type":"ack","ackId":"more"}' }, '1000');
    time.flush();

    expect(divergences).toEqual([]);
  });
});

it('acknowledges nothing on a connection that has ended meanwhile', () => {
  run((time) => {
    const connections: Connection[] = [];
    const { transport } = play(scenario().open().drop(1006, { after: 1 }), { match: 'loose' });
    const kept$ = transport.pipe(tap((connection) => connections.push(connection)));
    const late$ = defer(() => connections[0]?.frames$ ?? EMPTY);

    // The command comes in the turn in which the connection is lost, before that.
    time.cold('-j', sent).subscribe((frame) => {
      connections[0]?.send(frame);
    });
    time.expectObservable(follow(kept$)).toBe('o#', heard, '1006');
    time.expectObservable(late$, '-^').toBe('');
  });
});

it('takes nothing after the end, whoever ended it', () => {
  run((time) => {
    const connections: Connection[] = [];
    const keep = (connection: Connection) => connections.push(connection);
    const ended$ = play(scenario().open().drop(1006, { after: 1 })).transport.pipe(tap(keep));
    const left$ = play(scenario().open().close(1000, { after: 9 })).transport.pipe(tap(keep));

    time.expectObservable(follow(ended$)).toBe('o#', heard, '1006');
    time.expectObservable(follow(left$), '^-!').toBe('o--', heard);
    time.flush();

    expect(connections).toHaveLength(2);
    for (const { send } of connections) {
      expect(() => {
        send(sent.j);
      }).toThrow(NotOpenError);
    }
  });
});

/* How the client departs */

it('closes with 4999 at once, and says where', () => {
  run((time) => {
    const sent$ = time.hot('----e', sent);
    const expected = '      -os-#';
    const { transport } = play(joined);

    time.expectObservable(follow(transport, sent$)).toBe(expected, heard, '4999 diverged at 4');
    time.flush();

    // Nothing is left that would be sent, or waited for.
    expect(asyncScheduler.now()).toBe(4);
  });
});

it('closes with 4999 when the client stays, though the recorded one closed', () => {
  run((time) => {
    const call = scenario().open({ after: 1 }).send(heard.s, { after: 1 }).hangUp({ after: 3 });
    const expected = '-os 22ms #';

    time
      .expectObservable(follow(play(call, { waitMs: 20 }).transport))
      .toBe(expected, heard, '4999 diverged at 4');
  });
});

const LEVELS: readonly MatchLevel[] = ['strict', 'typed', 'loose'];

/** Where a client departs that sends these frames and leaves then, at every level of matching. */
function departures(call: Scenario, sending: string, leaving = '^ 99ms !'): readonly string[] {
  return LEVELS.map((match) => {
    let found: readonly string[] = [];
    run((time) => {
      const sent$ = time.hot(sending, { ...sent, r: '{"type":"client:joinCall","id":"live-3"}' });
      const { transport, divergences } = play(call, { match, waitMs: 20 });
      time.expectObservable(follow(transport, sent$), leaving);
      time.flush();
      found = divergences;
    });
    return `${match.padEnd(6)} ${found.join('; ') || 'as recorded'}`;
  });
}

it('tells of a frame that the recording does not have', () => {
  const call = scenario().open().send(heard.s, { after: 1 }).close(1000, { after: 9 });

  expect(departures(call, '----j')).toMatchInlineSnapshot(`
    [
      "strict call:2: unexpected: expected no frame, got client:joinCall",
      "typed  call:2: unexpected: expected no frame, got client:joinCall",
      "loose  as recorded",
    ]
  `);
  expect(departures(call, '----h')).toMatchInlineSnapshot(`
    [
      "strict call:2: unexpected: expected no frame, got invalid",
      "typed  call:2: unexpected: expected no frame, got invalid",
      "loose  call:2: unexpected: expected a command, got invalid",
    ]
  `);
  expect(departures(joined, '------j-r')).toMatchInlineSnapshot(`
    [
      "strict call:4: unexpected: expected no frame after client:joinCall, got client:joinCall",
      "typed  call:4: unexpected: expected no frame after client:joinCall, got client:joinCall",
      "loose  as recorded",
    ]
  `);
});

it('tells of a frame in the place of another', () => {
  const call = scenario()
    .open()
    .onJoin(ack({ after: 1 }), { after: 5 })
    .onEnd(ack({ after: 1 }), { after: 2 });

  expect(departures(call, '----e-j')).toMatchInlineSnapshot(`
    [
      "strict call:3: mismatch: expected client:joinCall, got client:endCall",
      "typed  call:3: mismatch: expected client:joinCall, got client:endCall",
      "loose  as recorded",
    ]
  `);
  expect(departures(call, '----x-e')).toMatchInlineSnapshot(`
    [
      "strict call:3: mismatch: expected client:joinCall, got client:joinCall (differs at /as)",
      "typed  as recorded",
      "loose  as recorded",
    ]
  `);
  expect(departures(call, '----h-j-e')).toMatchInlineSnapshot(`
    [
      "strict call:3: mismatch: expected client:joinCall, got invalid",
      "typed  call:3: mismatch: expected client:joinCall, got invalid",
      "loose  call:5: unexpected: expected a command, got invalid",
    ]
  `);
});

it('tells of a frame that did not come', () => {
  expect(departures(joined, '')).toMatchInlineSnapshot(`
    [
      "strict call:4: missing: expected client:joinCall, got nothing within 20 ms; line 5 (ack) waits for it",
      "typed  call:4: missing: expected client:joinCall, got nothing within 20 ms; line 5 (ack) waits for it",
      "loose  call:4: missing: expected client:joinCall, got nothing within 20 ms; line 5 (ack) waits for it",
    ]
  `);
  expect(departures(joined, '', '^------!')).toMatchInlineSnapshot(`
    [
      "strict call:4: missing: expected client:joinCall, got nothing before the client closed; line 5 (ack) waits for it",
      "typed  call:4: missing: expected client:joinCall, got nothing before the client closed; line 5 (ack) waits for it",
      "loose  call:4: missing: expected client:joinCall, got nothing before the client closed; line 5 (ack) waits for it",
    ]
  `);
});

it('tells of a close that did not come', () => {
  const call = scenario().open().send(heard.s, { after: 1 }).hangUp({ after: 3 });

  expect(departures(call, '')).toMatchInlineSnapshot(`
    [
      "strict call:4: missing: expected the client to close, got nothing within 20 ms",
      "typed  call:4: missing: expected the client to close, got nothing within 20 ms",
      "loose  call:4: missing: expected the client to close, got nothing within 20 ms",
    ]
  `);
  expect(departures(call, '', '^----!')).toMatchInlineSnapshot(`
    [
      "strict as recorded",
      "typed  as recorded",
      "loose  as recorded",
    ]
  `);
});

it('tells of a client that left before it had heard everything', () => {
  const call = scenario()
    .open({ after: 2 })
    .send(heard.s, { after: 1 })
    .send('cut off', { after: 2 })
    .send({ type: 'event:hold' }, { after: 2 })
    .send(heard.e, { after: 2 })
    .close(1000, { after: 5 });

  expect(
    ['^!', '^--!', '^---!', '^-----!', '^-------!', '^---------!'].map(
      (leaving) => departures(call, '', leaving)[1],
    ),
  ).toMatchInlineSnapshot(`
    [
      "typed  call:3: early-close: expected the client to stay for event:start, got a close",
      "typed  call:3: early-close: expected the client to stay for event:start, got a close",
      "typed  call:4: early-close: expected the client to stay for an invalid frame, got a close",
      "typed  call:5: early-close: expected the client to stay for a message of unknown type, got a close",
      "typed  call:6: early-close: expected the client to stay for event:callEnd, got a close",
      "typed  as recorded",
    ]
  `);
});

it.each([
  ['before it opens', '      ^--!'],
  ['before a frame', '       ^------!'],
  ['while it is waited for', '^----------!'],
])('leaves nothing behind when it is unsubscribed %s', (_when, left) => {
  run((time) => {
    const call = scenario()
      .open({ after: 5 })
      .send(heard.s, { after: 3 })
      .onJoin(ack({ after: 2 }), { after: 5 });

    time.expectObservable(follow(play(call).transport), left);
    time.flush();

    expect(asyncScheduler.now()).toBe(left.trim().length - 1);
  });
});

it.each<[frame: Frame, expected: string]>([
  [heard.t, 'transcript'],
  [heard.e, 'event:callEnd'],
  ['{"type":"event:hold","phone":"+14155552671"}', 'a message of unknown type'],
  ['call +14155552671', 'an invalid frame'],
  [Uint8Array.of(0xff), 'an invalid frame'],
])('describes the frame %j without a word of it', (frame, expected) => {
  expect(describe(frame, liveCallProtocol)).toBe(expected);
});

it.each<Pace>(['instant', 'recorded'])('loses nothing to who listens later, at %s pace', (pace) => {
  run((time) => {
    const { transport } = play(scenario().send(heard.s).send(heard.t).hangUp(), { pace });
    const said$ = transport.pipe(
      delayWhen(() => timer(5)),
      switchMap(({ frames$ }) => frames$),
    );

    time.expectObservable(said$, '^------!').toBe('-----(st)', heard);
  });
});
