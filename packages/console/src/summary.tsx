import { commandNames, describeMoment } from './describe-moment.js';
import type { Row } from './call.js';
import { outcomeNames, toOutcome } from './outcome.js';
import { toClock, toLength } from './to-clock.js';
import type { ViewState } from './view-state.js';

/** What there is to say of a call as a whole. */
export function Summary({ view }: { view: ViewState }) {
  const { call } = view.shown.value;
  const { story, rows, header } = call;
  const said = [
    ['Assistant', story.said.assistant.length],
    ['Caller', story.said.other.length],
    ['Subscriber', story.said.user.length],
  ] as const;
  const gaps = story.links.filter(({ kind, connection }) => kind === 'gap' && connection > 0);
  const faults = story.flags.filter(({ kind }) => kind === 'fault');
  return (
    <section class="summary" aria-label="The call at a glance">
      <h2>At a glance</h2>
      <dl>
        <dt>Outcome</dt>
        <dd>{outcomeNames[toOutcome(call)]}</dd>
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
          {gaps
            .filter(({ to }) => to !== undefined)
            .map(({ from, to = from }, index) => (
              <button
                key={index}
                type="button"
                class="link"
                onClick={() => {
                  view.seek(from);
                }}
              >
                away {toLength(to - from)} at {toClock(from)}
              </button>
            ))}
        </dd>
        <dt>Commands</dt>
        <dd>
          {story.commands.length === 0 && 'none'}
          {story.commands.map(({ command, from, to, row }) => (
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
        </dd>
        <dt>Errors</dt>
        <dd>
          {faults.length === 0 && 'none'}
          {faults.slice(0, 20).map(({ row, at }) => (
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
          {faults.length > 20 && <span>and {faults.length - 20} more</span>}
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

function describeFault(row: Row | undefined): string {
  return row === undefined ? '' : describeMoment(row.moment).text;
}

/** `22 Nov 2026, 09:00`, in the time of who looks. */
export function toDate(recordedAt: string | undefined): string {
  const date = new Date(recordedAt ?? '');
  if (Number.isNaN(date.getTime())) return recordedAt ?? 'not told';
  return date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}
