/** What part of a call is seen, in milliseconds since the first dial. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** Nobody looks closer than at a fifth of a second. */
const NARROWEST_MS = 200;

/** Keeps a window within a call, and as wide as it was where that is possible. */
export function clampWindow({ from, to }: TimeWindow, durationMs: number): TimeWindow {
  const width = Math.min(Math.max(to - from, NARROWEST_MS), Math.max(durationMs, NARROWEST_MS));
  const start = Math.min(Math.max(from, 0), Math.max(durationMs - width, 0));
  return { from: start, to: start + width };
}

/** Zooms by a factor, above 1 closer, so that what is at `at` stays where it is. */
export function zoomWindow(
  { from, to }: TimeWindow,
  { factor, at, durationMs }: { factor: number; at: number; durationMs: number },
): TimeWindow {
  const width = Math.min(
    Math.max((to - from) / factor, NARROWEST_MS),
    Math.max(durationMs, NARROWEST_MS),
  );
  const share = (at - from) / (to - from);
  return clampWindow({ from: at - share * width, to: at + (1 - share) * width }, durationMs);
}

/** Moves a window so that a time is in it, with a margin; as it is where it is in it already. */
export function revealIn(window: TimeWindow, at: number, durationMs: number): TimeWindow {
  const { from, to } = window;
  if (at >= from && at <= to) return window;
  const width = to - from;
  return clampWindow({ from: at - width * 0.1, to: at + width * 0.9 }, durationMs);
}

/** Where a time is in a window, as a share of its width. */
export function toShare({ from, to }: TimeWindow, at: number): number {
  return (at - from) / (to - from);
}

const STEPS = [
  50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000,
];

/** The times to write below a window, round ones and no closer than `apartPx`. */
export function toTicks(
  { from, to }: TimeWindow,
  widthPx: number,
  apartPx = 90,
): readonly number[] {
  if (widthPx <= 0 || to <= from) return [];
  const least = ((to - from) * apartPx) / widthPx;
  const step = STEPS.find((known) => known >= least) ?? Math.ceil(least / 14_400_000) * 14_400_000;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}
