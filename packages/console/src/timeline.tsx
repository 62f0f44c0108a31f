import type { Role } from '@livecall/core';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

import { commandNames, speakers, tellMoment } from './describe-moment.js';
import type { Phase, Span } from './story.js';
import { toTicks, toShare } from './time-window.js';
import type { TimeWindow } from './time-window.js';
import { toBars } from './to-bars.js';
import { toClock, toLength, toShortClock } from './to-clock.js';
import { toLabels } from './to-labels.js';
import { useWidth } from './use-width.js';
import type { ViewState } from './view-state.js';

const roles: readonly Role[] = ['assistant', 'other', 'user'];
const phaseNames: Readonly<Record<Phase, string>> = {
  screening: 'Screening',
  screened: 'Screened',
  joined: 'Joined',
};

/** A call over time: lanes for who speaks, its phases, commands and connections. */
export function Timeline({ view, onOpen }: { view: ViewState; onOpen: () => void }) {
  const [chartRef, width] = useWidth<HTMLDivElement>();
  const window = view.window.value;
  const { story, lastAt } = view.shown.value.call;
  const toX = (at: number) => toShare(window, at) * width;
  const toAt = (clientX: number) => {
    const left = chartRef.current?.getBoundingClientRect().left ?? 0;
    return window.from + ((clientX - left) / Math.max(width, 1)) * (window.to - window.from);
  };
  const inView = <S extends Span>(spans: readonly S[]) =>
    spans.filter(({ from, to = lastAt }) => to >= window.from && from <= window.to);
  const spanBox = ({ from, to = lastAt }: Span) => {
    const x = Math.max(0, toX(from));
    return { x, width: Math.max(2, Math.min(width, toX(to)) - x) };
  };
  const asked = inView(story.commands);
  const askedBoxes = asked.map(({ from, to = from }) => spanBox({ from, to }));
  const sides = toLabels(askedBoxes, NAME_PX, width);
  const open = (row: number) => {
    view.pause();
    view.select(row);
    onOpen();
  };

  const isPressed = useRef(false);
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || (event.target as Element).closest('[data-row]') !== null) return;
    isPressed.current = true;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    view.pause();
    view.seek(toAt(event.clientX));
  };
  const onPointerMove = (event: PointerEvent) => {
    if (isPressed.current) view.seek(toAt(event.clientX));
  };
  const onPointerUp = () => {
    isPressed.current = false;
  };
  const onWheel = (event: WheelEvent) => {
    const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    const delta = event.deltaX || event.deltaY;
    event.preventDefault();
    if (isSideways) view.pan((delta / Math.max(width, 1)) * (window.to - window.from));
    else view.zoom(Math.exp(-event.deltaY / 400), toAt(event.clientX));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = (window.to - window.from) / 100;
    const seeks: Readonly<Record<string, number>> = {
      ArrowLeft: view.position.value - step,
      ArrowRight: view.position.value + step,
      PageUp: view.position.value - step * 10,
      PageDown: view.position.value + step * 10,
      Home: 0,
      End: lastAt,
    };
    const seek = seeks[event.key];
    if (seek !== undefined) view.seek(seek);
    else if (event.key === '+' || event.key === '=') view.zoom(1.5);
    else if (event.key === '-') view.zoom(1 / 1.5);
    else if (event.key === '0') view.fit();
    else return;
    event.preventDefault();
  };

  return (
    <div class="timeline">
      <div class="lane-names" aria-hidden="true">
        <span class="band">Phase</span>
        {roles.map((role) => (
          <span key={role} class={`lane ${role}`}>
            {speakers[role]}
          </span>
        ))}
        <span class="band">Commands</span>
        <span class="band">Connection</span>
      </div>
      <div
        ref={chartRef}
        class="chart"
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerUp}
        onWheel={onWheel}
      >
        <Ticks window={window} width={width} />
        <div class="band">
          {inView(story.phases).map((span, index) => (
            <Box key={index} box={spanBox(span)} class={`phase ${span.phase}`}>
              {phaseNames[span.phase]}
            </Box>
          ))}
        </div>
        {roles.map((role) => (
          <div key={role} class={`lane ${role}`}>
            <svg width={width} height="100%" aria-hidden="true">
              {toBars(story.said[role], window, width).map((bar) => (
                <rect
                  key={bar.row}
                  data-row={bar.row}
                  x={bar.x}
                  y="15%"
                  width={bar.width}
                  height="70%"
                  rx="3"
                  opacity={0.35 + 0.65 * bar.density}
                  onClick={() => {
                    open(bar.row);
                  }}
                />
              ))}
            </svg>
          </div>
        ))}
        <div class="band">
          {asked.map((command, index) => (
            <Box
              key={command.row}
              box={askedBoxes[index] ?? spanBox(command)}
              class={[
                'asked',
                command.to === undefined ? 'unanswered' : '',
                `named-${sides[index] ?? 'none'}`,
              ].join(' ')}
              row={command.row}
              onClick={open}
            >
              {commandNames[command.command]}
              {command.to === undefined ? ' ?' : ` ${toLength(command.to - command.from)}`}
            </Box>
          ))}
        </div>
        <div class="band links">
          {inView(story.links).map((link, index) =>
            link.kind === 'gap' && link.connection > 0 && link.to === undefined ? null : (
              <Box key={index} box={spanBox(link)} class={`link-${link.kind}`} />
            ),
          )}
        </div>
        {story.flags
          .filter(({ at }) => at >= window.from && at <= window.to)
          .slice(0, 500)
          .map(({ at, row, kind }) => (
            <span
              key={row}
              class={`flag ${kind}`}
              data-row={row}
              style={{ left: `${toX(at)}px` }}
              onClick={() => {
                open(row);
              }}
            />
          ))}
        <Playhead view={view} width={width} window={window} onKeyDown={onKeyDown} />
      </div>
    </div>
  );
}

function Box({
  box,
  row,
  onClick,
  class: classes,
  children,
}: {
  readonly box: { readonly x: number; readonly width: number };
  readonly row?: number;
  readonly onClick?: (row: number) => void;
  readonly class: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <span
      class={`box ${classes}`}
      data-row={row}
      style={{ left: `${box.x}px`, width: `${box.width}px` }}
      onClick={
        row === undefined || onClick === undefined
          ? undefined
          : () => {
              onClick(row);
            }
      }
    >
      <span>{children}</span>
    </span>
  );
}

/** So much room the name of a command takes, with the time to its ack. */
const NAME_PX = 90;

/** So much room a time takes. */
const LABEL_PX = 50;

function Ticks({ window, width }: { readonly window: TimeWindow; readonly width: number }) {
  const isClose = window.to - window.from < 10_000;
  return (
    <div class="ticks" aria-hidden="true">
      {toTicks(window, width)
        .filter((at) => toShare(window, at) * width < width - LABEL_PX)
        .map((at) => (
          <span key={at} style={{ left: `${toShare(window, at) * width}px` }}>
            {isClose ? toClock(at).slice(0, -2) : toShortClock(at)}
          </span>
        ))}
    </div>
  );
}

function Playhead({
  view,
  width,
  window,
  onKeyDown,
}: {
  readonly view: ViewState;
  readonly width: number;
  readonly window: TimeWindow;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}) {
  const position = view.position.value;
  const row = view.shown.value.call.rows[view.current.value];
  const x = toShare(window, position) * width;
  const told = row === undefined ? '' : `, ${tellMoment(row.moment)}`;
  return (
    <div
      class="playhead"
      role="slider"
      tabIndex={0}
      aria-label="Position in the call"
      aria-valuemin={0}
      aria-valuemax={Math.round(view.durationMs.value)}
      aria-valuenow={Math.round(position)}
      aria-valuetext={`${toClock(position)}${told}`}
      style={{ transform: `translateX(${x}px)` }}
      hidden={x < -1 || x > width + 1}
      onKeyDown={onKeyDown}
    />
  );
}
