import { useEffect, useRef } from 'preact/hooks';

import type { ViewState } from './view-state.js';

/** How often what is searched for was said in the open call, and the way from one place to the next. */
export function Finds({
  view,
  words,
  places,
}: {
  readonly view: ViewState;
  readonly words: string;
  /** The row in which each place begins, in order. */
  readonly places: readonly number[];
}) {
  const selected = view.selected.value;
  const from = selected ?? view.current.value;
  const at = selected === undefined ? -1 : places.indexOf(selected);
  const next = places.find((row) => row > from);
  const previous = places.findLast((row) => row < from);
  const [first] = places;

  // Who opened the call for these words sees the first of them; who is elsewhere in it is not moved.
  const shownFor = useRef('');
  useEffect(() => {
    if (first === undefined || shownFor.current === words) return;
    shownFor.current = words;
    const isAtStart = view.position.peek() === 0 && view.selected.peek() === undefined;
    if (isAtStart && !view.isFollowing.peek()) view.show(first);
  }, [view, words, first]);

  const go = (row: number | undefined) => {
    if (row === undefined) return;
    view.pause();
    view.select(row);
  };
  return (
    <div class="finds" role="group" aria-label="Found in this call">
      <p role="status">
        {at === -1
          ? `${places.length} ${places.length === 1 ? 'place' : 'places'} with “${words}”`
          : `${at + 1} of ${places.length} with “${words}”`}
      </p>
      <div class="zoom">
        <button
          type="button"
          disabled={previous === undefined}
          onClick={() => {
            go(previous);
          }}
        >
          Previous
        </button>
        <button
          type="button"
          disabled={next === undefined}
          onClick={() => {
            go(next);
          }}
        >
          Next
        </button>
      </div>
    </div>
  );
}
