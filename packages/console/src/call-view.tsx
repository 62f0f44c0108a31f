import { useEffect, useState } from 'preact/hooks';

import { Controls } from './controls.jsx';
import { Details } from './details.jsx';
import { outcomeNames, toOutcome } from './outcome.js';
import { toDate } from './summary.jsx';
import { Timeline } from './timeline.jsx';
import { toLength } from './to-clock.js';
import type { ViewState } from './view-state.js';
import { Words } from './words.jsx';

/** One call as people look at it. */
export function CallView({
  view,
  isLive = false,
  numbers = {},
  foundLines = [],
}: {
  readonly view: ViewState;
  /** Whether somebody is writing it. */
  readonly isLive?: boolean;
  /** The numbers for which others stand in the recording, where they are known. */
  readonly numbers?: Readonly<Record<string, string>>;
  /** The lines of the file in which words were found. */
  readonly foundLines?: readonly number[];
}) {
  const { call } = view.shown.value;
  const { header, problem } = call;
  // Beside the words where there is room, and over them where there is none.
  const [isOpen, setIsOpen] = useState(false);
  const title = header?.title;

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isTyping =
        (event.target as Element).closest('button, input, select, textarea') !== null;
      if (event.key === 'Escape') {
        setIsOpen(false);
        view.selected.value = undefined;
      }
      if (event.key !== ' ' || isTyping) return;
      event.preventDefault();
      if (view.isPlaying.value) view.pause();
      else view.play();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
      view.pause();
    };
  }, [view]);

  const outcome = toOutcome(call);
  const outcomeName = isLive && !call.isComplete ? 'Live' : outcomeNames[outcome];
  return (
    <main class="call">
      <header class="call-head">
        <h1 class={title === undefined ? 'file-name' : 'title'}>{title ?? call.name}</h1>
        <p class="call-facts">
          {title !== undefined && <span class="file">{call.name}</span>}
          {header !== undefined && <span>{toDate(header.recordedAt)}</span>}
          <span>{toLength(view.durationMs.value)}</span>
          <span class={`outcome ${outcome}`}>{outcomeName}</span>
        </p>
      </header>
      {problem !== undefined && (
        <p class="problem" role="alert">
          The recording cannot be read on: {problem}.
        </p>
      )}
      <section class="board" aria-label="The call over time">
        <Controls view={view} isLive={isLive && !call.isComplete} />
        <Timeline
          view={view}
          onOpen={() => {
            setIsOpen(true);
          }}
        />
      </section>
      <div class="columns">
        <Words
          view={view}
          numbers={numbers}
          foundLines={foundLines}
          onOpen={() => {
            setIsOpen(true);
          }}
        />
        <aside class={`details ${isOpen ? 'open' : ''}`} aria-label="Details" tabIndex={-1}>
          <Details
            view={view}
            outcomeName={outcomeName}
            onClose={() => {
              setIsOpen(false);
            }}
          />
        </aside>
      </div>
    </main>
  );
}
