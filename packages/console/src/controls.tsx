import { toClock } from './to-clock.js';
import type { ViewState } from './view-state.js';

const speeds = [0.5, 1, 2, 4, 8, 16];

/** Play, how fast, and how close. */
export function Controls({ view, isLive }: { view: ViewState; isLive: boolean }) {
  const isPlaying = view.isPlaying.value;
  return (
    <div class="controls" role="group" aria-label="Play and zoom">
      <button
        type="button"
        class="play"
        aria-label={isPlaying ? 'Pause' : 'Play'}
        onClick={isPlaying ? view.pause : view.play}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          {isPlaying ? <path d="M4 3h3v10H4zM9 3h3v10H9z" /> : <path d="M4.5 2.5v11l9-5.5z" />}
        </svg>
      </button>
      <Clock view={view} />
      {isLive && (
        <button
          type="button"
          class={`live ${view.isFollowing.value ? 'on' : ''}`}
          aria-pressed={view.isFollowing.value}
          onClick={view.follow}
        >
          Live
        </button>
      )}
      <label class="speed">
        <span>Speed</span>
        <select
          value={String(view.speed.value)}
          onChange={(event) => {
            view.speed.value = Number(event.currentTarget.value);
          }}
        >
          {speeds.map((speed) => (
            <option key={speed} value={String(speed)}>
              {speed} ×
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={view.skipsSilence.value}
          onChange={(event) => {
            view.skipsSilence.value = event.currentTarget.checked;
          }}
        />
        <span>Skip silence</span>
      </label>
      <span class="spacer" />
      <div class="zoom" role="group" aria-label="Zoom">
        <button
          type="button"
          aria-label="Zoom out"
          disabled={view.isFitted.value}
          onClick={() => {
            view.zoom(1 / 1.5);
          }}
        >
          −
        </button>
        <button type="button" disabled={view.isFitted.value} onClick={view.fit}>
          Fit
        </button>
        <button
          type="button"
          aria-label="Zoom in"
          onClick={() => {
            view.zoom(1.5);
          }}
        >
          +
        </button>
      </div>
    </div>
  );
}

function Clock({ view }: { view: ViewState }) {
  return (
    <span class="clock">
      <b>{toClock(view.position.value)}</b> <span>/ {toClock(view.durationMs.value)}</span>
    </span>
  );
}
