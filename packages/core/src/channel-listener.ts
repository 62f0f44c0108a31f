import type { Closed } from './connection-state.js';
import type { Received } from './received.js';
import type { Frame } from './transport.js';

/**
 * Hears of what happens in a channel at its place between the streams, and so can have streams of
 * its own: none of it throws.
 */
export interface ChannelListener<In> {
  /** A connection is open: before `state$` says so. */
  opened?(connection: number): void;
  /** A message has come: before `state$` says `closing`, and before `messages$`. */
  received?(received: Received<In>, frame: Frame): void;
  /** `messages$`, the commands and `errors$` have been told; of an opening or the end, without one. */
  told?(received?: Received<In>): void;
  /** It is over: after `state$` and `errors$` have said so, before `messages$` ends. */
  closed?(closed: Closed): void;
}
