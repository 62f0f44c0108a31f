import type { Socket } from 'node:net';

import type { Frame } from '@livecall/core';
import { BEAT, isEmpty, RECEIPT, RELAY_CLOSE } from '@livecall/core/internal';
import type { RelayClose, Resumed } from '@livecall/core/internal';
import { heartbeat } from '@livecall/core/node';
import type { HeartbeatOptions, Pinged } from '@livecall/core/node';
import { noop, timer } from 'rxjs';
import type { Subscription } from 'rxjs';
import type { RawData, WebSocket } from 'ws';

import type { Follower, RelayedConnection } from './relayed-connection.js';
import { toGatherer } from './to-gatherer.js';

/** With so many bytes unasked for, it is asked at once whether it has them. */
const ASK_BYTES = 256 * 1024;

/** So many questions may stand open: who asks for more answers none. */
const MOST_MARKS = 64;

/** In such steps it is told how much waits for a page: what is read at once is none. */
const UNREAD_STEP_BYTES = 64 * 1024;

/** The most that is gathered for one write; with more it is hardly faster. */
const GATHERED_BYTES = 64 * 1024;

/** A socket of a page's that was let in. */
export interface PageClient {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
}

/** What holds for every page of a relay. */
export interface PageOptions {
  readonly heartbeat: Required<HeartbeatOptions>;
  readonly keepMs: number;
  readonly maxBufferedBytes: number;
  /** Told of every change of how many bytes wait for it, in steps. */
  readonly onUnread: (bytes: number) => void;
}

/** One page that follows a call, whether it is connected just now or not. */
export interface RelayedPage {
  /** Whose it is: a page of another is none that may resume. */
  readonly owner: string;
  readonly isAway: boolean;
  /** Whether it is away, and can come back to no more than an end. */
  readonly isOver: boolean;
  /**
   * Connects it, for the first time or anew; a socket that it had is closed.
   *
   * @returns what it is closed with where that cannot be
   */
  attach(client: PageClient, resumed?: Resumed): RelayClose | undefined;
  /** How many bytes waited for it when that was told last. */
  readonly unreadBytes: number;
  /** Looks how many there are now. */
  lookUnread(): void;
  /** Cuts it off: it is away then. */
  cut(): void;
  /** Closes it, and forgets it. */
  stop(code: number): void;
}

/** Follows a connection for one page, and keeps its place while it is away. */
export function relayedPage(
  owner: string,
  connection: RelayedConnection,
  { heartbeat: beats, keepMs, maxBufferedBytes, onUnread }: PageOptions,
  { onAway, onGone }: { readonly onAway: () => void; readonly onGone: () => void },
): RelayedPage {
  let client: PageClient | undefined;
  /** Lets go of the socket that it has. */
  let detach: () => void = noop;
  let feed: (frame: Frame) => void = noop;
  let isOpened = false;
  let isGone = false;
  /** The frames that it has for certain. */
  let needs = 0;
  /** How many of its own frames have come, and were passed on. */
  let received = 0;
  let keeping: Subscription | undefined;
  let unreadBytes = 0;

  const lookUnread = (stepBytes = 0) => {
    const bytes = client?.webSocket.bufferedAmount ?? 0;
    const more = bytes - unreadBytes;
    if (more === 0 || Math.abs(more) < stepBytes) return;
    unreadBytes = bytes;
    onUnread(more);
  };

  const follower: Follower = {
    get needs() {
      return needs;
    },
    opened() {
      isOpened = true;
      client?.webSocket.send(BEAT);
    },
    fed(frame) {
      feed(frame);
    },
    fallsBehind() {
      // It may get all of it by its socket; if not, it cannot resume.
      needs = connection.first;
      if (client === undefined) forget();
    },
    ended(close) {
      if (!isOpened) stop(close.code, close.reason);
      // What was told, it may not have heard: it can ask once more.
      else client?.webSocket.close(close.code, close.reason);
    },
  };

  const forget = () => {
    if (isGone) return;
    isGone = true;
    keeping?.unsubscribe();
    connection.leave(follower);
    onGone();
  };

  function stop(code: number, reason = ''): void {
    const { webSocket } = client ?? {};
    detach();
    forget();
    webSocket?.close(code, reason);
  }

  /** The socket is gone; its page may be back. */
  const keep = () => {
    detach();
    if (!isOpened) {
      forget();
      return;
    }
    keeping = timer(keepMs).subscribe(forget);
    onAway();
  };

  const attach = (attached: PageClient, resumed?: Resumed): RelayClose | undefined => {
    const { webSocket, socket } = attached;
    const had = resumed?.had ?? 0;
    let incoming = resumed?.from ?? 0;
    const isKnown = had >= connection.first && had <= connection.total && incoming <= received;
    if (!isKnown) return { code: RELAY_CLOSE.gone, reason: '' };

    const before = client?.webSocket;
    detach();
    before?.close(RELAY_CLOSE.taken);
    keeping?.unsubscribe();
    client = attached;
    needs = had;
    connection.trim();

    let told = had;
    let unasked = 0;
    const marks: number[] = [];
    const { gather, flush } = toGatherer(socket, GATHERED_BYTES);
    const beat = () => {
      unasked = 0;
      marks.push(told);
      if (marks.length > MOST_MARKS) webSocket.terminate();
      else webSocket.send(BEAT);
    };
    const asked: Pinged = {
      // Pongs are heard below; a browser answers pings for a page that is frozen.
      on: () => asked as never,
      off: () => asked as never,
      ping: () => {
        if (isOpened) beat();
        else webSocket.ping();
      },
    };
    const { hear, stop: stopBeating } = heartbeat(asked, beats, () => {
      webSocket.terminate();
    });
    const take = (frame: Frame) => {
      if (incoming >= received) {
        received += 1;
        connection.send(frame);
      }
      incoming += 1;
      webSocket.send(RECEIPT);
      if (webSocket.bufferedAmount > maxBufferedBytes) webSocket.terminate();
      if (connection.bufferedBytes() > maxBufferedBytes) stop(RELAY_CLOSE.gone);
    };
    const onMessage = (data: RawData, isBinary: boolean) => {
      hear();
      if (!isOpened) return;
      const frame = isBinary ? new Uint8Array(data as Buffer) : (data as Buffer).toString();
      if (!isEmpty(frame)) {
        take(frame);
      } else if (isBinary) {
        beat();
      } else {
        needs = Math.max(needs, marks.shift() ?? 0);
        connection.trim();
      }
    };
    const onPong = hear;
    const onClose = (code: number) => {
      if (code === RELAY_CLOSE.left) {
        detach();
        forget();
      } else {
        keep();
      }
    };
    webSocket.on('message', onMessage).on('pong', onPong).on('close', onClose);
    detach = () => {
      detach = noop;
      feed = noop;
      client = undefined;
      lookUnread();
      stopBeating();
      webSocket.off('message', onMessage).off('pong', onPong).off('close', onClose);
    };
    feed = (frame) => {
      told += 1;
      gather(() => {
        webSocket.send(frame);
      });
      lookUnread(UNREAD_STEP_BYTES);
      unasked += frame.length;
      if (unasked > ASK_BYTES) beat();
      if (webSocket.bufferedAmount <= maxBufferedBytes) return;
      // What is only gathered does not wait for the page.
      flush();
      if (webSocket.bufferedAmount > maxBufferedBytes) webSocket.terminate();
    };

    if (isOpened || connection.hasOpened) {
      isOpened = true;
      webSocket.send(BEAT);
      for (let index = had; index < connection.total; index += 1) {
        feed(connection.frame(index) ?? '');
      }
    }
    if (connection.end !== undefined) follower.ended(connection.end);
    return undefined;
  };

  connection.join(follower);
  return {
    owner,
    get isAway() {
      return client === undefined;
    },
    get isOver() {
      return client === undefined && connection.end !== undefined;
    },
    get unreadBytes() {
      return unreadBytes;
    },
    attach,
    lookUnread,
    cut() {
      const { webSocket } = client ?? {};
      keep();
      webSocket?.terminate();
    },
    stop,
  };
}
