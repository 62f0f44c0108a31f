import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

import { Controls } from './controls.jsx';
import { Details } from './details.jsx';
import { Finds } from './finds.jsx';
import { outcomeNames, toOutcome } from './outcome.js';
import { toSoughtPlaces } from './sought-places.js';
import type { Sought, SoughtPlaces } from './sought-places.js';
import { toDate } from './summary.jsx';
import { Timeline } from './timeline.jsx';
import { toLength } from './to-clock.js';
import type { ViewState } from './view-state.js';
import { Words } from './words.jsx';

const NONE: SoughtPlaces = { inRow: new Map(), rows: [] };

/** One call as people look at it. */
export function CallView({
  view,
  isLive = false,
  numbers = {},
  sought,
}: {
  readonly view: ViewState;
  /** Whether somebody is writing it. */
  readonly isLive?: boolean;
  /** The numbers for which others stand in the recording, where they are known. */
  readonly numbers?: Readonly<Record<string, string>>;
  /** What is searched for, where this call has it. */
  readonly sought?: Sought | undefined;
}) {
  const { call } = view.shown.value;
  const { header, problem } = call;
  const title = header?.title;
  const name = title ?? call.name;
  // Beside the words where there is room, and over them where there is none.
  const [isOpen, setIsOpen] = useState(false);
  const detailsRef = useRef<HTMLElement>(null);
  const openedFrom = useRef<Element | null>(null);
  const isAskedFor = useRef(false);
  const open = () => {
    openedFrom.current = document.activeElement;
    setIsOpen(true);
  };
  const close = () => {
    const isInside = detailsRef.current?.contains(document.activeElement) === true;
    setIsOpen(false);
    view.selected.value = undefined;
    if (isInside) goBack(openedFrom.current);
  };
  useLayoutEffect(() => {
    document.title = `${name} · livecall`;
    return () => {
      document.title = 'livecall';
    };
  }, [name]);
  useLayoutEffect(() => {
    // What was asked for by its button is gone to; a frame is shown beside who walks on in the words.
    if (isOpen && isAskedFor.current) detailsRef.current?.focus();
    isAskedFor.current = false;
  }, [isOpen]);
  const [coveredPx, setCoveredPx] = useState(0);
  useLayoutEffect(() => {
    setCoveredPx(isOpen ? toCoveredPx(detailsRef.current) : 0);
  }, [isOpen, view.selected.value]);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isTyping =
        (event.target as Element).closest('button, input, select, textarea') !== null;
      if (event.key === 'Escape') close();
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

  const { rows } = call;
  const { words, lines } = sought ?? {};
  const places = useMemo(
    () =>
      words === undefined || lines === undefined ? NONE : toSoughtPlaces(rows, { words, lines }),
    [rows, rows.length, words, lines],
  );

  const outcome = toOutcome(call);
  const outcomeName = isLive && !call.isComplete ? 'Live' : outcomeNames[outcome];
  return (
    <main class="call">
      <header class="call-head">
        <h1 class={title === undefined ? 'file-name' : 'title'}>{name}</h1>
        <p class="call-facts">
          {title !== undefined && <span class="file">{call.name}</span>}
          {header !== undefined && <span>{toDate(header.recordedAt)}</span>}
          <span>{toLength(view.durationMs.value)}</span>
          <span class={`outcome ${outcome}`}>{outcomeName}</span>
        </p>
        <button
          type="button"
          class="narrow glance"
          aria-expanded={isOpen}
          onClick={() => {
            view.selected.value = undefined;
            isAskedFor.current = true;
            open();
          }}
        >
          At a glance
        </button>
      </header>
      {problem !== undefined && (
        <p class="problem" role="alert">
          The recording cannot be read on: {problem}.
        </p>
      )}
      <section class="board" aria-label="The call over time">
        <Controls view={view} isLive={isLive && !call.isComplete} />
        <Timeline view={view} onOpen={open} />
      </section>
      {words !== undefined && <Finds view={view} words={words} places={places.rows} />}
      <div class="columns">
        <Words
          view={view}
          numbers={numbers}
          marks={places.inRow}
          coveredPx={coveredPx}
          onOpen={open}
        />
        <aside
          ref={detailsRef}
          class={`details ${isOpen ? 'open' : ''}`}
          aria-label="Details"
          tabIndex={-1}
        >
          <Details view={view} outcomeName={outcomeName} onClose={close} />
        </aside>
      </div>
    </main>
  );
}

/** How much of the page the details cover: nothing where they stand beside the words. */
function toCoveredPx(details: HTMLElement | null): number {
  if (details === null || getComputedStyle(details).position !== 'fixed') return 0;
  return innerHeight - details.getBoundingClientRect().top;
}

/** Puts the focus where it was before something was opened; to the words, where that is gone. */
function goBack(element: Element | null): void {
  const isThere = element !== null && element !== document.body && element.isConnected;
  const back = isThere ? element : document.querySelector('.words');
  if (back instanceof HTMLElement) back.focus();
}
