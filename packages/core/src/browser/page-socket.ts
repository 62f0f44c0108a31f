import { RELAY_PROTOCOL } from '../relay-wire.js';
import type { Frame } from '../transport.js';

/** A platform's own `WebSocket`: that of browsers, Node, Deno and Bun, or the one of `ws`. */
export interface PageWebSocket {
  readonly protocol: string;
  readonly bufferedAmount: number;
  binaryType: string;
  close(code?: number): void;
}

/** The class of it. */
export type PageWebSocketClass = new (url: string, protocols: string[]) => PageWebSocket;

/** The rest, which every library types in a way of its own. */
interface Socket extends PageWebSocket {
  addEventListener(type: string, listener: (event: never) => void): void;
  send(data: Frame): void;
}

/** What becomes of a dial. */
export interface PageSocketListener {
  heard(frame: Frame): void;
  /**
   * Told once, when it could not be made or has ended; not after {@link PageSocket.leave}.
   *
   * @param isForeign whether who answered is no relay
   */
  ended(code: number, reason: string, isForeign: boolean): void;
}

/** One dial of a page's. */
export interface PageSocket {
  readonly bufferedAmount: number;
  send(frame: Frame): void;
  /** Closes it, and hears of it no more: how long a browser takes for that is its own affair. */
  leave(code: number): void;
}

/**
 * Dials with a platform's own `WebSocket`. What differs from one to the other ends here: Node 22
 * tells a handshake that failed by `error` alone, and Deno opens one in which no subprotocol was
 * picked.
 *
 * @throws what the class throws for a URL that it does not take
 */
export function dialPageSocket(
  WebSocket: PageWebSocketClass,
  url: string,
  protocols: string[],
  { heard, ended }: PageSocketListener,
): PageSocket {
  const socket = new WebSocket(url, protocols) as Socket;
  socket.binaryType = 'arraybuffer';
  // Listeners stay: `ws` ends the process over an error that nobody hears.
  let isOver = false;
  const end = (code: number, reason: string, isForeign = false) => {
    if (isOver) return;
    isOver = true;
    ended(code, reason, isForeign);
  };

  socket.addEventListener('open', () => {
    if (isOver || socket.protocol === RELAY_PROTOCOL) return;
    end(1002, '', true);
    socket.close(1000);
  });
  socket.addEventListener('message', ({ data }: { readonly data: string | ArrayBuffer }) => {
    if (!isOver) heard(typeof data === 'string' ? data : new Uint8Array(data));
  });
  socket.addEventListener('error', () => {
    end(1006, '');
  });
  socket.addEventListener(
    'close',
    ({ code, reason }: { readonly code: number; readonly reason: string }) => {
      end(code, reason);
    },
  );

  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send(frame) {
      socket.send(frame);
    },
    leave(code) {
      isOver = true;
      socket.close(code);
    },
  };
}
