import type { ServerMessage } from './protocol/messages.js';

/** One decoded message, and where and when it arrived. */
export interface Received {
  /** Which connection it came on, counted from 1: messages of different numbers have a gap between them. */
  readonly connection: number;
  /** When it arrived, in milliseconds since the epoch, by this machine's clock. */
  readonly at: number;
  /** What the server sent, decoded; every field of it is kept. */
  readonly message: ServerMessage;
}
