import { decodeLines } from '@livecall/recording/format';

import type { Api } from './api.js';
import { createCall } from './call.js';
import { createViewState } from './view-state.js';
import type { Frames, ViewState } from './view-state.js';

/** A call that is read, and read on while it is written. */
export interface OpenedCall {
  readonly view: ViewState;
  /** Resolves once all of it was read; rejects where it cannot be read on. */
  readonly read: Promise<void>;
  close(): void;
}

/** Opens a recording of the console's. */
export function openCall(
  api: Pick<Api, 'recording'>,
  { id, name, isLive }: { readonly id: number; readonly name: string; readonly isLive: boolean },
  frames: Frames,
): OpenedCall {
  const { call, add } = createCall(name);
  const view = createViewState(call, frames, isLive);
  const left = new AbortController();
  let isDue = false;
  const tellGrown = () => {
    if (isDue) return;
    isDue = true;
    frames.request(() => {
      isDue = false;
      view.grown();
    });
  };
  const read = async () => {
    for await (const lines of decodeLines(name, () => api.recording(id, left.signal))) {
      if (left.signal.aborted) return;
      add(lines);
      tellGrown();
      // Nothing comes after the end, nor can be trusted after a line that is none.
      if (call.isComplete || call.problem !== undefined) break;
    }
    left.abort();
  };
  return {
    view,
    read: read(),
    close: () => {
      left.abort();
      view.pause();
    },
  };
}
