import { useEffect, useMemo, useState } from 'preact/hooks';

import type { Row } from './call.js';
import { tellMoment } from './describe-moment.js';
import { toJsonTokens } from './json-tokens.js';
import { toClock } from './to-clock.js';
import type { ViewState } from './view-state.js';
import { Summary } from './summary.jsx';

/** More of a frame is not shown; all of it is copied. */
const LONGEST_SHOWN = 100_000;

/** The frame of the row that was chosen, or what there is to say of the call as a whole. */
export function Details({
  view,
  outcomeName,
  onClose,
}: {
  readonly view: ViewState;
  readonly outcomeName: string;
  readonly onClose: () => void;
}) {
  const { selected } = view;
  const { rows } = view.shown.value.call;
  const row = selected.value === undefined ? undefined : rows[selected.value];
  if (row === undefined) return <Summary view={view} outcomeName={outcomeName} onClose={onClose} />;
  return <RowDetails row={row} onClose={onClose} />;
}

function RowDetails({ row, onClose }: { row: Row; onClose: () => void }) {
  const { entry, moment } = row;
  const payload = useMemo(() => toPayloadText(entry), [entry]);
  const shown = payload.text.slice(0, LONGEST_SHOWN);
  const facts: readonly (readonly [string, string])[] = [
    ['Time', toClock(row.at)],
    ['Line', String(row.line)],
    ['Connection', row.connection === 0 ? 'none yet' : String(row.connection)],
    ...(entry.event === 'frame' ? [['From', entry.from] as const] : []),
    ['Kind', payload.kind],
  ];
  return (
    <section class="details-row" aria-label="Frame">
      <header class="details-head">
        <h2>{toTitle(moment.what)}</h2>
        <Copy text={payload.text} />
        <button type="button" class="quiet" aria-label="Close the frame" onClick={onClose}>
          ✕
        </button>
      </header>
      <p class="visually-hidden" role="status">
        {tellMoment(moment)}
      </p>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <pre class="json" tabIndex={0} aria-label="The frame's JSON">
        {toJsonTokens(shown).map(({ kind, text }, index) =>
          kind === 'rest' ? (
            text
          ) : (
            <span key={index} class={`json-${kind}`}>
              {text}
            </span>
          ),
        )}
        {payload.text.length > shown.length && `\n… ${payload.text.length - shown.length} more`}
      </pre>
    </section>
  );
}

function Copy({ text }: { readonly text: string }) {
  const [told, setTold] = useState('');
  useEffect(() => {
    setTold('');
  }, [text]);
  return (
    <>
      <span class="told" role="status">
        {told}
      </span>
      <button
        type="button"
        class="quiet"
        onClick={() => {
          navigator.clipboard.writeText(text).then(
            () => {
              setTold('Copied');
            },
            () => {
              setTold('Not allowed');
            },
          );
        }}
      >
        Copy
      </button>
    </>
  );
}

function toTitle(what: string): string {
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
}

function toPayloadText(entry: Row['entry']): { readonly kind: string; readonly text: string } {
  if (entry.event !== 'frame') return { kind: entry.event, text: toPretty(entry) };
  if (entry.text !== undefined) return { kind: 'text', text: entry.text };
  if (entry.base64 !== undefined) return { kind: 'binary, in base64', text: entry.base64 };
  return { kind: 'JSON', text: toPretty(entry.json) };
}

function toPretty(value: unknown): string {
  try {
    return JSON.stringify(value, null, 2);
  } catch {
    // JSON can be nested deeper than the stack is.
    return '(nested too deep to be shown)';
  }
}
