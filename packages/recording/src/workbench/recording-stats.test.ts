import { expect, it } from 'vitest';

import { loadRecording } from '../format/read-recording.js';
import { ack, scenario } from '../scenario.js';
import { toStats } from './recording-stats.js';

it('says who talked, estimated by the words and by the time there was', () => {
  const call = scenario()
    .open()
    .assistant('One two three.', { after: 400 })
    .caller("It's four words, about.", { after: 5_000 })
    .callEnd({ after: 100 });

  expect(toStats([call.toRecording()]).talk).toEqual({
    assistant: { utterances: 1, words: 3, talkMs: 400 },
    other: { utterances: 1, words: 4, talkMs: 1_600 },
    user: { utterances: 0, words: 0, talkMs: 0 },
  });
});

it('finds the silences, the longest first, and the first word', () => {
  const call = scenario()
    .open({ after: 40 })
    .assistant('Hello?', { after: 3_400 })
    .caller('Yes?', { after: 10_400 })
    .caller('No.', { after: 500 });
  const { silences, firstWord } = toStats([call.toRecording('call')]);

  expect(silences).toEqual([
    { file: 'call', line: 4, at: 3_440, ms: 10_000 },
    { file: 'call', line: 3, at: 40, ms: 3_000 },
  ]);
  expect(firstWord).toEqual({ count: 1, p50Ms: 3_400, p95Ms: 3_400, maxMs: 3_400 });
  expect(toStats([call.toRecording()], { silenceMs: 3_001 }).silences).toHaveLength(1);
});

it('says how long commands took, over many calls', () => {
  const calls = Array.from({ length: 100 }, (_call, index) =>
    scenario()
      .start()
      .onJoin(ack({ after: index + 1 }))
      .toRecording(),
  );
  const unanswered = scenario().start().onEnd([]).toRecording();
  const made = toStats([...calls, unanswered]);

  expect(made.acks).toEqual({
    all: { count: 100, p50Ms: 50, p95Ms: 95, maxMs: 100 },
    'client:joinCall': { count: 100, p50Ms: 50, p95Ms: 95, maxMs: 100 },
  });
  expect(made.unanswered).toBe(1);
  expect(made.recordings).toBe(101);
});

it('says which connections were lost, and how long until there was another', async () => {
  const rejoined = await loadRecording('recordings/dropped-and-rejoined.ndjson');
  const lost = scenario().start().drop(1011).refuse(404);

  expect(
    toStats([rejoined, lost.toRecording('lost'), lost.toRecording('lost')]).reconnects,
  ).toEqual([
    { file: rejoined.name, line: 6, at: 2_579.2, code: 1006, failedDials: 1, ms: 793.4 },
    { file: 'lost', line: 4, at: 0, code: 1011, failedDials: 1 },
    { file: 'lost', line: 4, at: 0, code: 1011, failedDials: 1 },
  ]);
});

it('counts the frames by type', () => {
  const call = scenario()
    .start()
    .send({ type: 'event:hold' })
    .send('no JSON')
    .caller('Hello?')
    .caller('Hello?')
    .onJoin(ack());
  const { frames } = toStats([call.toRecording()]);

  expect(frames.map(({ from, type, count }) => [from, type, count])).toEqual([
    ['server', 'transcript', 2],
    ['server', 'event:start', 1],
    ['server', 'event:hold', 1],
    ['server', 'invalid', 1],
    ['client', 'client:joinCall', 1],
    ['server', 'ack', 1],
  ]);
  expect(frames.find(({ type }) => type === 'invalid')?.bytes).toBe(7);
});
