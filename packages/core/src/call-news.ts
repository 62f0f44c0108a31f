import type { DialRequest } from './dial-request.js';

/** Where and when it was: numbers of this process alone, from 1. */
export interface NewsPlace {
  /** Which call of those that are watched; it is nobody's id. */
  readonly call: number;
  /** Which dial of the call. */
  readonly dial: number;
  /** Milliseconds since the call's first dial, from a monotonic clock. */
  readonly at: number;
}

/**
 * What happened on a transport that is watched. Nothing that was said stands in it, no number, no
 * token and no id: it can go to any log.
 */
export type CallNews = NewsPlace &
  (
    | { readonly kind: 'dial'; readonly reason: DialRequest['reason'] }
    /** The connection is open, so long after the dial. */
    | { readonly kind: 'open'; readonly tookMs: number }
    /** The dial came to nothing. */
    | ({ readonly kind: 'failed'; readonly tookMs: number } & WhyEnded)
    /** A message came. */
    | {
        readonly kind: 'received';
        /** As on the wire; `unknown` for what is not published, since that may be anything. */
        readonly type: string;
        readonly bytes: number;
        /** Whether the server says by it that the call has ended. */
        readonly isEnd: boolean;
      }
    /** A frame came that is no message of the protocol. */
    | {
        readonly kind: 'undecoded';
        readonly bytes: number;
        /** What should have stood there. */
        readonly expected: string;
        /** Where, in a message; absent for the frame as a whole. */
        readonly path?: string;
      }
    /** A frame was sent. */
    | {
        readonly kind: 'sent';
        /** A command's type; `unknown` for what is none. */
        readonly type: string;
        readonly bytes: number;
        /**
         * Which command of the call it is; absent for what is none, and for one whose answer is not
         * waited for, since a hundred others are.
         */
        readonly command?: number;
      }
    /** A command was answered, so long after it was sent. */
    | (CommandNews & { readonly kind: 'answered'; readonly by: string })
    /**
     * A command was not answered: `late` so far, and may still be `answered`; `closed`, since its
     * connection is gone.
     */
    | (CommandNews & { readonly kind: 'unanswered'; readonly why: 'late' | 'closed' })
    /** The way to a connection that is kept is interrupted. */
    | { readonly kind: 'away' }
    | { readonly kind: 'back' }
    /** The connection has ended, so long after it opened. */
    | ({
        readonly kind: 'close';
        /** Who closed it, or had it cut. */
        readonly from: 'server' | 'client';
        readonly openMs: number;
        /** The close code; 1006 for a cut. */
        readonly code: number;
      } & WhyEnded)
    /**
     * Nothing more comes of the call: the server said that it has `ended`; whoever followed it has
     * `left`; or it could not be followed, and is `lost`.
     */
    | ({ readonly kind: 'over'; readonly outcome: 'ended' | 'left' | 'lost' } & WhyEnded)
  );

/** Of a command. */
export interface CommandNews {
  /** Which command of the call, from 1. */
  readonly command: number;
  readonly type: string;
  readonly tookMs: number;
}

/** Why something ended, as far as it is harmless. */
export interface WhyEnded {
  /**
   * The `_tag` of the error; `TransportFailedError` for one that is not livecall's. Absent where
   * this side has left.
   */
  readonly error?: string;
  /** The HTTP status that a dial was refused with. */
  readonly status?: number;
  /** The system's code, `ECONNREFUSED` for one. */
  readonly system?: string;
}
