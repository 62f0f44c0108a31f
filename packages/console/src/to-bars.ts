import { rowAt } from './call.js';
import type { TimeWindow } from './time-window.js';

/** A bar of a lane, in pixels; of several utterances where they are too close to be told apart. */
export interface Bar {
  readonly x: number;
  readonly width: number;
  /** The row of the first of them. */
  readonly row: number;
  readonly count: number;
  /** How much of it somebody speaks, 1 for all. */
  readonly density: number;
}

/** What is narrower cannot be seen, nor hit. */
const NARROWEST_PX = 3;
/** What is drawn as one is no wider: seen from afar, a lane shows where much is said. */
const WIDEST_MERGED_PX = 6;
/** Two that are closer are drawn as one. */
const CLOSEST_PX = 1.5;

/**
 * Lays out the utterances of a lane in a window: never more bars than there is room for, however
 * many utterances there are.
 *
 * @param utterances by their time
 */
export function toBars(
  utterances: readonly { readonly at: number; readonly until: number; readonly row: number }[],
  { from, to }: TimeWindow,
  widthPx: number,
): readonly Bar[] {
  const scale = widthPx / (to - from);
  const bars: { x: number; width: number; row: number; count: number; spokenPx: number }[] = [];
  // One that began before the window may reach into it.
  for (let index = Math.max(0, rowAt(utterances, from)); index < utterances.length; index += 1) {
    const utterance = utterances[index];
    if (utterance === undefined || utterance.at > to) break;
    const start = Math.max(0, (utterance.at - from) * scale);
    const end = Math.min(widthPx, (utterance.until - from) * scale);
    if (end < 0) continue;
    const last = bars.at(-1);
    const isClose =
      last !== undefined &&
      start - (last.x + last.width) < CLOSEST_PX &&
      start - last.x < WIDEST_MERGED_PX;
    const isNarrow = end - start < NARROWEST_PX || (last?.width ?? 0) <= NARROWEST_PX;
    if (last !== undefined && isClose && isNarrow) {
      last.width = Math.max(last.width, end - last.x);
      last.count += 1;
      last.spokenPx += end - start;
    } else {
      // A seam between two that touch.
      const width = Math.max(NARROWEST_PX, end - start - 1);
      bars.push({ x: start, width, row: utterance.row, count: 1, spokenPx: width });
    }
  }
  return bars.map(({ spokenPx, ...bar }) => ({
    ...bar,
    density: Math.min(1, spokenPx / bar.width),
  }));
}
