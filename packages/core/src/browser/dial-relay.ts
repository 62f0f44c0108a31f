import { asyncScheduler, Subscription } from 'rxjs';
import type { Subscriber, TeardownLogic } from 'rxjs';

import { classify } from '../classify.js';
import { NotOpenError } from '../command-error.js';
import { createUuid } from '../create-uuid.js';
import { dialRequest } from '../dial-request.js';
import { FrameSource } from '../frame-source.js';
import { Latest } from '../latest.js';
import { patience } from '../patience.js';
import * as RELAY_CLOSE from '../relay-close.js';
import { BEAT, fromRelayClose, isEmpty, lost, RECEIPT, toPageProtocols } from '../relay-wire.js';
import { toAskedMs, toBackoffMs } from '../retry-delay.js';
import { nameOf } from '../tagged-error.js';
import { ConnectFailedError, HandshakeTimeoutError } from '../transport-error.js';
import type { TransportError } from '../transport-error.js';
import type { Connection, Frame } from '../transport.js';
import { watchPage } from './page-life.js';
import type { PageWindow } from './page-life.js';
import { dialPageSocket } from './page-socket.js';
import type { PageSocket } from './page-socket.js';
import { realm } from './realm.js';
import { toSocketUrl } from './relay-url.js';
import type { DialRelayOptions } from './relay-transport-options.js';
import { wayEnded, wayFailed } from './way-failed.js';

/** Looked at so many times within the silence that is too long. */
const SILENCE_TICKS = 5;

/** So long attached, and the next loss is the first again: a relay that cuts is not dialled in a loop. */
const STEADY_MS = 5_000;

/** Between a resume and the next; the first is tried at once. */
const RESUME_WAITS = { baseDelayMs: 500, maxDelayMs: 5_000 };

/** So many frames may wait for the relay to confirm that it has them. */
const MOST_UNCONFIRMED = 1_000;

/**
 * Keeps one connection to the platform over however many sockets to the relay, and tells a
 * transport's subscriber what becomes of it.
 *
 * @returns what closes it
 */
export function dialRelay(
  subscriber: Subscriber<Connection>,
  {
    url,
    handshakeTimeoutMs,
    silenceTimeoutMs,
    receiptTimeoutMs,
    resumeWithinMs,
    webSocket = realm.WebSocket,
    window = realm.addEventListener === undefined ? undefined : (realm as PageWindow),
    random,
  }: DialRelayOptions,
): TeardownLogic {
  const request = dialRequest();
  let { reason } = request;
  const id = createUuid().replaceAll('-', '');
  const frames = new FrameSource();
  const away = new Latest(false);

  /** The socket that is dialled or attached. */
  let socket: PageSocket | undefined;
  let isAttached = false;
  let attachedAt = NaN;
  /** Whether the platform's connection was open: from then on a dial is a resume. */
  let isOpened = false;
  let leftAt = NaN;
  let attempt = 0;
  /** Frozen, or put aside: it is not dialled before the page runs again. */
  let isAside = false;
  /** What holds for one socket: its timers, and the wait for the next. */
  let meanwhile = new Subscription();
  let isAnswerDue = false;

  /** How many messages came at all, and when the last did. */
  let heard = 0;
  let heardAt = 0;
  /** How many frames of the platform's were handed to the page's own code. */
  let had = 0;
  /** What was sent and is not confirmed, and how many frames were before it. */
  let unconfirmed: Frame[] = [];
  let confirmed = 0;

  const wait = (work: () => void, ms: number) => {
    meanwhile.add(asyncScheduler.schedule(work, ms));
  };

  const drop = (code: number) => {
    meanwhile.unsubscribe();
    meanwhile = new Subscription();
    isAnswerDue = false;
    isAttached = false;
    socket?.leave(code);
    socket = undefined;
  };

  const fail = (error: TransportError) => {
    drop(RELAY_CLOSE.left);
    subscriber.error(error);
  };

  /** The way to the relay has ended, or cannot be made. */
  const lose = (error: TransportError, code = 1000) => {
    if (!isOpened) {
      fail(error);
      return;
    }
    if (asyncScheduler.now() - attachedAt >= STEADY_MS) attempt = 0;
    drop(code);
    attachedAt = NaN;
    const isNews = !away.last;
    if (isNews) leftAt = asyncScheduler.now();
    if (!isAside) goOn(error);
    // What comes next is settled first: who hears of it may ask to look at once.
    if (isNews) away.next(true);
  };

  /** Dials again, now or later, or gives up. */
  const goOn = (error: TransportError) => {
    attempt += 1;
    // Not by a timer: those of a hidden page come a minute late.
    if (attempt === 1) dial();
    else if (asyncScheduler.now() - leftAt >= resumeWithinMs)
      fail(lost(1006, `the relay could not be reached for ${resumeWithinMs} ms`));
    else {
      const ownMs = toBackoffMs(attempt - 2, { ...RESUME_WAITS, random });
      // Later its place is not kept any more, and a timer that is too long is none.
      wait(dial, Math.max(ownMs, toAskedMs(error, resumeWithinMs)));
    }
  };

  const loseLate = () => {
    lose(
      isAttached
        ? lost(1006, 'the relay did not answer')
        : new HandshakeTimeoutError(handshakeTimeoutMs),
    );
  };

  const ended = (code: number, reason: string, isForeign: boolean) => {
    socket = undefined;
    const told = fromRelayClose({ code, reason });
    if (told?._tag === 'ConnectionClosedError') fail(told);
    else if (told === undefined || isAttached) lose(wayEnded(code, isForeign));
    else refuse(told);
  };

  /** What a resume is refused for is the page's own login, or the relay's trouble. */
  const refuse = (told: TransportError) => {
    const verdict = isOpened ? classify(told) : 'fatal';
    const isRenewable = typeof url === 'function' && reason !== 'unauthorized';
    if (verdict === 'retry') {
      lose(told);
    } else if (verdict === 'refresh-token' && isRenewable) {
      reason = 'unauthorized';
      dial();
    } else {
      fail(told);
    }
  };

  /** Where nothing comes in so many milliseconds, the way is dead. */
  const expectWord = (ms: number, goOn: () => void) => {
    const before = heard;
    const judge = () => {
      if (heard === before) loseLate();
      else goOn();
    };
    meanwhile.add(patience(ms, () => heard).subscribe(judge));
  };

  const expectAnswer = () => {
    if (isAnswerDue) return;
    isAnswerDue = true;
    expectWord(receiptTimeoutMs, () => {
      isAnswerDue = false;
      if (unconfirmed.length > 0) expectAnswer();
    });
  };

  const watchSilence = () => {
    wait(
      () => {
        if (asyncScheduler.now() - heardAt < silenceTimeoutMs) watchSilence();
        else expectWord(0, watchSilence);
      },
      Math.ceil(silenceTimeoutMs / SILENCE_TICKS),
    );
  };

  const attach = () => {
    meanwhile.unsubscribe();
    meanwhile = new Subscription();
    isAttached = true;
    attachedAt = asyncScheduler.now();
    reason = 'connect';
    watchSilence();
    if (!isOpened) {
      isOpened = true;
      subscriber.next(connection);
      return;
    }
    for (const frame of unconfirmed) socket?.send(frame);
    if (unconfirmed.length > 0) expectAnswer();
    away.next(false);
  };

  const hear = (frame: Frame) => {
    heard += 1;
    heardAt = asyncScheduler.now();
    if (!isEmpty(frame)) {
      had += 1;
      frames.next(frame);
    } else if (typeof frame !== 'string') {
      confirmed += 1;
      unconfirmed.shift();
    } else if (isAttached) {
      socket?.send(BEAT);
    } else {
      attach();
    }
  };

  const dialUrl = (given: string) => {
    const resumed = isOpened ? { had, from: confirmed } : undefined;
    try {
      if (webSocket === undefined) throw new Error(NO_WEB_SOCKET);
      const dialled = toSocketUrl(given, realm.location?.href);
      const protocols = toPageProtocols({ id, resumed });
      socket = dialPageSocket(webSocket, dialled, protocols, { heard: hear, ended });
    } catch (error) {
      fail(new ConnectFailedError(error, { advice: 'check the options of relayTransport' }));
    }
  };

  const loseUrl = (error: unknown) => {
    lose(wayFailed(`the url function failed with ${nameOf(error)}`));
  };

  function dial(): void {
    drop(1000);
    // Late is what is not attached by then, whatever else it said.
    expectWord(handshakeTimeoutMs, loseLate);
    const asked = meanwhile;
    // `defer`, with all that RxJS can subscribe, would be 1.8 kB of a page.
    const inTime =
      <A>(then: (value: A) => void) =>
      (value: A) => {
        if (!asked.closed) then(value);
      };
    try {
      const given = typeof url === 'string' ? url : url({ reason });
      if (typeof given === 'string') inTime(dialUrl)(given);
      else given.then(inTime(dialUrl), inTime(loseUrl));
    } catch (error) {
      loseUrl(error);
    }
  }

  const connection: Connection = {
    frames$: frames.values$,
    away$: away.values$,
    send(frame) {
      if (!isAttached || unconfirmed.length >= MOST_UNCONFIRMED) throw new NotOpenError();
      if (isEmpty(frame)) throw new TypeError('An empty frame cannot cross a relay.');
      unconfirmed.push(frame);
      socket?.send(frame);
      expectAnswer();
    },
    bufferedBytes: () => socket?.bufferedAmount ?? 0,
  };

  let isLeft = false;
  const look = (hasNetwork: boolean) => {
    if (isLeft) {
      fail(lost(1006, 'the page was left'));
      return;
    }
    isAside = false;
    if (isAttached) {
      socket?.send(RECEIPT);
      expectAnswer();
    } else if (isOpened && (socket === undefined || hasNetwork)) {
      attempt = 1;
      dial();
    }
  };

  const watching = watchPage(window, {
    leaves: (isKept) => {
      isAside = true;
      isLeft ||= !isKept;
      lose(wayFailed('the page was put aside'), isKept ? RELAY_CLOSE.away : RELAY_CLOSE.left);
    },
    returns: look,
  });
  subscriber.add(
    request.lookNow$?.subscribe(() => {
      look(false);
    }),
  );
  dial();

  return () => {
    watching.unsubscribe();
    drop(RELAY_CLOSE.left);
    unconfirmed = [];
  };
}

const NO_WEB_SOCKET = 'there is no WebSocket here, and none is given';
