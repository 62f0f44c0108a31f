import { ConnectionClosedError, isLiveCallError } from '@livecall/core';
import type { Connection, Frame, Transport } from '@livecall/core';
import {
  closedWhenComplete,
  isClose,
  isEmpty,
  sendOn,
  toRelayClose,
} from '@livecall/core/internal';
import type { RelayClose } from '@livecall/core/internal';
import { noop, Subscription, switchMap } from 'rxjs';

import { callSafely } from './call-safely.js';
import { hearFrames } from './hear-frames.js';

/** What a frame costs besides its characters or bytes. */
const FRAME_BYTES = 64;

/** One page of those that share a connection, as far as the connection knows it. */
export interface Follower {
  /** Which frame is the first that it may still have to be sent, counted from 0. */
  readonly needs: number;
  opened(): void;
  /** One more frame has come. */
  fed(frame: Frame): void;
  /** Frames that it needs are not kept any more. */
  fallsBehind(): void;
  /** The platform ended the connection, or never made it. */
  ended(close: RelayClose): void;
}

/** How much is kept of a connection. */
export interface KeptBounds {
  /** So many bytes from its beginning, for pages that come later; 0 for none. */
  readonly shareBytes: number;
  /** So many bytes of what pages may still need. */
  readonly keepBytes: number;
  /** Hides what must not reach a page. */
  readonly hide: <A extends Frame>(frame: A) => A;
  /** Told of every change of how many bytes are kept. */
  readonly onKept: (bytes: number) => void;
  /** Called when the last page has left. */
  readonly onIdle: () => void;
  /** Called with what a transport of someone else's throws. */
  readonly onFailure: (failure: unknown) => void;
}

/** One connection to the platform, and the pages that follow it. */
export interface RelayedConnection {
  /** Whether it was ever open. */
  readonly hasOpened: boolean;
  /** Whether a page that comes now can be told everything that was said on it. */
  readonly isWhole: boolean;
  /** How the platform ended it. */
  readonly end: RelayClose | undefined;
  /** The first frame that is kept, and how many there were. */
  readonly first: number;
  readonly total: number;
  /** A frame that is kept. */
  frame(index: number): Frame | undefined;
  join(follower: Follower): void;
  /** Whoever has left needs nothing; the last one hangs up. */
  leave(follower: Follower): void;
  /** Passes a page's frame on. */
  send(frame: Frame): void;
  /** How many bytes wait for the platform to take them. */
  bufferedBytes(): number;
  /** Lets go of what nobody needs. */
  trim(): void;
  /** Lets go of the beginning, too: whoever comes later dials anew. */
  letGo(): void;
  /** Lets go of all of it: whoever is connected goes on, and whoever returns has missed something. */
  forget(): void;
}

/** Dials the platform, and keeps what it says until every page has had it. */
export function relayedConnection(
  transport: Transport,
  { shareBytes, keepBytes, hide, onKept, onIdle, onFailure }: KeptBounds,
): RelayedConnection {
  const followers = new Set<Follower>();
  let connection: Connection | undefined;
  let hasOpened = false;
  let end: RelayClose | undefined;
  let kept: Frame[] = [];
  let first = 0;
  let bytes = 0;
  let isShared = shareBytes > 0;

  const drop = (count: number) => {
    const dropped = kept.slice(0, count).reduce((sum, frame) => sum + toBytes(frame), 0);
    kept = kept.slice(count);
    first += count;
    bytes -= dropped;
    onKept(-dropped);
  };

  const trim = () => {
    // Of what was said before anyone could join, all is needed.
    if (isShared || followers.size === 0) return;
    let needed = first + kept.length;
    for (const { needs } of followers) needed = Math.min(needed, needs);
    if (needed > first) drop(needed - first);
  };

  const letGo = () => {
    isShared = false;
    trim();
  };

  const keepOnly = (mostBytes: number) => {
    let count = 0;
    for (let left = bytes; left > mostBytes; count += 1) left -= toBytes(kept[count] ?? '');
    if (count === 0) return;
    isShared = false;
    drop(count);
    for (const follower of [...followers]) if (follower.needs < first) follower.fallsBehind();
  };

  const bound = () => {
    if (isShared && bytes > shareBytes) letGo();
    keepOnly(keepBytes);
  };

  const hear = (said: Frame) => {
    // It is a word between relay and page; counted, it would make them count apart.
    if (isEmpty(said)) return;
    const frame = hide(said);
    kept.push(frame);
    bytes += toBytes(frame);
    onKept(toBytes(frame));
    for (const follower of followers) follower.fed(frame);
    bound();
  };

  const finish = (error: unknown) => {
    if (end !== undefined) return;
    if (!isLiveCallError(error)) onFailure(error);
    const { code, reason } = toRelayClose(hasOpened && !isClose(error) ? FAILED : error, true);
    end = { code, reason: hide(reason) };
    connection = undefined;
    letGo();
    for (const follower of [...followers]) follower.ended(end);
  };

  const hearSafely = (said: Frame) => {
    try {
      hear(said);
    } catch (failure) {
      // What cannot be passed on was no frame.
      finish(failure);
      callSafely(() => {
        dialled.unsubscribe();
      }, onFailure);
    }
  };

  const dialled = new Subscription();
  const dialling = transport
    .pipe(
      closedWhenComplete(),
      switchMap((opened) => {
        connection = opened;
        hasOpened = true;
        for (const follower of [...followers]) follower.opened();
        return hearFrames(opened, onFailure);
      }),
    )
    .subscribe({
      next: hearSafely,
      error: finish,
    });
  dialled.add(dialling);

  return {
    get hasOpened() {
      return hasOpened;
    },
    get isWhole() {
      return isShared;
    },
    get end() {
      return end;
    },
    get first() {
      return first;
    },
    get total() {
      return first + kept.length;
    },
    frame: (index) => kept[index - first],
    join(follower) {
      followers.add(follower);
    },
    leave(follower) {
      if (!followers.delete(follower)) return;
      if (followers.size > 0) {
        trim();
        return;
      }
      isShared = false;
      drop(kept.length);
      callSafely(() => {
        dialled.unsubscribe();
      }, onFailure);
      onIdle();
    },
    send(frame) {
      // One that throws is ending; the pages are about to hear of it.
      callSafely(() => connection && sendOn(connection, frame), noop);
    },
    bufferedBytes: () => connection?.bufferedBytes?.() ?? 0,
    trim,
    letGo,
    forget: () => {
      keepOnly(0);
    },
  };
}

/** What was open can only close, whatever a transport of someone else's says. */
const FAILED = new ConnectionClosedError(1011);

function toBytes(frame: Frame): number {
  return frame.length + FRAME_BYTES;
}
