import { isUtf8 } from 'node:buffer';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

import { decodeFrame, InvalidFrameError, NotOpenError } from '@livecall/core';
import type { Connection, Frame } from '@livecall/core';
import { serverMessages } from '@livecall/core/internal';
import { recordingSink } from '@livecall/recording';
import { RecordingError, serve } from '@livecall/tools';
import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { Observable } from 'rxjs';
import { expect, it, vi } from 'vitest';

import { decodeLines } from '../packages/recording/src/format/decode-lines.js';
import { toRecording } from '../packages/recording/src/format/parse-recording.js';
import { randomFrom } from './fixtures/random.js';
import { report, toCount, toSeed } from './fixtures/seed.js';
import { mutate } from './fuzz/mutate.js';
import { dials, frames, recordings } from './fuzz/samples.js';
import { shapes } from './fuzz/shapes.js';

/*
 * Any bytes give a value or a typed error, never a throw and never a hang. `LIVECALL_FUZZ=10000000`
 * is the long run (`npm run fuzz`), and `LIVECALL_SEED` runs one again.
 */

const CASES = toCount('LIVECALL_FUZZ', 15_000);
const isLong = CASES > 1_000_000;
const seed = toSeed();

if (isLong) vi.setConfig({ testTimeout: 3_600_000 });

/** A part of all cases, in whole numbers. */
const share = (part: number) => Math.ceil(CASES * part);
const begin = (what: string, cases: number) => {
  report(`LIVECALL_SEED=${seed} LIVECALL_FUZZ=${CASES}: ${cases} cases of ${what}`);
  return { random: randomFrom(seed, what.length), about: `LIVECALL_SEED=${seed} of ${what}` };
};
const pick = (samples: readonly Buffer[], random: () => number): Buffer =>
  samples[Math.floor(random() * samples.length)] ?? Buffer.alloc(0);

/* decodeFrame */

const utf8 = new TextDecoder();

const TYPES = new Set([...Object.keys(serverMessages), 'unknown']);
const FIELDS = Object.values(serverMessages).flatMap(({ fields }) => fields.map(([key]) => key));
/** An error's words are ours: nothing of the frame stands in them. */
const OURS = new RegExp(
  '^An invalid message arrived: (a frame of \\d+ (characters|bytes) is not \\w+|' +
    `\`(type|${FIELDS.join('|')})\` is not of type \\w+)\\. It was skipped\\.$`,
);

/** Says what is wrong with what a frame decodes to; nothing, as it should be. */
function judgeFrame(frame: Frame): string | undefined {
  const decoded = decodeFrame(frame);
  if (typeof frame !== 'string') {
    // The same bytes are the same message, whichever way they came; what is no UTF-8 is none.
    const isText = isUtf8(frame) && E.isRight(decodeFrame(utf8.decode(frame)));
    if (isText !== E.isRight(decoded)) return `it is ${isText ? 'a' : 'no'} message as text`;
  }
  if (E.isRight(decoded)) {
    return TYPES.has(decoded.right.type) ? undefined : `the type ${decoded.right.type}`;
  }
  const error: unknown = decoded.left;
  if (!(error instanceof InvalidFrameError)) return 'an error of another class';
  return OURS.test(error.message) ? undefined : error.message;
}

it('decodes any mutation of a real frame to a message or an InvalidFrameError', () => {
  const cases = share(0.7);
  const { random, about } = begin('mutated frames', cases);
  let decoded = 0;
  for (let done = 0; done < cases; done += 1) {
    const bytes = mutate(pick(frames, random), pick(frames, random), random);
    const frame = random() < 0.7 ? bytes.toString() : bytes;
    const fault = judgeFrame(frame);
    if (fault !== undefined) expect.fail(`${about}: ${fault} for ${JSON.stringify(frame)}`);
    if (E.isRight(decodeFrame(frame))) decoded += 1;
  }
  // The mutations are neither all nonsense nor all sound.
  expect(decoded).toBeGreaterThan(cases * 0.05);
  expect(decoded).toBeLessThan(cases * 0.8);
});

const field = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.double(),
  fc.jsonValue({ maxDepth: 2 }),
);
const message = fc.oneof(
  fc
    .record(
      {
        type: fc.oneof(fc.constantFrom(...TYPES, '__proto__', 'constructor'), field),
        msg: field,
        role: fc.oneof(fc.constantFrom('other', 'user', 'assistant', 'toString'), field),
        offset: field,
        ackId: field,
        phone: field,
        timestamp: field,
        description: field,
      },
      { requiredKeys: [] },
    )
    .map((fields) => JSON.stringify(fields)),
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 200 }),
);

it('decodes any frame to a message or an InvalidFrameError', () => {
  const cases = share(0.1);
  const { about } = begin('drawn frames', cases);
  fc.assert(
    fc.property(message, (frame) => {
      expect(judgeFrame(frame), about).toBeUndefined();
    }),
    { seed, numRuns: cases },
  );
});

it.each(shapes)('decodes 1 MiB of %s', (_what, make) => {
  const text = make(2 ** 20);
  expect(judgeFrame(text)).toBeUndefined();
  expect(judgeFrame(Buffer.from(text))).toBeUndefined();
});

/* The recording reader */

/** Reads the same bytes in one chunk and in several; says what is wrong with what comes of them. */
async function judgeRecording(bytes: Buffer, random: () => number): Promise<string | undefined> {
  const read = async (chunks: readonly Buffer[]) => {
    const lines: string[] = [];
    let last = 0;
    for await (const batch of decodeLines('fuzz', () => chunks)) {
      for (const line of batch) {
        if (E.isLeft(line)) {
          if (!(line.left instanceof RecordingError)) throw new Error('another class');
          lines.push(line.left.message);
          continue;
        }
        if (line.right.kind === 'torn' && lines.at(-1) === 'torn') throw new Error('torn twice');
        if (line.right.line <= last) throw new Error('lines out of order');
        last = line.right.line;
        lines.push(line.right.kind);
      }
    }
    return lines;
  };
  const chunks: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = start + 1 + Math.floor(random() * 400);
    chunks.push(bytes.subarray(start, end));
    start = end;
  }
  const whole = (await read([bytes])).join('\n');
  const inParts = (await read(chunks)).join('\n');
  if (inParts !== whole) return `${inParts}\nin chunks, and in one:\n${whole}`;
  try {
    await toRecording(
      'fuzz',
      decodeLines('fuzz', () => [bytes]),
    );
    return undefined;
  } catch (error) {
    return error instanceof RecordingError ? undefined : String(error);
  }
}

it('reads any mutation of a recording, or says what is wrong with which line', async () => {
  const cases = share(0.1);
  const { random, about } = begin('mutated recordings', cases);
  for (let done = 0; done < cases; done += 1) {
    const bytes = mutate(pick(recordings, random), pick(recordings, random), random);
    const fault = await judgeRecording(bytes, random);
    if (fault !== undefined) expect.fail(`${about}: ${fault} for ${bytes.toString('base64')}`);
  }
});

it('reads any lines, or says what is wrong with which', async () => {
  const cases = share(0.02);
  const { random, about } = begin('drawn recordings', cases);
  const header = fc.constant('{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}');
  const entry = fc
    .record(
      {
        at: field,
        event: fc.oneof(fc.constantFrom('open', 'frame', 'close', 'end', 'mark', 'refused'), field),
        from: fc.constantFrom('server', 'client', 7),
        json: field,
        text: field,
        base64: field,
        code: fc.oneof(fc.constant(1006), field),
        status: fc.oneof(fc.constant(101), field),
        reason: field,
      },
      { requiredKeys: [] },
    )
    .map((fields) => JSON.stringify(fields));
  const line = fc.oneof(header, entry, fc.json(), fc.string({ unit: 'binary' }));
  await fc.assert(
    fc.asyncProperty(header, fc.array(line), fc.boolean(), async (first, rest, isEnded) => {
      const text = [first, ...rest].join('\n') + (isEnded ? '\n' : '');
      expect(await judgeRecording(Buffer.from(text), random), about).toBeUndefined();
    }),
    { seed, numRuns: cases },
  );
});

it.each([
  ['a byte at a time', Array.from({ length: 2 ** 18 }, () => Buffer.from('x'))],
  ['empty lines', [Buffer.alloc(2 ** 16, '\n')]],
  ['a line without an end', [Buffer.alloc(2 ** 22, 'x')]],
  ['bytes that are no text', [Buffer.alloc(2 ** 20, 0xff)]],
])('reads %s', async (_what, chunks) => {
  const header = Buffer.from('{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}\n');
  let lines = 0;
  for await (const batch of decodeLines('fuzz', () => [header, ...chunks])) lines += batch.length;
  expect(lines).toBeGreaterThan(1);
});

/* The recorder */

it('writes a line that can be read for any mutation of a real frame', async () => {
  const cases = share(0.07);
  const { random, about } = begin('recorded frames', cases);
  let text = '';
  const sink = recordingSink((line) => (text += line));
  sink.write({ event: 'open', status: 101 });
  for (let done = 0; done < cases; done += 1) {
    const bytes = mutate(pick(frames, random), pick(frames, random), random);
    const payload =
      random() < 0.7 ? { text: bytes.toString() } : { base64: bytes.toString('base64') };
    sink.write({ event: 'frame', from: 'server', ...payload });
    if (text.length < 2 ** 20 && done < cases - 1) continue;
    for (const line of text.trimEnd().split('\n')) {
      expect(() => JSON.parse(line) as unknown, about).not.toThrow();
    }
    text = '';
  }
  sink.end();
  await Promise.resolve();
});

/* The server's upgrade handling */

/** Opens every dial, and sends back what it hears. */
const echoTransport = new Observable<Connection>((subscriber) => {
  const heard: ((frame: Frame) => void)[] = [];
  subscriber.next({
    frames$: new Observable((listener) => {
      heard.push((frame) => {
        listener.next(frame);
      });
    }),
    send(frame) {
      if (subscriber.closed) throw new NotOpenError();
      for (const hear of heard) hear(frame);
    },
  });
});

/** Sends bytes, then its end; gives what came back until the server ended, too. */
function dialRaw(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket: Socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (answer += text));
    // A server that has heard enough may reset the connection.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(answer);
    });
  });
}

it('answers any mutation of a dial or hangs up, and goes on', async () => {
  // Fewer, and one of the answers may be among none.
  const cases = Math.max(1_000, share(0.01));
  const { random, about } = begin('mutated dials', cases);
  await using server = await serve(echoTransport);
  const statuses = new Map<string, number>();
  let done = 0;
  const dial = async () => {
    while (done < cases) {
      done += 1;
      const bytes = mutate(pick(dials, random), pick(dials, random), random, 3);
      const answer = await dialRaw(server.port, bytes);
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? (answer === '' ? 'none' : answer);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 16 }, dial));

  expect(
    [...statuses.keys()].filter((status) => !/^(\d{3}|none)$/.test(status)),
    about,
  ).toEqual([]);
  expect([...statuses.keys()], about).toEqual(expect.arrayContaining(['101', '400', '401', '404']));
  // It serves whoever comes next, and holds nobody.
  expect(
    await dialRaw(
      server.port,
      pick(dials.slice(1), () => 0),
    ),
  ).toMatch(/^HTTP\/1\.1 101 .*client:joinCall/s);
});

/* Linear time: eight times as much is done in about eight times the time */

it.runIf(isLong).each(shapes)('takes time in proportion to its size for %s', (_what, make) => {
  const work = (size: number, repeat: number) => {
    const text = make(size);
    const sink = recordingSink(() => undefined);
    const measure = (act: () => void) => {
      const times = Array.from({ length: 7 }, () => {
        const before = process.hrtime.bigint();
        for (let left = repeat; left > 0; left -= 1) act();
        return Number(process.hrtime.bigint() - before) / 1e6;
      });
      return Math.min(...times);
    };
    return [
      measure(() => decodeFrame(text)),
      measure(() => {
        sink.write({ event: 'frame', from: 'server', text });
      }),
    ] as const;
  };
  const [decodedSmall, writtenSmall] = work(2 ** 14, 8);
  const [decodedBig, writtenBig] = work(2 ** 17, 1);
  report(
    `${_what}: decoded in ${decodedSmall.toFixed(2)} and ${decodedBig.toFixed(2)} ms, recorded in ${writtenSmall.toFixed(2)} and ${writtenBig.toFixed(2)} ms (8 × 16 KiB, 128 KiB)`,
  );
  // The same number of bytes each; a quadratic one would take eight times as long.
  expect(decodedBig).toBeLessThan(4 * decodedSmall + 2);
  expect(writtenBig).toBeLessThan(4 * writtenSmall + 5);
});
