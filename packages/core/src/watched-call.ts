import { Subscription, tap } from 'rxjs';

import type { CallNews, WhyEnded } from './call-news.js';
import { isClose } from './connection-end.js';
import type { DialRequest } from './dial-request.js';
import { monotonicNow } from './internal/monotonic-now.js';
import { sendOn } from './internal/send-on.js';
import { isLiveCallError } from './live-call-error.js';
import { patience } from './patience.js';
import { isAnswerTo } from './protocol.js';
import type { AnyProtocol, Asked } from './protocol.js';
import { tapFrames } from './tap-frames.js';
import type { Connection, Frame } from './transport.js';

/** A call that is watched, through its dials. */
export interface WatchedCall {
  dial(reason: DialRequest['reason']): WatchedDial;
  end(): void;
}

/** One of its dials, and the connection that came of it. */
export interface WatchedDial {
  open(connection: Connection): Connection;
  fail(error: unknown, passOn: () => void): void;
  leave(from?: 'server' | 'client', code?: number): void;
}

/** A command that is not answered yet. */
interface Awaited {
  readonly asked: Asked;
  readonly command: number;
  readonly sentAt: number;
  readonly late: Subscription;
}

/** Of so many commands at once the answers are waited for: a client of a server may send any number. */
const MOST_AWAITED = 100;

type Unplaced<News> = News extends unknown ? Omit<News, 'call' | 'dial' | 'at'> : never;

/** Watches one call. */
export function watchedCall(
  call: number,
  told: (news: CallNews) => void,
  protocol: AnyProtocol,
  lateAfterMs: number,
): WatchedCall {
  const beganAt = monotonicNow();
  let dials = 0;
  let commands = 0;
  let hasEnded = false;
  let isOver = false;
  /** Why the dial before ended, while whoever dialled it hears of that. */
  let failing: WhyEnded | undefined;

  const tell = (dial: number, news: Unplaced<CallNews>) => {
    // `over` is the last: who counts calls would begin this one anew.
    if (isOver && news.kind !== 'over') return;
    told({ ...news, call, dial, at: toMs(monotonicNow() - beganAt) });
  };

  const watchDial = (reason: DialRequest['reason']): WatchedDial => {
    dials += 1;
    const dial = dials;
    const dialledAt = monotonicNow();
    let openedAt: number | undefined;
    let isDone = false;
    let heard = 0;
    let closing = 1000;
    let awaited: readonly Awaited[] = [];
    let isReading: () => boolean = () => false;
    tell(dial, { kind: 'dial', reason });

    const settle = (over: Awaited) => {
      over.late.unsubscribe();
      awaited = awaited.filter((other) => other !== over);
    };

    const commandNews = ({ asked, command, sentAt }: Awaited) => ({
      command,
      type: asked.type,
      tookMs: toMs(monotonicNow() - sentAt),
    });

    const hear = (frame: Frame) => {
      heard += 1;
      const decoded = protocol.decode(frame);
      const bytes = toBytes(frame);
      if (decoded._tag === 'Left') {
        const { expected, path } = decoded.left;
        tell(dial, { kind: 'undecoded', bytes, expected, ...(path !== '' && { path }) });
        return;
      }
      const { type, isKnown, isEnd, answers } = decoded.right;
      hasEnded ||= isEnd;
      tell(dial, { kind: 'received', type: isKnown ? type : 'unknown', bytes, isEnd });
      if (answers === undefined) return;
      const answered = awaited.findLast(({ asked }) => isAnswerTo(answers, asked));
      if (answered === undefined) return;
      settle(answered);
      tell(dial, { kind: 'answered', by: answers.by, ...commandNews(answered) });
    };

    const say = (frame: Frame) => {
      const decoded = protocol.decodeCommand(frame);
      const bytes = toBytes(frame);
      if (decoded._tag === 'Left') {
        tell(dial, { kind: 'sent', type: 'unknown', bytes });
        return;
      }
      const asked = decoded.right;
      if (awaited.length >= MOST_AWAITED) {
        tell(dial, { kind: 'sent', type: asked.type, bytes });
        return;
      }
      commands += 1;
      const late = new Subscription();
      const sent: Awaited = { asked, command: commands, sentAt: monotonicNow(), late };
      awaited = [...awaited, sent];
      tell(dial, { kind: 'sent', type: asked.type, bytes, command: sent.command });
      const progress = () => (isReading() ? NaN : heard);
      late.add(
        patience(lateAfterMs, progress).subscribe(() => {
          tell(dial, { kind: 'unanswered', why: 'late', ...commandNews(sent) });
        }),
      );
    };

    const finish = (from: 'server' | 'client', code: number, why: WhyEnded) => {
      if (isDone) return;
      isDone = true;
      for (const sent of awaited) {
        settle(sent);
        tell(dial, { kind: 'unanswered', why: 'closed', ...commandNews(sent) });
      }
      const now = monotonicNow();
      if (openedAt === undefined) {
        tell(dial, { kind: 'failed', tookMs: toMs(now - dialledAt), ...why });
      } else {
        tell(dial, { kind: 'close', from, code, openMs: toMs(now - openedAt), ...why });
      }
    };

    return {
      open(connection) {
        openedAt = monotonicNow();
        tell(dial, { kind: 'open', tookMs: toMs(openedAt - dialledAt) });
        isReading = () => connection.isReading?.() ?? false;
        return tapConnection(connection, {
          ...{ hear, say },
          onAway: (isAway) => {
            tell(dial, { kind: isAway ? 'away' : 'back' });
          },
          onClosing: (code) => {
            closing = code;
          },
        });
      },
      fail(error, passOn) {
        const why = toWhyEnded(error);
        finish('server', toCode(error), why);
        failing = why;
        try {
          passOn();
        } finally {
          failing = undefined;
        }
      },
      leave(from = 'client', code = closing) {
        finish(from, code, {});
      },
    };
  };

  return {
    dial: watchDial,
    end() {
      if (isOver) return;
      isOver = true;
      if (hasEnded) tell(dials, { kind: 'over', outcome: 'ended' });
      else if (failing !== undefined) tell(dials, { kind: 'over', outcome: 'lost', ...failing });
      else tell(dials, { kind: 'over', outcome: 'left' });
    },
  };
}

interface ConnectionTap {
  readonly hear: (frame: Frame) => void;
  readonly say: (frame: Frame) => void;
  readonly onAway: (isAway: boolean) => void;
  readonly onClosing: (code: number) => void;
}

function tapConnection(
  connection: Connection,
  { hear, say, onAway, onClosing }: ConnectionTap,
): Connection {
  const { away$, bufferedBytes, isReading } = connection;
  let isAway = false;
  return {
    // However many listen, a frame is told once.
    frames$: tapFrames(connection.frames$, { hear }),
    send(frame) {
      const given = sendOn(connection, frame);
      say(frame);
      return given;
    },
    ...(bufferedBytes && { bufferedBytes: () => connection.bufferedBytes?.() ?? 0 }),
    ...(isReading && { isReading: () => connection.isReading?.() ?? false }),
    ...(away$ && {
      away$: away$.pipe(
        tap((now) => {
          if (now !== isAway) onAway(now);
          isAway = now;
        }),
      ),
    }),
    closeWith(code, reason) {
      onClosing(code);
      connection.closeWith?.(code, reason);
    },
  };
}

function toWhyEnded(error: unknown): WhyEnded {
  if (!isLiveCallError(error)) return { error: 'TransportFailedError' };
  switch (error._tag) {
    case 'HandshakeRefusedError':
      return { error: error._tag, status: error.status };
    case 'ConnectFailedError':
      return {
        error: error._tag,
        ...(error.code !== undefined && SYSTEM_CODE.test(error.code) && { system: error.code }),
      };
    default:
      return { error: error._tag };
  }
}

/** As Node and `ws` have them; what does not look so may be anything. */
const SYSTEM_CODE = /^[A-Z][A-Z0-9_]{1,50}$/;

function toCode(error: unknown): number {
  return isClose(error) ? error.code : 1006;
}

const utf8 = /* @__PURE__ */ new TextEncoder();

function toBytes(frame: Frame): number {
  return typeof frame === 'string' ? utf8.encode(frame).length : frame.length;
}

function toMs(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
