import type { UpgradeAnswer } from '@livecall/core/node';
import type { Observable } from 'rxjs';

/** How the connection of a client ended. */
export interface ClientClose {
  /** The code it closed with; 1006 where it was cut. */
  readonly code: number;
  /** Whether the code is its own, and no echo of what it was closed with. */
  readonly isOwn: boolean;
  /**
   * What it sent that is no WebSocket's, by the code of `ws` (`WS_ERR_EXPECTED_MASK`): this side has
   * closed and cut it for that.
   */
  readonly broke?: string;
}

/** A client that dialled, for a route that wants to know more of it than what it dialled with. */
export interface DialledClient {
  /**
   * Asks a client that was let in, with a ping, whether it is there. Emits once, `false` where
   * nothing came of it within so many milliseconds. One that was not let in yet is there while its
   * connection is.
   */
  isThere(withinMs: number): Observable<boolean>;
  /** Whether it is being closed, by whichever side, and not gone yet. */
  isClosing(): boolean;
  /** Emits how it ended, and replays that; only completes where it was never let in. */
  readonly closed$: Observable<ClientClose>;
  /** Cuts it off, and leaves its transport at once. */
  hangUp(): void;
  /** Says how it is let in, where that is not the server's own to say. */
  answerWith(answer: UpgradeAnswer): void;
}
