import { expect, it } from 'vitest';

import { createRunJoiner } from './run-joiner.js';

const join = (...lines: readonly string[]) => {
  const joiner = createRunJoiner();
  return [...lines.flatMap((line) => joiner.add(line)), ...joiner.end()].map((line) =>
    line.kind === 'header' ? line.header : line.entry,
  );
};

const header = (second: number) =>
  `{"livecall":1,"recordedAt":"2026-11-22T09:00:0${second}.000Z","redacted":["credentials"],"worker":"w","claim":"c"}`;
const start = { type: 'event:start', phone: '+12025550100', timestamp: 'now' };

it('gives one run as the recording that it is', () => {
  expect(
    join(
      header(0),
      '{"at":0,"event":"open","status":101}',
      `{"at":1.5,"event":"frame","from":"server","json":${JSON.stringify(start)}}`,
      '{"at":9,"event":"close","from":"client","code":1000,"reason":""}',
      '{"at":9,"event":"end"}',
    ),
  ).toEqual([
    { livecall: 1, recordedAt: '2026-11-22T09:00:00.000Z', redacted: ['credentials'] },
    { at: 0, event: 'open', status: 101 },
    { at: 1.5, event: 'frame', from: 'server', json: start },
    { at: 9, event: 'close', from: 'client', code: 1000, reason: '' },
    { at: 9, event: 'end' },
  ]);
});

it('puts the next run behind the one before it, and closes what a worker left open', () => {
  expect(
    join(
      header(0),
      '{"at":0,"event":"open","status":101}',
      header(5),
      '{"at":0,"event":"open","status":101}',
      '{"at":20,"event":"close","from":"client","code":1000,"reason":""}',
      '{"at":20,"event":"end"}',
    ).slice(1),
  ).toEqual([
    { at: 0, event: 'open', status: 101 },
    { at: 5_000, event: 'close', from: 'server', code: 1006, reason: '' },
    { at: 5_000, event: 'open', status: 101 },
    { at: 5_020, event: 'close', from: 'client', code: 1000, reason: '' },
    { at: 5_020, event: 'end' },
  ]);
});

it('never goes back in time, whatever the clocks of two machines say', () => {
  const lines = join(
    header(5),
    '{"at":0,"event":"open","status":101}',
    '{"at":700,"event":"close","from":"server","code":1011,"reason":""}',
    header(1),
    '{"at":0,"event":"open","status":101}',
  );
  expect(lines.slice(1)).toEqual([
    { at: 0, event: 'open', status: 101 },
    { at: 700, event: 'close', from: 'server', code: 1011, reason: '' },
    { at: 700, event: 'open', status: 101 },
  ]);
});

it('has one end, and none where the last run has none', () => {
  const end = '{"at":0,"event":"end"}';
  expect(join(header(0), end, header(1), end).slice(1)).toEqual([{ at: 1_000, event: 'end' }]);
  expect(join(header(0), end, header(1)).slice(1)).toEqual([]);
});

it('passes over what is no line of a recording', () => {
  expect(join('no JSON', '{"at":0,"event":"open","status":101}', '[]')).toEqual([]);
});
