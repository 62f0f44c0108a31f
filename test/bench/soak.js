import { memory, withCalls } from './harness/many-calls.js';

const MINUTES = [1, 2, 4, 7, 10];

export const tables = [
  {
    name: 'soak',
    title:
      '1,000 calls, KiB each after so many minutes of a message a second (quick: ten times as fast)',
    contenders: ['livecall, every stream', 'livecall, no transcript kept', 'ws + JSON.parse'],
    base: 'ws + JSON.parse',
    flags: ['--expose-gc'],
    measures: Object.fromEntries(
      MINUTES.map((minute) => [
        `after${minute}`,
        { unit: `${minute} min`, digits: 1, hasNoRatio: true },
      ]),
    ),
    sizes: {
      full: { rounds: 1, count: 1_000, timesAMinute: 60 },
      quick: { rounds: 1, count: 1_000, timesAMinute: 60, everyMs: 100 },
      tiny: { rounds: 1, count: 10, timesAMinute: 1, everyMs: 50 },
    },
    expected: () => ({ isInOrder: true }),
  },
];

export function measure(_table, contender, size) {
  return withCalls(contender, size, async ({ before, hear, isInOrder }) => {
    const measures = {};
    let passed = 0;
    for (const minute of MINUTES) {
      await hear((minute - passed) * size.timesAMinute);
      passed = minute;
      measures[`after${minute}`] = Math.max(1, (await memory()) - before) / 1_024 / size.count;
    }
    return { measures, result: { isInOrder: isInOrder() } };
  });
}
