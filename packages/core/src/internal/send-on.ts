import type { Connection, Frame } from '../transport.js';

/**
 * Sends a frame for whoever stands above a transport, and gives back what that returns: one of someone
 * else's may give a promise, which says later that the frame was not sent.
 */
export function sendOn(connection: Connection, frame: Frame): unknown {
  return (connection as { send(frame: Frame): unknown }).send(frame);
}
