/*
 * What a bundle for a page gets in the place of `@livecall/core/node`: with `ws`, which a page does
 * not have, it would build, and fail as if the network were at fault.
 */

function fail(): never {
  throw new TypeError(
    "@livecall/core/node dials with Node's sockets, which a page does not have: use relayTransport of @livecall/core/browser there.",
  );
}

export const webSocketTransport = fail;
export const nodeWebSocket = fail;
export const heartbeat = fail;
