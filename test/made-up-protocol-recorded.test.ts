import { ConnectionClosedError, liveCallProtocol } from '@livecall/core';
import type { Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { parseRecording, record, recordingSink, scenario, toComparable } from '@livecall/recording';
import type { RecordingSinkOptions } from '@livecall/recording';
import { createLeakFinder } from '@livecall/recording/internal';
import { createSoundnessCheck } from '@livecall/recording/format';
import {
  closeAfter,
  dropFrames,
  replay,
  serveReplays,
  showDivergence,
  toHaveSent,
} from '@livecall/tools';
import {
  catchError,
  EMPTY,
  from,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  of,
  switchMap,
  tap,
  toArray,
} from 'rxjs';
import { expect, it } from 'vitest';

import { madeUpProtocol, SOLD_OUT } from './fixtures/made-up-protocol.js';

/* The made-up protocol on its way to disk and back: recorded, checked, served, disturbed. */

const protocol = madeUpProtocol;
const PLAY = { op: 'play', n: 1, title: 'Blue Moon' };
const QUEUED = { op: 'result', re: 1, result: 'queued' };
const PLAYING = { op: 'playing', title: 'Blue Moon', wishedBy: '+14155552671' };
const wish = scenario().onFrame(PLAY).send(QUEUED).send(PLAYING).close(SOLD_OUT);

/** Sends a wish once it is let in, and gives what it hears, and the code of the close. */
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

/** Records what follows a replay of the wish. */
async function toText(options: RecordingSinkOptions): Promise<string> {
  const lines: string[] = [];
  const sink = recordingSink((line) => lines.push(line), {
    ...options,
    endpoint: 'wss://juke.box',
  });
  const server = replay(wish.toRecording(), { protocol });
  await lastValueFrom(
    server.pipe(
      record(sink),
      switchMap(({ frames$, send }) => {
        send(JSON.stringify({ ...PLAY, n: 7 }));
        return frames$;
      }),
      catchError(() => EMPTY),
    ),
    { defaultValue: undefined },
  );
  sink.end();
  return lines.join('');
}

it('is recorded, replayed and recorded again, and nothing is changed but a number', async () => {
  const recording = await parseRecording('wish', await toText({ protocol }));
  const heard = await follow(replay(recording, { protocol, match: 'strict' }), { ...PLAY, n: 3 });

  expect(heard).toEqual([{ ...QUEUED, re: 3 }, { ...PLAYING, wishedBy: '+12025550100' }, SOLD_OUT]);
  expect(toComparable(recording, { protocol }).entries).toHaveLength(
    wish.toRecording().entries.length,
  );
});

it('is masked by what its fields hold', async () => {
  const text = await toText({ protocol, maskTranscripts: true });

  expect(text).toContain('{"op":"result","re":7,"result":"queued"}');
  expect(text).toContain('{"op":"playing","title":"xxxx xxxx","wishedBy":"+12025550100"}');
});

it.each([
  ['as it is', wish, []],
  ['a result of no command', wish.send({ ...QUEUED, re: 9 }), ['a queued for no command above']],
  [
    'a frame of another protocol',
    wish.onFrame({ type: 'client:joinCall', id: '8f0c' }).send({ type: 'ack', ackId: '8f0c' }),
    [
      'invalid frame from the client: not a message',
      'invalid frame from the server: `op` is not of type string',
    ],
  ],
])('is checked: %s', (_what, call, problems) => {
  const check = createSoundnessCheck({ protocol });
  const found = call
    .toRecording()
    .entries.flatMap((entry, index) => check({ kind: 'entry', line: index + 2, entry }));

  expect(found).toEqual(problems);
});

it('is searched for numbers that the recorder left', async () => {
  const find = createLeakFinder({ protocol });
  const left = wish.toRecording();
  const taken = await parseRecording('wish', await toText({ protocol }));
  const findIn = ({ header, entries }: typeof left) =>
    [
      find({ kind: 'header', line: 1, header }),
      ...entries.map((entry, index) => find({ kind: 'entry', line: index + 2, entry })),
    ].flat();

  expect(findIn(left)).toHaveLength(1);
  expect(findIn(taken)).toEqual([]);
});

it('is served, and its client judged, by a server that knows nothing of it', async () => {
  await using server = await serveReplays(replay(wish.toRecording(), { protocol }));
  const transport = webSocketTransport({
    ...{ url: server.url, accessToken: 'any', conversationToken: 'any' },
  });
  const heard = await follow(transport, { ...PLAY, n: 42 });

  expect(heard).toEqual([{ ...QUEUED, re: 42 }, PLAYING, SOLD_OUT]);
  expect((await server.done()).map(showDivergence)).toEqual([]);
});

it('is disturbed by the types of its messages', async () => {
  const faultyTransport = replay(wish.toRecording(), { protocol }).pipe(
    dropFrames({ type: 'result', protocol }),
    closeAfter({ after: 'playing', code: 4000, protocol }),
  );

  expect(await follow(faultyTransport, PLAY)).toEqual([PLAYING, 4000]);
});

it('is compared with what was to be sent, its numbers aside', async () => {
  const server = replay(wish.toRecording(), { protocol });
  await follow(server, { ...PLAY, n: 5 });

  expect(toHaveSent(server, [{ type: 'play', title: 'Blue Moon' }]).pass).toBe(true);
  expect(toHaveSent(server, [{ type: 'play', title: 'Red Sun' }]).pass).toBe(false);
  expect(() => toHaveSent(server, ['client:joinCall'])).toThrow(TypeError);
  expect(server.protocol).not.toBe(liveCallProtocol);
});
