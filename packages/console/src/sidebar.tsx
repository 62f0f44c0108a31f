import { useSignal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import type { Api, Found, FoundWords, Listed } from './api.js';
import { filterList, lengths, outcomes, toListedOutcome } from './filter-list.js';
import { toDate } from './summary.jsx';
import { toLength } from './to-clock.js';
import { useVirtualRows } from './use-virtual-rows.js';

/** What the list needs of the page. */
export interface SidebarProps {
  readonly api: Api;
  readonly listed: ReadonlySignal<readonly Listed[]>;
  readonly found: Signal<FoundWords | undefined>;
  readonly shown: readonly number[];
  /** Whether it lies over the call, where there is no room beside it. */
  readonly isOpen: boolean;
  /** Whether there is anything below it. */
  readonly canClose: boolean;
  readonly onOpen: (id: number) => void;
  readonly onCompare: (id: number) => void;
  readonly onClose: () => void;
}

/** The recordings: listed, searched in words, filtered. */
export function Sidebar(props: SidebarProps) {
  const { api, listed, found, shown, isOpen, canClose, onOpen, onCompare, onClose } = props;
  const words = useSignal('');
  const role = useSignal('');
  const outcome = useSignal('');
  const length = useSignal('');
  const count = listed.value.length;
  const filtered = filterList(
    listed.value,
    { outcome: outcome.value, length: length.value },
    found.value?.recordings,
  );

  useEffect(() => {
    if (words.value.trim() === '') {
      found.value = undefined;
      return;
    }
    const left = new AbortController();
    // Who types is not searched for letter by letter.
    const timer = setTimeout(() => {
      api
        .search(words.value, role.value, left.signal)
        .then((all) => {
          const recordings = new Map(all.map((one) => [one.id, one]));
          found.value = { words: words.value, recordings };
        })
        .catch(() => {
          if (!left.signal.aborted) found.value = { words: words.value, recordings: new Map() };
        });
    }, 150);
    return () => {
      clearTimeout(timer);
      left.abort();
    };
  }, [api, found, words.value, role.value, count]);

  const closeRef = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    // Not the field: on a phone that would bring up its keys.
    if (isOpen) closeRef.current?.focus();
  }, [isOpen]);

  return (
    <nav
      class={`sidebar ${isOpen ? 'open' : ''}`}
      aria-label="Recordings"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen || !canClose) return;
        event.stopPropagation();
        onClose();
      }}
    >
      <header class="sidebar-head">
        <p class="brand">livecall</p>
        {canClose && (
          <button
            ref={closeRef}
            type="button"
            class="quiet narrow"
            aria-label="Close the list"
            onClick={onClose}
          >
            ✕
          </button>
        )}
      </header>
      <form
        role="search"
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        <input
          class="field"
          type="search"
          placeholder="Search what was said"
          aria-label="Search what was said"
          value={words.value}
          onInput={(event) => {
            words.value = event.currentTarget.value;
          }}
        />
        <Choice
          name="Said by"
          any="anyone"
          value={role}
          choices={{ assistant: 'Assistant', other: 'Caller', user: 'Subscriber' }}
        />
        <Choice name="Outcome" any="any outcome" value={outcome} choices={outcomes} />
        <Choice
          name="Length"
          any="any length"
          value={length}
          choices={Object.fromEntries(Object.entries(lengths).map(([key, [name]]) => [key, name]))}
        />
      </form>
      <p class="count-line" role="status">
        {filtered.length === count
          ? `${count} ${count === 1 ? 'recording' : 'recordings'}`
          : `${filtered.length} of ${count} recordings`}
      </p>
      {filtered.length === 0 && count > 0 && (
        <p class="nothing">
          No recording has that. What is searched is what was said, not what the files are called.
        </p>
      )}
      <List
        recordings={filtered}
        found={found.value?.recordings}
        shown={shown}
        onOpen={onOpen}
        onCompare={onCompare}
      />
    </nav>
  );
}

function Choice({
  name,
  any,
  value,
  choices,
}: {
  readonly name: string;
  readonly any: string;
  readonly value: Signal<string>;
  readonly choices: Readonly<Record<string, string>>;
}) {
  return (
    <select
      aria-label={name}
      value={value.value}
      onChange={(event) => {
        value.value = event.currentTarget.value;
      }}
    >
      <option value="">{any}</option>
      {Object.entries(choices).map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  );
}

function List({
  recordings,
  found,
  shown,
  onOpen,
  onCompare,
}: {
  readonly recordings: readonly Listed[];
  readonly found: ReadonlyMap<number, Found> | undefined;
} & Pick<SidebarProps, 'shown' | 'onOpen' | 'onCompare'>) {
  const scrollRef = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualRows(scrollRef, { count: recordings.length, estimatePx: 66 });
  return (
    <div ref={scrollRef} class="list" tabIndex={-1}>
      <ul style={{ height: `${virtualizer.getTotalSize()}px` }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const recording = recordings[index];
          if (recording === undefined) return null;
          const { id, name, summary, problem, isBeingWritten } = recording;
          const hit = found?.get(id);
          const isShown = shown.includes(id);
          return (
            <li
              key={id}
              ref={virtualizer.measureElement}
              data-index={index}
              class={isShown ? 'shown' : ''}
              style={{ transform: `translateY(${start}px)` }}
            >
              <button
                type="button"
                class="open"
                aria-current={isShown ? 'true' : undefined}
                onClick={() => {
                  onOpen(id);
                }}
              >
                <span class={`list-title ${summary?.title === undefined ? '' : 'title'}`}>
                  {summary?.title ?? name}
                </span>
                <span class="list-facts">
                  {isBeingWritten ? (
                    <b class="on-air">Live</b>
                  ) : (
                    <b class={toListedOutcome(recording)}>{outcomes[toListedOutcome(recording)]}</b>
                  )}
                  {summary !== undefined && <span>{toLength(summary.durationMs)}</span>}
                  <span>{problem ?? toDate(summary?.recordedAt)}</span>
                </span>
                {hit !== undefined && (
                  <span class="list-hit">
                    {hit.count} × … {hit.text}
                  </span>
                )}
              </button>
              {shown.length === 1 && !isShown && problem === undefined && (
                <button
                  type="button"
                  class="compare"
                  aria-label={`Compare the open call with ${summary?.title ?? name}`}
                  onClick={() => {
                    onCompare(id);
                  }}
                >
                  Compare
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
