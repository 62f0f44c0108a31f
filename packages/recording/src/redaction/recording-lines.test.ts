import type { Frame } from '@livecall/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { toPayload } from '../format/payload.js';
import { createRecordingLines } from './recording-lines.js';
import type { RecordingLinesOptions } from './recording-lines.js';
import { createRedactor } from './redactor.js';
import { createSecrets } from './secrets.js';

const at = 12.4;

const toEntry = (frame: Frame, from: 'client' | 'server' = 'server') =>
  ({ event: 'frame', from, ...toPayload(frame) }) as const;

interface Said {
  readonly at: number;
  readonly from: 'client' | 'server';
  readonly frame: Frame;
}

/** Writes the same frames, as they came and as entries. */
function toBoth(said: readonly Said[], options?: RecordingLinesOptions) {
  const asFrames = createRecordingLines(options);
  const asEntries = createRecordingLines(options);
  return {
    asFrames: said.map(({ at, from, frame }) => asFrames.frame(at, from, frame)),
    asEntries: said.map(({ at, from, frame }) => asEntries.entry({ at, ...toEntry(frame, from) })),
  };
}

it.each<[what: string, frame: Frame, line: string]>([
  ['JSON as it came', '{"type":"ack"}', '"json":{"type":"ack"}'],
  ['other JSON as text', '{ "type": "ack" }', '"text":"{ \\"type\\": \\"ack\\" }"'],
  ['bytes', Uint8Array.of(0, 255), '"base64":"AP8="'],
  ['JSON without its number', '{"phone":"+14155552671"}', '"json":{"phone":"+12025550100"}'],
  ['JSON without a token', '{"msg":"it is s3cret-t0ken"}', '"json":{"msg":"it is [redacted]"}'],
])('writes %s', (_what, frame, line) => {
  const lines = createRecordingLines({ secrets: createSecrets(['s3cret-t0ken']) });

  expect(lines.frame(at, 'server', frame)).toBe(
    `{"at":12.4,"event":"frame","from":"server",${line}}\n`,
  );
});

it('writes a mark for a frame that is nested too deep', () => {
  const frame = '['.repeat(500_000) + ']'.repeat(500_000);

  expect(createRecordingLines().frame(at, 'server', frame)).toBe(
    '{"at":12.4,"event":"mark","label":"left out: a frame nested too deep"}\n',
  );
});

it('writes a frame as it writes the entry of one, whatever is in it', () => {
  const token = 's3cret/t0ken';
  const word = fc.constantFrom(
    ...['call', 'señal', '🙂', '"', ' 9,', '+14155552671', '415-555-2672', '٤١٥-٥٥٥-٢٦٧١'],
    ...[token, encodeURIComponent(token), Buffer.from(token).toString('base64')],
    ...['bearer 0123456789', 'eyJhbGci.eyJzdWIi.c2lnbmF0'],
  );
  const text = fc.array(word).map((words) => words.join(' '));
  const key = fc.oneof(fc.constantFrom('type', 'msg', 'phone', 'id', '1', '__proto__'), word);
  const value = fc.oneof(text, fc.double({ noNaN: true }), fc.nat(), fc.jsonValue({ maxDepth: 2 }));
  const json = fc
    .tuple(fc.dictionary(key, value), fc.constantFrom(0, 0, 0, 1))
    .map(([fields, indent]) => JSON.stringify(fields, null, indent));
  const frame = fc.oneof(
    json,
    text,
    json.map((written): Frame => Buffer.from(written)),
  );
  const options = fc.constantFrom<RecordingLinesOptions>(
    {},
    { keepPhones: true },
    { maskTranscripts: true },
  );
  const said: fc.Arbitrary<Said> = fc.record({
    at: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    from: fc.constantFrom('client', 'server'),
    frame,
  });
  fc.assert(
    fc.property(fc.array(said), options, (all, redactOptions) => {
      const { asFrames, asEntries } = toBoth(all, {
        ...redactOptions,
        secrets: createSecrets([token]),
      });

      expect(asFrames).toEqual(asEntries);
    }),
  );
});

it('goes by what its own recording has had, whatever others of the same options have', () => {
  const number = fc.constantFrom(
    ...['+14155552671', '415-555-2671', '555-2671', '+442079460958', '020 7946 0958', '2671'],
  );
  const frame = fc.oneof(
    number.map((phone) => JSON.stringify({ type: 'event:start', phone })),
    number.map((said) => JSON.stringify({ type: 'transcript', msg: `Call ${said}.` })),
  );
  const options = fc.constantFrom<RecordingLinesOptions>(
    {},
    { defaultCountry: ['GB', 'US'] },
    { maskTranscripts: true },
  );
  const RECORDINGS = [0, 1, 2];
  const said = fc.array(fc.tuple(fc.constantFrom(...RECORDINGS), frame));
  fc.assert(
    fc.property(said, options, (all, redactOptions) => {
      const recordings = RECORDINGS.map(() => createRecordingLines(redactOptions));
      const together = all.map(([number, each]) => recordings[number]?.frame(at, 'server', each));
      for (const number of RECORDINGS) {
        const isIts = (_: unknown, index: number) => all[index]?.[0] === number;
        const alone = createRedactor(redactOptions);
        const toLine = (each: string) =>
          `${JSON.stringify({ at, event: 'frame', from: 'server', ...alone.payload(toPayload(each)) })}\n`;

        expect(together.filter(isIts)).toEqual(all.filter(isIts).map(([, each]) => toLine(each)));
      }
    }),
  );
});
