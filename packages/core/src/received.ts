import type { ServerMessage } from './protocol/messages.js';

/** The tag of a message, where it has one by the name of `type`. */
type TypeOf<In> = In extends { readonly type: infer Type extends string } ? Type : string;

/**
 * One decoded message, and where and when it arrived. It is narrowed by its `type`:
 * `filter((received) => received.type === 'ack')` gives acks. Where nothing else is said, it is a live call's.
 */
export type Received<In = ServerMessage> = In extends unknown
  ? {
      /** Which connection it came on, counted from 1: messages of different numbers have a gap between them. */
      readonly connection: number;
      /** When it arrived, in milliseconds since the epoch, by this machine's clock. */
      readonly at: number;
      /** The message's own; `unknown` for one that is not published. */
      readonly type: TypeOf<In>;
      /** What the server sent, decoded; every field of it is kept. */
      readonly message: In;
    }
  : never;
