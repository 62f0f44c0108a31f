import type { Progress } from '../patience.js';
import { Beating } from './beating.js';
import type { Pinged } from './beating.js';
import type { HeartbeatOptions } from './heartbeat-options.js';

/** A connection's heartbeat. */
export interface Heartbeat {
  /** Takes note of a message: whoever sends one is there. */
  hear(): void;
  /** Pings now, unless a pong is awaited already. */
  look(): void;
  stop(): void;
}

/**
 * Pings the peer, and calls `onSilent` once when nothing came back: the connection is dead, whatever
 * TCP says. The verdict waits until what had come by then was heard (`patience` of `@livecall/core`).
 *
 * Pings and pongs it hears by itself. Messages it is told of: a second listener to each would cost
 * as much as the first.
 *
 * @param progress tells of what the socket is still to tell
 * @example
 * import { heartbeat } from '@livecall/core/node';
 * import type { WebSocket } from 'ws';
 *
 * export function cutWhenSilent(client: WebSocket) {
 *   const options = { pingIntervalMs: 15_000, pongTimeoutMs: 10_000 };
 *   const { hear, stop } = heartbeat(client, options, () => {
 *     client.terminate();
 *   });
 *   client.on('message', hear).on('close', stop);
 * }
 */
export function heartbeat(
  socket: Pinged,
  options: Required<HeartbeatOptions>,
  onSilent: () => void,
  progress?: Progress,
): Heartbeat {
  const beating = new Beating(socket, options, { fallSilent: onSilent, progress });
  const hear = () => {
    beating.hear();
  };
  socket.on('pong', hear).on('ping', hear);
  return {
    hear,
    look: () => {
      beating.look();
    },
    stop: () => {
      beating.stop();
      socket.off('pong', hear).off('ping', hear);
    },
  };
}
