import fc from 'fast-check';
import { expect, it } from 'vitest';

import { clampWindow, revealIn, toShare, toTicks, zoomWindow } from './time-window.js';

it('zooms around a time, which stays where it is', () => {
  const window = { from: 1_000, to: 9_000 };
  const zoomed = zoomWindow(window, { factor: 2, at: 3_000, durationMs: 10_000 });

  expect(zoomed).toEqual({ from: 2_000, to: 6_000 });
  expect(toShare(zoomed, 3_000)).toBe(toShare(window, 3_000));
});

it('never leaves the call, nor shows less than a fifth of a second of it', () => {
  const time = fc.double({ min: 0, max: 1e7, noNaN: true });
  fc.assert(
    fc.property(
      time,
      time,
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      time,
      (a, b, factor, at) => {
        const durationMs = 60_000;
        const window = clampWindow({ from: Math.min(a, b), to: Math.max(a, b) }, durationMs);
        const { from, to } = zoomWindow(window, {
          factor,
          at: Math.min(Math.max(at, window.from), window.to),
          durationMs,
        });

        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(durationMs + 1e-6);
        expect(to - from).toBeGreaterThanOrEqual(200 - 1e-6);
      },
    ),
  );
});

it('shows a call that is shorter than that as a whole', () => {
  expect(clampWindow({ from: 0, to: 5 }, 5)).toEqual({ from: 0, to: 200 });
});

it('follows a position that leaves the window, and only then', () => {
  const window = { from: 0, to: 1_000 };

  expect(revealIn(window, 999, 10_000)).toBe(window);
  expect(revealIn(window, 2_000, 10_000)).toEqual({ from: 1_900, to: 2_900 });
});

it.each([
  [{ from: 0, to: 4_000 }, 1_000, [0, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500, 4_000]],
  [{ from: 100, to: 60_000 }, 400, [15_000, 30_000, 45_000, 60_000]],
  [{ from: 0, to: 0 }, 400, []],
  [{ from: 0, to: 4_000 }, 0, []],
])('writes round times below %j of %d px', (window, width, ticks) => {
  expect(toTicks(window, width)).toEqual(ticks);
});
