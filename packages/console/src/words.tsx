import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import type { WordPlace } from '@livecall/recording/format';

import type { Row } from './call.js';
import { describeMoment, speakers } from './describe-moment.js';
import { toClock } from './to-clock.js';
import { useVirtualRows } from './use-virtual-rows.js';
import type { ViewState } from './view-state.js';

/** What was said and what happened, in step with the position. */
export function Words({
  view,
  numbers,
  marks,
  coveredPx,
  onOpen,
}: {
  readonly view: ViewState;
  readonly numbers: Readonly<Record<string, string>>;
  /** What is searched for, in the words of a row. */
  readonly marks: ReadonlyMap<number, readonly WordPlace[]>;
  /** So much of them lies below the details, on a narrow screen. */
  readonly coveredPx: number;
  readonly onOpen: () => void;
}) {
  const { rows } = view.shown.value.call;
  const scrollRef = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualRows(scrollRef, {
    count: rows.length,
    estimatePx: 36,
    coveredPx,
  });
  const items = virtualizer.getVirtualItems();
  const current = view.current.value;
  const selected = view.selected.value;
  const active = selected ?? Math.max(current, 0);

  // In step; but a person who has scrolled away from what moves is not taken back to it.
  const last = useRef(-1);
  useSignalEffect(() => {
    const row = view.current.value;
    const isMoving = view.isPlaying.peek() || view.isFollowing.peek();
    const { startIndex = 0, endIndex = 0 } = virtualizer.range ?? {};
    const isAway = last.current < startIndex || last.current > endIndex;
    if (row >= 0 && !(isMoving && isAway && last.current >= 0)) {
      virtualizer.scrollToIndex(row, { align: 'auto' });
    }
    last.current = row;
  });
  useEffect(() => {
    if (selected !== undefined) virtualizer.scrollToIndex(selected, { align: 'auto' });
  }, [selected, coveredPx, virtualizer]);

  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, items.length - 24);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: rows.length - 1,
    };
    const next = moves[event.key];
    if (next !== undefined && rows.length > 0) {
      event.preventDefault();
      view.pause();
      view.select(Math.min(Math.max(next, 0), rows.length - 1));
    } else if (event.key === 'Enter' && rows.length > 0) {
      event.preventDefault();
      view.select(active);
      onOpen();
    }
  };

  return (
    <div
      ref={scrollRef}
      class="words"
      role="listbox"
      tabIndex={0}
      aria-label="What was said and what happened"
      aria-activedescendant={rows.length > 0 ? toId(active) : undefined}
      onKeyDown={onKeyDown}
    >
      <div class="words-inner" style={{ height: `${virtualizer.getTotalSize()}px` }}>
        {items.map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <WordsRow
              key={index}
              row={row}
              index={index}
              count={rows.length}
              number={row.moment.what === 'call started' ? numbers[row.moment.phone] : undefined}
              places={marks.get(index) ?? []}
              startPx={start}
              isCurrent={index === current}
              isSelected={index === selected}
              measure={virtualizer.measureElement}
              onClick={() => {
                view.pause();
                view.select(index);
                onOpen();
              }}
            />
          );
        })}
      </div>
    </div>
  );
}

interface WordsRowProps {
  readonly row: Row;
  readonly index: number;
  readonly count: number;
  /** The number for which another stands in the recording. */
  readonly number: string | undefined;
  readonly places: readonly WordPlace[];
  readonly startPx: number;
  readonly isCurrent: boolean;
  readonly isSelected: boolean;
  readonly measure: (element: HTMLElement | null) => void;
  readonly onClick: () => void;
}

function WordsRow({
  row,
  index,
  count,
  number,
  places,
  startPx,
  isCurrent,
  isSelected,
  measure,
  onClick,
}: WordsRowProps) {
  const { moment } = row;
  const { text, detail, tone } = describeMoment(moment);
  const role = moment.what === 'said' ? moment.role : undefined;
  const classes = ['row', tone, role ?? ''];
  return (
    <div
      ref={measure}
      id={toId(index)}
      data-index={index}
      role="option"
      aria-selected={isSelected}
      aria-current={isCurrent ? 'time' : undefined}
      aria-posinset={index + 1}
      aria-setsize={count}
      class={classes.join(' ')}
      style={{ transform: `translateY(${startPx}px)` }}
      onClick={onClick}
    >
      <span class="row-time">{toClock(row.at)}</span>{' '}
      <span class="row-who">{role === undefined ? '' : speakers[role]}</span>{' '}
      <span class="row-text">
        {toPieces(text, places).map(({ piece, isMarked }, place) =>
          isMarked ? <mark key={place}>{piece}</mark> : piece,
        )}
        {detail !== undefined && <span class="row-detail"> {number ?? detail}</span>}
      </span>
    </div>
  );
}

/** A text, cut where what is marked in it begins and ends. */
function toPieces(text: string, places: readonly WordPlace[]) {
  const cuts = [0, ...places.flat(), text.length];
  return cuts.slice(1).map((cut, index) => ({
    piece: text.slice(cuts[index], cut),
    isMarked: index % 2 === 1,
  }));
}

function toId(index: number): string {
  return `row-${index}`;
}
