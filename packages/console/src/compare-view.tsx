import { useMemo, useRef, useState } from 'preact/hooks';

import type { Call } from './call.js';
import { speakers } from './describe-moment.js';
import { diffCalls, differencesOf } from './diff-calls.js';
import type { Compared, Side } from './diff-calls.js';
import { outcomeNames, toOutcome } from './outcome.js';
import { toClock, toLength } from './to-clock.js';
import { useVirtualRows } from './use-virtual-rows.js';

const kinds = { same: '', changed: 'changed', left: 'left alone', right: 'right alone' } as const;

/** Two calls side by side, with their differences marked. */
export function CompareView({
  left,
  right,
  onClose,
}: {
  readonly left: Call;
  readonly right: Call;
  readonly onClose: () => void;
}) {
  const compared = useMemo(() => diffCalls(left.rows, right.rows), [left, right]);
  const differences = useMemo(() => differencesOf(compared), [compared]);
  const [at, setAt] = useState(-1);
  const scrollRef = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualRows(scrollRef, { count: compared.length, estimatePx: 40 });
  const go = (by: number) => {
    const next = Math.min(Math.max(at + by, 0), differences.length - 1);
    setAt(next);
    virtualizer.scrollToIndex(differences[next] ?? 0, { align: 'center' });
  };
  const total = differences.length;
  return (
    <main class="call comparison">
      <header class="call-head">
        <h1>Side by side</h1>
        <p class="call-facts" role="status">
          {total === 0
            ? 'No difference but in time'
            : `Different in ${total} ${total === 1 ? 'place' : 'places'}`}
        </p>
        <span class="spacer" />
        <div class="zoom" role="group" aria-label="Differences">
          <button
            type="button"
            disabled={at <= 0}
            onClick={() => {
              go(-1);
            }}
          >
            Previous
          </button>
          <button
            type="button"
            disabled={total === 0 || at >= total - 1}
            onClick={() => {
              go(1);
            }}
          >
            Next
          </button>
        </div>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </header>
      <div class="sides">
        {[left, right].map((call, index) => (
          <div key={index} class="side-head">
            <h2 class={call.header?.title === undefined ? '' : 'title'}>
              {call.header?.title ?? call.name}
            </h2>
            <p class="call-facts">
              <span class="file">{call.name}</span>
              <span>{toLength(call.lastAt)}</span>
              <span>{outcomeNames[toOutcome(call)]}</span>
            </p>
          </div>
        ))}
      </div>
      <div ref={scrollRef} class="words" tabIndex={0} role="region" aria-label="The two calls">
        <ol class="words-inner" style={{ height: `${virtualizer.getTotalSize()}px` }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const line = compared[index];
            if (line === undefined) return null;
            return (
              <li
                key={index}
                ref={virtualizer.measureElement}
                data-index={index}
                class={`sides pair ${line.kind} ${differences[at] === index ? 'found' : ''}`}
                style={{ transform: `translateY(${start}px)` }}
              >
                <Cell compared={line} side={line.left} />
                <Cell compared={line} side={line.right} />
              </li>
            );
          })}
        </ol>
      </div>
    </main>
  );
}

function Cell({
  compared,
  side,
}: {
  readonly compared: Compared;
  readonly side: Side | undefined;
}) {
  if (side === undefined) return <div class="cell empty" />;
  const { row, pieces } = side;
  const role = row.moment.what === 'said' ? row.moment.role : undefined;
  return (
    <div class={`cell ${role ?? 'happening'}`}>
      {compared.kind !== 'same' && <span class="visually-hidden">{kinds[compared.kind]}: </span>}
      <span class="row-time">{toClock(row.at)}</span>{' '}
      {role !== undefined && <span class="row-who">{speakers[role]}</span>}{' '}
      <span class="row-text">
        {pieces.map(({ text, isOwn }, index) =>
          isOwn ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
        )}
      </span>
    </div>
  );
}
