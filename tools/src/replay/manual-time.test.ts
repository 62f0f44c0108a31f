import fc from 'fast-check';
import { expect, it } from 'vitest';

import { createManualTime } from './manual-time.js';

function start() {
  const time = createManualTime();
  const log: string[] = [];
  const note = (what: string) => () => void log.push(`${time.now()} ${what}`);
  return { time, log, note };
}

it('stands still by itself', () => {
  const { time, log, note } = start();
  time.schedule(note('a'), 0);

  expect(time.now()).toBe(0);
  expect(log).toEqual([]);
  expect(time.isDue()).toBe(true);
});

it('runs what is due in the time that passes, at its own time and in order', () => {
  const { time, log, note } = start();
  time.schedule(note('c'), 30);
  time.schedule(note('a'), 10);
  time.schedule(note('b'), 10);
  time.schedule(note('later'), 31);
  time.advance(30);

  expect(log).toEqual(['10 a', '10 b', '30 c']);
  expect(time.now()).toBe(30);
});

it('runs what is scheduled while time passes', () => {
  const { time, log, note } = start();
  time.schedule(() => {
    note('a')();
    time.schedule(note('b'), 5);
    time.schedule(note('c'), 50);
  }, 10);
  time.advance(20);

  expect(log).toEqual(['10 a', '15 b']);
});

it('runs nothing that was unsubscribed', () => {
  const { time, log, note } = start();
  const first = time.schedule(note('a'), 1);
  time.schedule(note('b'), 2);
  first.unsubscribe();
  first.unsubscribe();
  time.advance(5);

  expect(log).toEqual(['2 b']);
});

it('runs the next, and leaves patience alone', () => {
  const { time, log, note } = start();
  time.wait(note('out of patience'), 5);
  time.schedule(note('a'), 10);

  expect(time.runNext()).toBe(true);
  expect(time.runNext()).toBe(false);
  expect(log).toEqual(['10 a']);
  time.advance(0);
  expect(log).toEqual(['10 a', '10 out of patience']);
});

it('runs everything once and in the order of its time, however time passes', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), fc.array(fc.nat(30)), (delays, passes) => {
      const { time, log, note } = start();
      delays.forEach((delayMs, index) => time.schedule(note(String(index)), delayMs));
      passes.forEach(time.advance);
      time.advance(50);

      const expected = delays
        .map((delayMs, index) => ({ delayMs, line: `${delayMs} ${index}` }))
        .sort((a, b) => a.delayMs - b.delayMs);
      expect(log).toEqual(expected.map(({ line }) => line));
    }),
  );
});

it('does not go back when what it runs lets more time pass', () => {
  const { time, log, note } = start();
  time.schedule(() => {
    time.advance(100);
  }, 5);
  time.schedule(note('b'), 120);
  time.advance(10);

  expect(time.now()).toBe(105);
  time.advance(15);
  expect(log).toEqual(['120 b']);
});

it.each([-1, NaN, Infinity])('does not advance by %d', (ms) => {
  expect(() => {
    createManualTime().advance(ms);
  }).toThrow(new TypeError(`advance takes milliseconds of at least 0, not ${ms}.`));
});
