import type { Outcome } from './followed-call.js';
import type { Run } from './run.js';
import type { TroubleWith } from './troubles.js';

/** What a worker has done. */
export type WorkerNews =
  /** The queue is open, and it asks for calls. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'taken'; readonly callId: string; readonly run: Run }
  | {
      readonly kind: 'over';
      readonly callId: string;
      readonly outcome: Outcome;
      /** Why it was not followed, or not any further. */
      readonly why?: string;
    }
  /** A job that cannot even be told whose it is; it has left the queue. */
  | { readonly kind: 'dropped'; readonly why: string }
  /**
   * The server is away, or denies something; the queue gives no jobs; calls are not stored. It is
   * tried again, and nothing is dropped.
   */
  | { readonly kind: 'trouble'; readonly what: TroubleWith; readonly why: string }
  /** That is over. */
  | { readonly kind: 'recovered'; readonly what: TroubleWith };
