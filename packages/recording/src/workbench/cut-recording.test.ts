import fc from 'fast-check';
import { expect, it } from 'vitest';

import { parseRecording } from '../format/parse-recording.js';
import { loadRecording } from '../format/read-recording.js';
import { createRecordingLines } from '../redaction/recording-lines.js';
import type { Entry, Recording } from '../format/recording.js';
import { cutRecording } from './cut-recording.js';
import { createNarrator } from '../narrator.js';

const joined = await loadRecording('recordings/joined-call.ndjson');
const rejoined = await loadRecording('recordings/dropped-and-rejoined.ndjson');

const tell = ({ entries }: Recording) => {
  const narrate = createNarrator();
  return entries.flatMap((entry) => narrate(entry)?.what ?? []);
};

it('opens the connection that was open, with the start of the call', () => {
  const { recording, notes } = cutRecording(joined, { fromMs: 1_400, toMs: 2_200 });

  expect(tell(recording)).toEqual([
    ...['mark', 'connected', 'call started', 'said', 'said', 'screening ended', 'closed'],
  ]);
  expect(recording.entries.map(({ at }) => at)).toEqual([0, 0, 0, 20.7, 624.6, 746.9, 800, 800]);
  expect(recording.header.recordedAt).toBe('2026-11-22T09:00:01.400Z');
  expect(notes).toEqual([
    "the connection was open already: it opens at the cut's beginning, with its event:start",
    'the client leaves it at its end',
  ]);
});

it('has a command and its acknowledgement, or neither', () => {
  const before = cutRecording(joined, { toMs: 2_600 });
  const after = cutRecording(joined, { fromMs: 2_600, toMs: 3_000 });
  const both = cutRecording(joined, { fromMs: 2_500, toMs: 2_700 });

  expect(tell(before.recording)).not.toContain('asked');
  expect(before.notes).toContain(
    'line 9 is left out: a command whose ack, in line 10, is behind the cut',
  );
  expect(tell(after.recording)).not.toContain('acknowledged');
  expect(after.notes).toContain(
    'line 10 is left out: the ack of a command before the cut, in line 9',
  );
  expect(tell(both.recording)).toEqual([
    ...['mark', 'connected', 'call started', 'asked', 'acknowledged', 'closed'],
  ]);
});

it.each([
  [{ fromMs: 1_000, toMs: 2_700 }, 'cut: from 1s to 2.7s of a recording'],
  [{ fromMs: 250.5 }, 'cut: from 250.5ms to 3.9854s of a recording'],
  [{ toMs: 90_500 }, 'cut: from 0s to 1m30.5s of a recording'],
  [{ fromMs: 60_000, toMs: 7_260_000 }, 'cut: from 1m to 2h1m of a recording'],
])('marks the piece of %j in times as they are written', (options, label) => {
  const lastAt = Math.max(3_985.4, 'toMs' in options ? options.toMs : 0);
  const entries = [...joined.entries.slice(0, -1), { at: lastAt, event: 'end' } as const];

  expect(cutRecording({ ...joined, entries }, options).recording.entries[0]).toMatchObject({
    label,
  });
});

it('cuts between connections, and keeps how dials went', () => {
  const { recording, notes } = cutRecording(rejoined, { fromMs: 2_600, toMs: 3_400 });

  expect(tell(recording)).toEqual(['mark', 'refused', 'connected', 'closed']);
  expect(notes).toEqual(['the client leaves it at its end']);
});

it('is the whole with nothing to cut', () => {
  const { recording, notes } = cutRecording(joined);

  expect(recording.entries.slice(1)).toEqual(joined.entries);
  expect(notes).toEqual([]);
});

it('says what is no cut', () => {
  expect(() => cutRecording(joined, { fromMs: 2, toMs: 1 })).toThrow('A cut ends after it begins.');
  expect(() => cutRecording(joined, { fromMs: 60_000 })).toThrow('The recording ends at 3985.4 ms');
});

it('is a recording, wherever it is cut', async () => {
  const lines = createRecordingLines();
  const toText = ({ header, entries }: Recording) =>
    [lines.header(header), ...entries.map((entry: Entry) => lines.entry(entry))].join('');
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(joined, rejoined),
      fc.double({ min: 0, max: 3_900, noNaN: true }),
      fc.double({ min: 0.001, max: 4_000, noNaN: true }),
      async (whole, fromMs, lengthMs) => {
        const { recording } = cutRecording(whole, { fromMs, toMs: fromMs + lengthMs });
        const read = await parseRecording('cut', toText(recording));
        expect(read.entries.at(-1)?.event).toBe('end');
        const narrate = createNarrator();
        for (const entry of read.entries) {
          expect(narrate(entry)).not.toMatchObject({ what: 'acknowledged', command: 'unknown' });
        }
      },
    ),
  );
});
