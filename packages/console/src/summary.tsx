import { commandNames, describeMoment } from './describe-moment.js';
import type { Row } from './call.js';
import { toClock, toLength } from './to-clock.js';
import type { ViewState } from './view-state.js';

/** What there is to say of a call as a whole. */
export function Summary({
  view,
  outcomeName,
  onClose,
}: {
  readonly view: ViewState;
  readonly outcomeName: string;
  /** Where there is no room for it beside the words. */
  readonly onClose: () => void;
}) {
  const { call } = view.shown.value;
  const { story, rows, header } = call;
  const said = [
    ['Assistant', story.said.assistant.length],
    ['Caller', story.said.other.length],
    ['Subscriber', story.said.user.length],
  ] as const;
  const gaps = story.links.filter(
    ({ kind, connection, to }) => kind === 'gap' && connection > 0 && to !== undefined,
  );
  const faults = story.flags.filter(({ kind }) => kind === 'fault');
  return (
    <section class="summary" aria-label="The call at a glance">
      <header class="details-head">
        <h2>At a glance</h2>
        <button
          type="button"
          class="quiet narrow"
          aria-label="Close the call at a glance"
          onClick={onClose}
        >
          ✕
        </button>
      </header>
      <dl>
        <dt>Outcome</dt>
        <dd>{outcomeName}</dd>
        <dt>Length</dt>
        <dd>{toLength(call.lastAt)}</dd>
        <dt>Said</dt>
        <dd>
          {said.map(([name, count]) => (
            <span key={name} class={`count ${name.toLowerCase()}`}>
              {name} {count}
            </span>
          ))}
        </dd>
        <dt>Connections</dt>
        <dd>
          {story.links.filter(({ kind }) => kind === 'open').length}
          {gaps.slice(0, MOST).map(({ from, to = from }) => (
            <button
              key={from}
              type="button"
              class="link"
              onClick={() => {
                view.seek(from);
              }}
            >
              away {toLength(to - from)} at {toClock(from)}
            </button>
          ))}
          <More count={gaps.length} />
        </dd>
        <dt>Commands</dt>
        <dd>
          {story.commands.length === 0 && 'none'}
          {story.commands.slice(0, MOST).map(({ command, from, to, row }) => (
            <button
              key={row}
              type="button"
              class="link"
              onClick={() => {
                view.select(row);
              }}
            >
              {commandNames[command]}:{' '}
              {to === undefined
                ? 'no acknowledgement'
                : `acknowledged after ${toLength(to - from)}`}
            </button>
          ))}
          <More count={story.commands.length} />
        </dd>
        <dt>Errors</dt>
        <dd>
          {faults.length === 0 && 'none'}
          {faults.slice(0, MOST).map(({ row, at }) => (
            <button
              key={row}
              type="button"
              class="link fault"
              onClick={() => {
                view.select(row);
              }}
            >
              {describeFault(rows[row])} at {toClock(at)}
            </button>
          ))}
          <More count={faults.length} />
        </dd>
        <dt>Recorded</dt>
        <dd>{toDate(header?.recordedAt)}</dd>
        <dt>Endpoint</dt>
        <dd class="break">{header?.endpoint ?? 'not told'}</dd>
        <dt>Redacted</dt>
        <dd>{header?.redacted?.join(', ') || 'nothing'}</dd>
      </dl>
    </section>
  );
}

/** So many of a kind are listed; the rest is over time. */
const MOST = 10;

function More({ count }: { readonly count: number }) {
  return count > MOST ? <span>and {count - MOST} more</span> : null;
}

function describeFault(row: Row | undefined): string {
  return row === undefined ? '' : describeMoment(row.moment).text;
}

/** `22 Nov 2026, 09:00`, in the time of who looks. */
export function toDate(recordedAt: string | undefined): string {
  const date = new Date(recordedAt ?? '');
  if (Number.isNaN(date.getTime())) return recordedAt ?? 'not told';
  return date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}
