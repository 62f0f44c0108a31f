import { identity } from 'rxjs';
import { webSocket } from 'rxjs/webSocket';
import { WebSocket } from 'ws';

import { subscribeAll, toStreams } from './filters.js';

/*
 * What would be used instead: each connects to a server, hands what it hears to a tally, and gives
 * the function that hangs up.
 */

const perMessageDeflate = false;

/** The floor: `ws`, and the function that is called with each message. */
export const rawWs =
  ({ toMessage = (bytes) => JSON.parse(bytes.toString()) } = {}) =>
  (url, tally) => {
    const socket = new WebSocket(url, { perMessageDeflate });
    socket.on('message', (bytes) => tally.message(toMessage(bytes)));
    return () => socket.close();
  };

/** `webSocket()` of RxJS, over `ws`. */
export const rxjsWebSocket = (parse) => (url, tally) => {
  const json$ = webSocket({ url, WebSocketCtor: PlainWebSocket });
  if (parse === undefined)
    return unsubscribing(json$.subscribe((message) => tally.message(message)));
  return unsubscribing(subscribeAll(toStreams(json$, parse), tally));
};

/** What reconnects, and has the interface of a browser's WebSocket. */
export const reconnecting =
  (Reconnecting, parse = identity) =>
  (url, tally) => {
    const socket = new Reconnecting(url, [], { WebSocket: PlainWebSocket });
    socket.addEventListener('message', ({ data }) => {
      tally.message(parse(JSON.parse(data)));
    });
    return () => socket.close();
  };

class PlainWebSocket extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols, { perMessageDeflate });
  }
}

function unsubscribing(subscription) {
  return () => {
    subscription.unsubscribe();
  };
}
