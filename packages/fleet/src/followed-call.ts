import type { ConnectionState } from '@livecall/core';

import type { JobDelivery } from './job-delivery.js';
import type { Moment } from './moment.js';
import type { Run } from './run.js';

/**
 * How a worker's following of a call has ended: the call was over; it could not be followed, or not
 * any further; another worker has it; this one has let go of it.
 */
export type Outcome = 'ended' | 'not-followed' | 'superseded' | 'let-go';

/** A call that this worker follows. */
export interface FollowedCall {
  readonly callId: string;
  /** The job's sequence number in its queue. */
  readonly jobNumber: number;
  /** Nothing until it is claimed. */
  run(): Run | undefined;
  /** When it was taken, in milliseconds since the epoch. */
  readonly since: number;
  state(): ConnectionState['status'];
  /** How many lines there are of its run, the header included. */
  published(): number;
  /** How many of them are not acknowledged yet. */
  unacked(): number;
  /** Renews the job at `at`, where it is certainly ours still, and a third of its lease is over. */
  renew(at: Moment): boolean;
  /** The broker has heard that. */
  renewed(sentAt: Moment): void;
  /** Nothing is certain any more; it is asked whether another worker has the call. */
  doubt(): void;
  /** Asks that, where the lease is over. */
  verify(): void;
  /** Another run of the call has begun. */
  hear(other: Run): void;
  /** The call has another job now. */
  supersede(): void;
  /** The job was delivered again, to this worker. */
  adopt(delivery: JobDelivery, askedAt: Moment): void;
  /** Gives the job back; the call is followed until another worker has it. */
  handOver(): void;
  /** Hangs up, and gives the job back. */
  letGo(): void;
}
