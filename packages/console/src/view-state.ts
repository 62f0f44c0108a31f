import { batch, computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';

import { rowAt } from './call.js';
import type { Call } from './call.js';
import { playOn } from './play-on.js';
import { clampWindow, revealIn, zoomWindow } from './time-window.js';
import type { TimeWindow } from './time-window.js';

/** What is seen of one call, and what the person does with it. */
export interface ViewState {
  /** The call, in a new wrapping whenever it has grown. */
  readonly shown: ReadonlySignal<{ readonly call: Call }>;
  /** Milliseconds since the first dial. */
  readonly position: ReadonlySignal<number>;
  readonly durationMs: ReadonlySignal<number>;
  /** The last row at or before the position. */
  readonly current: ReadonlySignal<number>;
  /** The row whose frame is shown. */
  readonly selected: Signal<number | undefined>;
  readonly window: ReadonlySignal<TimeWindow>;
  readonly isFitted: ReadonlySignal<boolean>;
  readonly isPlaying: ReadonlySignal<boolean>;
  readonly speed: Signal<number>;
  readonly skipsSilence: Signal<boolean>;
  /** Whether the position stays at the end of a call that grows. */
  readonly isFollowing: ReadonlySignal<boolean>;
  /** Tells that the call has grown. */
  grown(): void;
  /** Moves the position. */
  seek(at: number): void;
  /** Moves the position to a row. */
  show(row: number): void;
  /** Shows a row's frame, and moves the position to it. */
  select(row: number): void;
  zoom(factor: number, at?: number): void;
  pan(byMs: number): void;
  fit(): void;
  play(): void;
  pause(): void;
  follow(): void;
}

/** Where the frames of an animation come from. */
export interface Frames {
  request(onFrame: (now: number) => void): number;
  cancel(handle: number): void;
}

/** Makes the state of one call's view. */
export function createViewState(call: Call, frames: Frames, isLive = false): ViewState {
  const shown = signal({ call });
  const position = signal(0);
  const selected = signal<number | undefined>(undefined);
  const zoomed = signal<TimeWindow | undefined>(undefined);
  const isPlaying = signal(false);
  const isFollowing = signal(isLive);
  const speed = signal(1);
  const skipsSilence = signal(false);
  const durationMs = computed(() => shown.value.call.lastAt);
  const current = computed(() => rowAt(shown.value.call.rows, position.value));
  const window = computed(() =>
    zoomed.value === undefined
      ? { from: 0, to: Math.max(durationMs.value, 1_000) }
      : clampWindow(zoomed.value, durationMs.value),
  );
  let handle = 0;
  let playedAt = 0;

  const move = (at: number) => {
    position.value = Math.min(Math.max(at, 0), call.lastAt);
    if (zoomed.value !== undefined) {
      zoomed.value = revealIn(window.value, position.value, call.lastAt);
    }
  };
  const pause = () => {
    isPlaying.value = false;
    frames.cancel(handle);
  };
  const step = (now: number) => {
    const elapsedMs = now - playedAt;
    playedAt = now;
    const play = { speed: speed.value, skipsSilence: skipsSilence.value };
    const at = position.value;
    batch(() => {
      move(playOn(call.rows, { at, elapsedMs, endAt: call.lastAt }, play));
    });
    if (position.value >= call.lastAt) pause();
    else handle = frames.request(step);
  };
  const seek = (at: number) => {
    batch(() => {
      isFollowing.value = false;
      move(at);
    });
  };
  const zoomTo = (next: TimeWindow) => {
    const isWhole = next.from <= 0 && next.to >= call.lastAt;
    zoomed.value = isWhole ? undefined : next;
  };

  return {
    shown,
    position,
    durationMs,
    current,
    selected,
    window,
    isFitted: computed(() => zoomed.value === undefined),
    isPlaying,
    speed,
    skipsSilence,
    isFollowing,
    grown: () => {
      batch(() => {
        shown.value = { call };
        if (isFollowing.value) move(call.lastAt);
      });
    },
    seek,
    show: (row) => {
      seek(call.rows[row]?.at ?? 0);
    },
    select: (row) => {
      batch(() => {
        selected.value = row;
        seek(call.rows[row]?.at ?? 0);
      });
    },
    zoom: (factor, at = position.value) => {
      const inView = at >= window.value.from && at <= window.value.to;
      const middle = (window.value.from + window.value.to) / 2;
      zoomTo(
        zoomWindow(window.value, { factor, at: inView ? at : middle, durationMs: call.lastAt }),
      );
    },
    pan: (byMs) => {
      const { from, to } = window.value;
      zoomTo(clampWindow({ from: from + byMs, to: to + byMs }, call.lastAt));
    },
    fit: () => {
      zoomed.value = undefined;
    },
    play: () => {
      if (isPlaying.value) return;
      batch(() => {
        isFollowing.value = false;
        if (position.value >= call.lastAt) position.value = 0;
        isPlaying.value = true;
      });
      handle = frames.request((now) => {
        playedAt = now;
        handle = frames.request(step);
      });
    },
    pause,
    follow: () => {
      pause();
      isFollowing.value = true;
      move(call.lastAt);
    },
  };
}
