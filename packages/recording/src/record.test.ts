import {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  NotOpenError,
  TokenUnavailableError,
} from '@livecall/core';
import type { Connection, Frame, Transport } from '@livecall/core';
import {
  concat,
  defer,
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
import { expect, it } from 'vitest';

import { record } from './record.js';
import { recordingSink } from './recording-sink.js';
import type { RecordingSink } from './recording-sink.js';

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

/** A sink over the lines after the header. */
function toSink(): { sink: RecordingSink; lines: string[] } {
  const lines: string[] = [];
  const sink = recordingSink((line) => {
    if (!line.startsWith('{"livecall"')) lines.push(line.trimEnd());
  });
  return { sink, lines };
}

/** Nothing is sent and nothing heard. */
const silent: Connection = { frames$: NEVER, send: () => undefined };

const wire = {
  s: '{"type":"event:start","phone":"anonymous","timestamp":"2026-11-22T09:00:00Z"}',
  i: '{"type":"transcript","msg":"cut off',
  b: Uint8Array.of(0x00, 0xff),
  a: '{"type":"ack","ackId":"8f0c"}',
};

const lost = new ConnectionClosedError(1006);

/** The n-th dial is the n-th wire. */
function dialling(...wires: readonly Transport[]): Transport {
  let dials = 0;
  return defer(() => wires[dials++] ?? NEVER);
}

/* What is written */

it('writes every frame of the server, decoded or not, and when it came', () => {
  run((time) => {
    const { sink, lines } = toSink();
    const frames$ = time.hot<Frame>('-----s--i-b-', wire);
    const transport = time.cold('    ---c--------', { c: { ...silent, frames$ } });
    const heard$ = transport.pipe(
      record(sink),
      mergeMap((connection) => connection.frames$),
    );
    const expected = '               -----s--i-b-';
    const left = '                   ^----------!';

    time.expectObservable(heard$, left).toBe(expected, wire);
    time.flush();

    expect(lines).toEqual([
      '{"at":3,"event":"open","status":101}',
      '{"at":5,"event":"frame","from":"server","json":{"type":"event:start","phone":"anonymous","timestamp":"2026-11-22T09:00:00Z"}}',
      '{"at":8,"event":"frame","from":"server","text":"{\\"type\\":\\"transcript\\",\\"msg\\":\\"cut off"}',
      '{"at":10,"event":"frame","from":"server","base64":"AP8="}',
      '{"at":11,"event":"close","from":"client","code":1000,"reason":""}',
    ]);
  });
});

it('writes every frame of the client after it was sent', () => {
  run((time) => {
    const { sink, lines } = toSink();
    const sent: Frame[] = [];
    const connection: Connection = {
      ...silent,
      send: (frame) => {
        sent.push(frame);
        sink.write({ event: 'mark', label: 'sent' });
      },
    };
    const frames = { j: '{"type":"client:joinCall","id":"8f0c"}', b: wire.b };
    const transport = time.cold('-c-----', { c: connection });
    const written$ = time.cold('  --j-b-', frames);
    const sent$ = transport.pipe(
      record(sink),
      mergeMap(({ send }) => written$.pipe(tap(send))),
    );

    time.expectObservable(sent$).toBe('---j-b-', frames);
    time.flush();

    expect(sent).toEqual(['{"type":"client:joinCall","id":"8f0c"}', wire.b]);
    expect(lines).toEqual([
      '{"at":1,"event":"open","status":101}',
      '{"at":3,"event":"mark","label":"sent"}',
      '{"at":3,"event":"frame","from":"client","json":{"type":"client:joinCall","id":"8f0c"}}',
      '{"at":5,"event":"mark","label":"sent"}',
      '{"at":5,"event":"frame","from":"client","base64":"AP8="}',
    ]);
  });
});

it('does not write a frame that could not be sent', () => {
  run((time) => {
    const { sink, lines } = toSink();
    const refusing: Connection = {
      ...silent,
      send: () => {
        throw new NotOpenError();
      },
    };
    const transport = time.cold('-c', { c: refusing });
    transport.pipe(record(sink)).subscribe(({ send }) => {
      expect(() => {
        send(wire.a);
      }).toThrow(NotOpenError);
    });
    time.flush();

    expect(lines).toEqual(['{"at":1,"event":"open","status":101}']);
  });
});

it('gives back what a transport gives that says later whether a frame was sent', async () => {
  const { sink } = toSink();
  const later: Pick<Connection, 'frames$'> & { send(): Promise<never> } = {
    frames$: NEVER,
    send: () => Promise.reject(new NotOpenError()),
  };
  const given: unknown[] = [];
  of<Connection>(later)
    .pipe(record(sink))
    .subscribe(({ send }) => {
      given.push(send(wire.a));
    });

  await expect(given[0]).rejects.toThrow(NotOpenError);
});

it('tells a sink of another make what a frame holds, and one that stands before its own', () => {
  const { sink, lines } = toSink();
  const told: unknown[] = [];
  const before: RecordingSink = {
    ...sink,
    write(entry, frame) {
      told.push(entry);
      sink.write(entry, frame);
    },
  };

  of({ ...silent, frames$: of(wire.a, wire.b) })
    .pipe(
      record(before),
      mergeMap(({ frames$ }) => frames$),
    )
    .subscribe();

  expect(told.slice(1, 3)).toEqual([
    { event: 'frame', from: 'server', json: { type: 'ack', ackId: '8f0c' } },
    { event: 'frame', from: 'server', base64: 'AP8=' },
  ]);
  expect(lines[1]).toContain(wire.a);
});

it('writes a frame once, however many hear it', () => {
  run((time) => {
    const { sink, lines } = toSink();
    const frames$ = time.hot<Frame>('---a----a---', wire);
    const transport = time.cold('    -c----------', { c: { ...silent, frames$ } });
    const expected = '               ---(aa)-(aa)';
    const heard$ = transport.pipe(
      record(sink),
      mergeMap((connection) => merge(connection.frames$, connection.frames$)),
    );

    time.expectObservable(heard$).toBe(expected, wire);
    time.flush();

    expect(lines.slice(1)).toEqual([
      '{"at":3,"event":"frame","from":"server","json":{"type":"ack","ackId":"8f0c"}}',
      '{"at":8,"event":"frame","from":"server","json":{"type":"ack","ackId":"8f0c"}}',
    ]);
  });
});

it.each<[what: string, error: Error, line: string | undefined]>([
  ['a refusal', new HandshakeRefusedError(404), '{"at":4,"event":"refused","status":404}'],
  [
    'a refusal that says when to come again',
    new HandshakeRefusedError(429, 2_000),
    '{"at":4,"event":"refused","status":429,"retryAfterMs":2000}',
  ],
  [
    'a refusal that lets come again at once',
    new HandshakeRefusedError(503, 0),
    '{"at":4,"event":"refused","status":503,"retryAfterMs":0}',
  ],
  [
    'a dial without an answer',
    new HandshakeTimeoutError(4),
    '{"at":4,"event":"failed","reason":"timeout"}',
  ],
  [
    'a dial that reached nobody',
    new ConnectFailedError(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })),
    '{"at":4,"event":"failed","reason":"unreachable","code":"ECONNREFUSED"}',
  ],
  [
    'a dial that failed for an unknown reason',
    new ConnectFailedError(new Error('socket hang up')),
    '{"at":4,"event":"failed","reason":"unreachable"}',
  ],
  [
    'a dial that failed for a reason of someone else',
    new Error('no carrier'),
    '{"at":4,"event":"failed","reason":"unreachable"}',
  ],
  ['no dial where there is no token', new TokenUnavailableError('accessToken'), undefined],
  ['no dial where there is no token in time', new HandshakeTimeoutError(4, 'token'), undefined],
])('writes %s', (_what, error, line) => {
  run((time) => {
    const { sink, lines } = toSink();
    const transport = time.cold<Connection>('----#', {}, error);

    time.expectObservable(transport.pipe(record(sink))).toBe('----#', {}, error);
    time.flush();

    expect(lines).toEqual(line === undefined ? [] : [line]);
  });
});

it.each<[error: ConnectionClosedError, line: string]>([
  [lost, '{"at":5,"event":"close","from":"server","code":1006,"reason":""}'],
  [
    new ConnectionClosedError(1000),
    '{"at":5,"event":"close","from":"server","code":1000,"reason":""}',
  ],
  [
    new ConnectionClosedError(1008, 'conversation terminated'),
    '{"at":5,"event":"close","from":"server","code":1008,"reason":"conversation terminated"}',
  ],
])('writes how the server closed: %s', (error, line) => {
  run((time) => {
    const { sink, lines } = toSink();
    const transport = time.cold('-c---#', { c: silent }, error);
    const opened$ = transport.pipe(
      record(sink),
      map(() => 'c'),
    );

    time.expectObservable(opened$).toBe('-c---#', undefined, error);
    time.flush();

    expect(lines).toEqual(['{"at":1,"event":"open","status":101}', line]);
  });
});

it('writes that the client closed', () => {
  run((time) => {
    const { sink, lines } = toSink();
    const transport = time.cold('-c---', { c: silent });
    const left = '               ^---!';
    time
      .expectObservable(
        transport.pipe(
          record(sink),
          map(() => 'c'),
        ),
        left,
      )
      .toBe('-c---');
    time.flush();

    expect(lines).toEqual([
      '{"at":1,"event":"open","status":101}',
      '{"at":4,"event":"close","from":"client","code":1000,"reason":""}',
    ]);
  });
});

it('writes that the client did not wait for an answer', () => {
  run((time) => {
    const { sink, lines } = toSink();
    const transport = time.cold('-------c', { c: silent });
    const left = '               ^---!';
    time.expectObservable(transport.pipe(record(sink)), left).toBe('-----');
    time.flush();

    expect(lines).toEqual(['{"at":4,"event":"failed","reason":"aborted"}']);
  });
});

it('writes all dials of a call into one recording, on one clock', () => {
  run((time) => {
    const { sink, lines } = toSink();
    const frames$ = time.hot('       -------------a-', wire);
    const first$ = time.cold('       -c--#          ', { c: silent }, lost);
    const second$ = time.cold<Connection>('-#        ', {}, new HandshakeRefusedError(503));
    const third$ = time.cold('                --c--', { c: { ...silent, frames$ } });
    const expected = '               -------------a-';
    const left = '                   ^-------------!';
    const transport = dialling(first$, second$, third$).pipe(record(sink), retry({ delay: 2 }));
    const heard$ = transport.pipe(switchMap((connection) => connection.frames$));

    time.expectObservable(heard$, left).toBe(expected, wire);
    time.flush();

    expect(lines).toEqual([
      '{"at":1,"event":"open","status":101}',
      '{"at":4,"event":"close","from":"server","code":1006,"reason":""}',
      '{"at":7,"event":"refused","status":503}',
      '{"at":11,"event":"open","status":101}',
      '{"at":13,"event":"frame","from":"server","json":{"type":"ack","ackId":"8f0c"}}',
      '{"at":14,"event":"close","from":"client","code":1000,"reason":""}',
    ]);
  });
});

it('starts the clock with the first dial, not before', () => {
  run((time) => {
    const { sink, lines } = toSink();
    const transport = time.cold('--c', { c: silent }).pipe(record(sink));
    const dialled = '            ------^---';

    time.expectObservable(transport.pipe(map(() => 'c')), dialled).toBe('--------c');
    time.flush();

    expect(lines).toEqual(['{"at":2,"event":"open","status":101}']);
  });
});

/* What passes */

function recorded(transport: Transport): Observable<string> {
  const { sink } = toSink();
  return transport.pipe(
    record(sink),
    map(() => 'c'),
  );
}

it('never opens with a transport that never does', () => {
  run((time) => {
    const wire$ = time.cold<Connection>('-----');
    const left = '                       ^---!';

    time.expectObservable(recorded(wire$), left).toBe('-----');
    time.expectSubscriptions(wire$.subscriptions).toBe(left);
  });
});

it('completes with a transport that is empty', () => {
  run((time) => {
    const wire$ = time.cold<Connection>('--|');

    time.expectObservable(recorded(wire$)).toBe('--|');
    time.expectSubscriptions(wire$.subscriptions).toBe('^-!');
  });
});

it('passes on every connection of a transport that has many', () => {
  run((time) => {
    const wire$ = time.cold('-c-c--c-', { c: silent });

    time.expectObservable(recorded(wire$)).toBe('-c-c--c-');
  });
});

it('passes on the error of a transport, and the same one', () => {
  run((time) => {
    const failure = new Error('no carrier');
    const wire$ = time.cold<Connection>('--#', {}, failure);

    time.expectObservable(recorded(wire$)).toBe('--#', {}, failure);
    time.expectSubscriptions(wire$.subscriptions).toBe('^-!');
  });
});

it('hangs up when it is unsubscribed', () => {
  run((time) => {
    const wire$ = time.cold('-c----', { c: silent });
    const left = '           ^--!';

    time.expectObservable(recorded(wire$), left).toBe('-c--');
    time.expectSubscriptions(wire$.subscriptions).toBe('^--!');
  });
});

it('dials nothing before it is subscribed, and anew for every subscriber', () => {
  run((time) => {
    const wire$ = time.cold('-c', { c: silent });
    const opened$ = recorded(wire$);

    time.expectObservable(opened$, '-^-!').toBe('--c');
    time.expectObservable(opened$, '---^-!').toBe('----c');
    time.expectSubscriptions(wire$.subscriptions).toBe(['-^-!', '---^-!']);
  });
});

it.each([
  ['-----', '   ^----!', '-----'],
  ['--|', '     ^----!', '--|'],
  ['-a-a-', '   ^----!', '-a-a-'],
  ['-a-#', '    ^----!', '-a-#'],
  ['(aa)', '    ^----!', '(aa)'],
  ['-a-a-a', '  ^---!', ' -a-a'],
])('changes nothing of the frames %s', (frames, left, expected) => {
  run((time) => {
    const { sink } = toSink();
    const frames$ = time.cold(frames, wire, lost);
    const transport = time.cold('(c|)', { c: { ...silent, frames$ } });
    const heard$ = transport.pipe(
      record(sink),
      mergeMap((connection) => connection.frames$),
    );

    time.expectObservable(heard$, left).toBe(expected, wire, lost);
  });
});

it('listens to a connection as long as it is listened to', () => {
  run((time) => {
    const { sink } = toSink();
    const frames$ = time.cold('-a-a-a', wire);
    const transport = time.cold('(c|)', { c: { ...silent, frames$ } });
    const left = '             ^---!';
    const heard$ = transport.pipe(
      record(sink),
      mergeMap((connection) => connection.frames$),
    );

    time.expectObservable(heard$, left).toBe('-a-a', wire);
    time.expectSubscriptions(frames$.subscriptions).toBe(left);
  });
});

it('hears again of a connection that was not listened to for a while', () => {
  run((time) => {
    const { sink, lines } = toSink();
    const frames$ = time.hot('    -a-a-a-', wire);
    const transport = time.cold(' c------', { c: { ...silent, frames$ } });
    const expected = '            -a---a-';
    const again$ = time.cold('    ----x--');
    const heard$ = transport.pipe(
      record(sink),
      mergeMap((connection) =>
        merge(connection.frames$.pipe(take(1)), again$.pipe(switchMap(() => connection.frames$))),
      ),
    );

    time.expectObservable(heard$).toBe(expected, wire);
    time.flush();

    expect(lines.map((line) => line.slice(0, 24))).toEqual([
      '{"at":0,"event":"open","',
      '{"at":1,"event":"frame",',
      '{"at":5,"event":"frame",',
    ]);
  });
});

it('writes a close for a transport that completes while it is open', () => {
  run((time) => {
    const { sink, lines } = toSink();
    const transport = time.cold('-c-|', { c: silent });
    time
      .expectObservable(transport.pipe(record(sink)))
      .toBe('-o-|', { o: expect.anything() as unknown });
    time.flush();

    expect(lines).toEqual([
      '{"at":1,"event":"open","status":101}',
      '{"at":3,"event":"close","from":"server","code":1005,"reason":""}',
    ]);
  });
});

it('does not ask a transport that throws for more than that', () => {
  run((time) => {
    const { sink, lines } = toSink();
    const failure = new TypeError('no url');
    const transport = throwError(() => failure);

    time.expectObservable(transport.pipe(record(sink))).toBe('#', {}, failure);
    time.flush();

    expect(lines).toEqual(['{"at":0,"event":"failed","reason":"unreachable"}']);
  });
});

/* Transports that end as livecall's own never do */

it.each<[what: string, ends: string, lines: readonly string[]]>([
  [
    'fails with an error of its own once it is open',
    '-c-#',
    [
      '{"at":1,"event":"open","status":101}',
      '{"at":3,"event":"close","from":"server","code":1006,"reason":""}',
    ],
  ],
  ['is closed before it is open', '---#', ['{"at":3,"event":"failed","reason":"unreachable"}']],
])('writes what can be read of a transport that %s', (_what, ends, expected) => {
  run((time) => {
    const { sink, lines } = toSink();
    const error = ends.includes('c') ? new Error('out of order') : lost;
    const transport = time.cold(ends, { c: silent }, error);
    transport.pipe(record(sink)).subscribe({ error: () => undefined });
    time.flush();

    expect(lines).toEqual(expected);
  });
});

it('writes nothing of a connection that was left, in whatever connection it comes', () => {
  const { sink, lines } = toSink();
  const wires = [new Subject<Frame>(), new Subject<Frame>()] as const;
  let dials = 0;
  const transport = defer(() =>
    concat(of({ frames$: wires[dials++] ?? NEVER, send: () => undefined }), NEVER),
  ).pipe(record(sink));
  // Who listens apart from the transport hears on after it was left.
  const leave = () =>
    transport.subscribe(({ frames$ }) => {
      // eslint-disable-next-line rxjs-x/no-nested-subscribe -- it is what some do
      frames$.subscribe();
    });
  const first = leave();
  wires[0].next('"one"');
  first.unsubscribe();
  wires[0].next('"late"');
  leave();
  wires[0].next('"later"');
  wires[1].next('"two"');
  sink.end();

  expect(lines.map((line) => line.replace(/^\{"at":[^,]+,/, '{'))).toEqual([
    '{"event":"open","status":101}',
    '{"event":"frame","from":"server","json":"one"}',
    '{"event":"close","from":"client","code":1000,"reason":""}',
    '{"event":"open","status":101}',
    '{"event":"frame","from":"server","json":"two"}',
    '{"event":"close","from":"client","code":1000,"reason":""}',
    '{"event":"end"}',
  ]);
});

it('writes one connection at a time, and says that it left another out', () => {
  const { sink, lines } = toSink();
  const wires = [new Subject<Frame>(), new Subject<Frame>()] as const;
  let dials = 0;
  const transport = defer(() =>
    concat(of({ frames$: wires[dials++] ?? NEVER, send: () => undefined }), NEVER),
  ).pipe(record(sink));
  const [first, second] = [1, 2].map(() =>
    transport.pipe(mergeMap(({ frames$ }) => frames$)).subscribe(),
  );
  wires[1].next('"beside"');
  wires[0].next('"one"');
  second?.unsubscribe();
  wires[0].next('"two"');
  first?.unsubscribe();
  sink.end();

  expect(lines.map((line) => line.replace(/^\{"at":[^,]+,/, '{'))).toEqual([
    '{"event":"open","status":101}',
    '{"event":"mark","label":"left out: a dial while a connection was open"}',
    '{"event":"frame","from":"server","json":"one"}',
    '{"event":"frame","from":"server","json":"two"}',
    '{"event":"close","from":"client","code":1000,"reason":""}',
    '{"event":"end"}',
  ]);
});

it('knows an error of another copy of core by its tag', () => {
  const { sink, lines } = toSink();
  const error = Object.assign(new Error(), { _tag: 'HandshakeRefusedError', status: 503 });
  throwError(() => error)
    .pipe(record(sink))
    .subscribe({ error: () => undefined });

  expect(lines[0]).toMatch(/"event":"refused","status":503/);
});
