import {
  channel,
  ConnectionClosedError,
  InvalidFrameError,
  isAnswerTo,
  isLiveCallError,
  liveCallProtocol,
} from '@livecall/core';
import type { AnyProtocol, Frame, Heard, Transport } from '@livecall/core';
import { replay, scenario, toComparable } from '@livecall/tools';
import type { MatchLevel, Scenario } from '@livecall/tools';
import * as E from 'fp-ts/lib/Either.js';
import {
  catchError,
  defer,
  filter,
  firstValueFrom,
  from,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  NEVER,
  of,
  switchMap,
  tap,
  toArray,
} from 'rxjs';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { madeUpProtocol, SOLD_OUT } from './fixtures/made-up-protocol.js';
import type { JukeboxMessage } from './fixtures/made-up-protocol.js';

/* What the made-up protocol says of itself, so that what goes wrong with it elsewhere is not its own. */

const { acknowledge, createId, decode, decodeCommand, encode, isEndingClose, readdress } =
  madeUpProtocol;

const NOTHING = { isKnown: true, isEnd: false, answers: undefined, reports: undefined };

it.each<[frame: string, heard: Omit<Heard<JukeboxMessage>, 'message'>]>([
  ['{"op":"playing","title":"Blue Moon"}', { ...NOTHING, type: 'playing' }],
  [
    '{"op":"result","re":7,"result":"queued"}',
    { ...NOTHING, type: 'result', answers: { by: 'queued', id: 7 } },
  ],
  ['{"op":"jammed","why":"a coin"}', { ...NOTHING, type: 'jammed', reports: 'a coin' }],
])('understands %s', (frame, heard) => {
  const understood = E.right({ message: JSON.parse(frame) as JukeboxMessage, ...heard });

  expect(decode(frame)).toStrictEqual(understood);
  expect(decode(Buffer.from(frame))).toStrictEqual(understood);
});

it('passes on what it does not know', () => {
  const received = { op: 'toString', at: 3 };

  expect(decode(JSON.stringify(received))).toStrictEqual(
    E.right({ ...NOTHING, message: { op: 'other', received }, type: 'toString', isKnown: false }),
  );
});

it.each([
  ['playing', '', 'JSON'],
  ['{"type":"playing"}', 'op', 'string'],
  ['{"op":"playing"}', 'title', 'string'],
  ['{"op":"result","re":"7","result":"queued"}', 're', 'number'],
])('does not understand %s', (frame, path, expected) => {
  const decoded = decode(frame);

  expect(decoded).toMatchObject(E.left({ path, expected }));
  expect(E.isLeft(decoded) && decoded.left).toBeInstanceOf(InvalidFrameError);
});

it('writes a command with all of its fields, and understands it', () => {
  const frame = encode({ type: 'play', title: 'Blue Moon' }, 7);

  expect(frame).toBe('{"op":"play","n":7,"title":"Blue Moon"}');
  expect(decodeCommand(frame)).toStrictEqual(
    E.right({ type: 'play', id: 7, content: { op: 'play', title: 'Blue Moon' } }),
  );
});

it.each(['stop', '{"op":"stop"}', '{"op":"stop","n":"7"}', '{"op":"skip","n":7}'])(
  'understands no command in %s',
  (frame) => {
    expect(E.isLeft(decodeCommand(frame))).toBe(true);
  },
);

it('counts its commands', () => {
  expect([1, 2, 3].map(createId)).toEqual([1, 2, 3]);
});

it('answers a command by its number', () => {
  const asked = { type: 'stop', id: 7, content: { op: 'stop' } };
  const heard = decode(acknowledge(asked));
  const answers = E.isRight(heard) ? heard.right.answers : undefined;

  expect(answers && isAnswerTo(answers, asked)).toBe(true);
  expect(answers && isAnswerTo(answers, { ...asked, id: 17 })).toBe(false);
});

it('moves an id, and no number that holds its digits', () => {
  const frame = '{"op":"result","re":7,"at":17,"of":7,"result":"7"}';

  expect(readdress(frame, 7, 42)).toBe('{"op":"result","re":42,"at":17,"of":7,"result":"7"}');
  expect(readdress('{"op":"stop","n":7}', 7, 42)).toBe('{"op":"stop","n":42}');
  expect(readdress(frame, 1, 42)).toBe(frame);
});

it('ends by one close code', () => {
  expect([SOLD_OUT, 1000, 1006].map(isEndingClose)).toEqual([true, false, false]);
});

it('goes wherever a live call goes, and narrows by its own tag', () => {
  const protocols: readonly AnyProtocol[] = [madeUpProtocol, liveCallProtocol];
  const heard = decode('{"op":"playing","title":"Blue Moon"}');
  const message = E.isRight(heard) ? heard.right.message : undefined;

  expect(protocols).toHaveLength(2);
  expect(message?.op === 'playing' && (message.title satisfies string)).toBe('Blue Moon');
  // @ts-expect-error a command that the protocol lacks
  expect(encode({ type: 'client:joinCall' }, 1)).toBe('{"op":"client:joinCall","n":1}');
});

/* Channel */

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

const lost = new ConnectionClosedError(1006);

/** A channel over one wire after the other, in virtual time, and what it sends. */
const speak = (...wires: readonly Observable<string>[]) => {
  let dials = 0;
  const sent: unknown[] = [];
  const transport: Transport = defer(() => {
    const wire$ = wires[dials++] ?? NEVER;
    const frames$ = wire$.pipe(
      catchError(() => NEVER),
      filter((said) => said !== 'open'),
    );
    const send = (frame: Frame) => {
      sent.push(JSON.parse(String(frame)));
    };
    return wire$.pipe(
      filter((said) => said === 'open'),
      map(() => ({ frames$, send })),
    );
  });
  const retry = { baseDelayMs: 8, random: () => 0 };
  const jukebox = channel(transport, madeUpProtocol, { retry, lingerMs: 5 });
  return { ...jukebox, sent };
};

const said = {
  o: 'open',
  p: '{"op":"playing","title":"Blue Moon"}',
  r: '{"op":"result","re":1,"result":"queued"}',
  s: '{"op":"result","re":2,"result":"stopped"}',
  j: '{"op":"jammed","why":"a coin"}',
  x: '{"op":"skipped"}',
  i: '{"op":"playing"}',
};
const understood = (name: keyof typeof said) => JSON.parse(said[name]) as JukeboxMessage;

it('is spoken over a channel, which tells messages, errors and states', () => {
  run((time) => {
    const wire$ = time.hot('-o-p-j-i-x-', said);
    const messages = '      ---p-j---x-';
    const errors = '        -----j-i---';
    const states = '        co---------';
    const { connect, messages$, errors$, state$ } = speak(wire$);
    connect();

    time.expectObservable(messages$).toBe(messages, {
      p: { connection: 1, at: 3, type: 'playing', message: understood('p') },
      j: { connection: 1, at: 5, type: 'jammed', message: understood('j') },
      x: {
        connection: 1,
        at: 9,
        type: 'unknown',
        message: { op: 'other', received: JSON.parse(said.x) as object },
      },
    });
    time.expectObservable(errors$.pipe(map(({ _tag }) => _tag))).toBe(errors, {
      j: 'ServerReportedError',
      i: 'InvalidFrameError',
    });
    time.expectObservable(state$.pipe(map(({ status }) => status))).toBe(states, {
      c: 'connecting',
      o: 'open',
    });
  });
});

it('is sent commands by number, each confirmed by its own result', () => {
  run((time) => {
    const wire$ = time.hot('-o---s-r--', said);
    const plays = '         --^-------';
    const stops = '         ---^------';
    const played = '        -------(p|)';
    const stopped = '       -----(s|)';
    const { connect, sent, ...jukebox } = speak(wire$);
    const play = { type: 'play', title: 'Blue Moon' } as const;
    const stop = { type: 'stop' } as const;
    connect();

    time.expectObservable(jukebox.command(play), plays).toBe(played, {
      p: { command: play, id: 1, connection: 1, at: 7, by: 'queued', message: understood('r') },
    });
    time.expectObservable(jukebox.command(stop), stops).toBe(stopped, {
      s: { command: stop, id: 2, connection: 1, at: 5, by: 'stopped', message: understood('s') },
    });
    time.flush();
    expect(sent).toEqual([
      { op: 'play', n: 1, title: 'Blue Moon' },
      { op: 'stop', n: 2 },
    ]);
  });
});

it('is dialled again when it is lost, and loses the command that was sent', () => {
  run((time) => {
    const first$ = time.hot(' -o-#        ', said, lost);
    const second$ = time.hot('--------o-p-', said);
    const plays = '          --^---------';
    const messages = '       ----------p-';
    const { connect, messages$, ...jukebox } = speak(first$, second$);
    connect();

    time
      .expectObservable(
        jukebox
          .command({ type: 'stop' })
          .pipe(catchError((error: unknown) => of(isLiveCallError(error) && error._tag))),
        plays,
      )
      .toBe('---(l|)', { l: 'ConnectionLostError' });
    time.expectObservable(messages$.pipe(map(({ connection }) => connection))).toBe(messages, {
      p: 2,
    });
  });
});

it('is over with the close code that ends it, and is not dialled again', () => {
  run((time) => {
    const wire$ = time.hot('-o-p-#', said, new ConnectionClosedError(SOLD_OUT));
    const { connect, messages$, errors$, state$ } = speak(wire$);
    connect();

    time.expectObservable(messages$.pipe(ignoreElements())).toBe('-----|');
    time.expectObservable(errors$).toBe('-----|');
    time.expectObservable(state$.pipe(map((state) => state.status))).toBe('co---(z|)', {
      c: 'connecting',
      o: 'open',
      z: 'closed',
    });
  });
});

/* Replay */

const PLAY = { op: 'play', n: 1, title: 'Blue Moon' };
const STOP = { op: 'stop', n: 2 };
const PLAYING = { op: 'playing', title: 'Blue Moon', at: 17, of: 7, re: 9 };
/** Two commands, the second answered before the first; `at` and `of` are no ids, whatever they hold. */
const wishes = scenario()
  .onFrame(PLAY)
  .onFrame(STOP)
  .send({ op: 'result', re: 2, result: 'stopped', at: 12 })
  .send({ op: 'result', re: 1, result: 'queued', at: 21 })
  .send(PLAYING)
  .close(SOLD_OUT);

/** What a client hears that sends these frames once it is let in, and the code of the close. */
const follow = (transport: Transport, ...sent: readonly object[]) =>
  lastValueFrom(
    transport.pipe(
      switchMap(({ frames$, send }) =>
        merge(
          frames$,
          from(sent).pipe(
            tap((frame) => {
              send(JSON.stringify(frame));
            }),
            ignoreElements(),
          ),
        ),
      ),
      map((frame) => JSON.parse(String(frame)) as unknown),
      catchError((error: unknown) => of(error instanceof ConnectionClosedError && error.code)),
      toArray(),
    ),
  );

it('is replayed: a result waits for its command, and bears the id of the live one', async () => {
  const transport = replay(wishes.toRecording(), { protocol: madeUpProtocol, match: 'strict' });
  const heard = await follow(transport, { ...PLAY, n: 7 }, { ...STOP, n: 42 });

  expect(heard).toEqual([
    { op: 'result', re: 42, result: 'stopped', at: 12 },
    { op: 'result', re: 7, result: 'queued', at: 21 },
    PLAYING,
    SOLD_OUT,
  ]);
  expect(await transport.done()).toEqual([]);
});

it.each<[client: string, match: MatchLevel, frame: object, problem: object]>([
  [
    'another title',
    'strict',
    { ...PLAY, title: 'Red Sun' },
    { kind: 'mismatch', expected: 'play', actual: 'play', difference: ['/title'] },
  ],
  ['another command', 'typed', STOP, { kind: 'mismatch', expected: 'play', actual: 'stop' }],
  ['no command', 'loose', { op: 'skip' }, { kind: 'unexpected', actual: 'invalid' }],
])('is replayed, and tells of a client that sends %s', async (_client, match, frame, problem) => {
  const transport = replay(wishes.toRecording(), { protocol: madeUpProtocol, match });

  expect(await follow(transport, frame)).toEqual([4999]);
  expect(await transport.done()).toMatchObject([problem]);
});

it('is replayed, and answers a stray command in its own way', async () => {
  const answer = { op: 'result', re: 1, result: 'queued' };
  const waiting = scenario().onFrame(PLAY).send(answer).toRecording();
  const transport = replay(waiting, { protocol: madeUpProtocol, match: 'loose' });
  const heard$ = transport.pipe(
    switchMap(({ frames$, send }) => {
      send(JSON.stringify({ ...STOP, n: 3 }));
      return frames$;
    }),
  );

  expect(await firstValueFrom(heard$)).toBe('{"op":"result","re":3,"result":"noted"}');
});

it('is compared without its ids, and with all other numbers', () => {
  const other = scenario()
    .onFrame({ ...PLAY, n: 17 })
    .onFrame({ ...STOP, n: 12 })
    .send({ op: 'result', re: 12, result: 'stopped', at: 12 })
    .send({ op: 'result', re: 17, result: 'queued', at: 21 })
    .send(PLAYING)
    .close(SOLD_OUT);
  const compare = (call: Scenario) =>
    toComparable(call.toRecording('wishes'), { protocol: madeUpProtocol });

  expect(compare(other)).toEqual(compare(wishes));
  expect(compare(other.send(PLAYING))).not.toEqual(compare(wishes));
});
