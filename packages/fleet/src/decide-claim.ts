import type { LastOfCall } from './last-of-call.js';
import { compareRuns } from './run.js';
import type { Run } from './run.js';

/** What a worker knows which was given a job. */
export interface Claimant {
  /** The job's sequence number in its queue. */
  readonly jobNumber: number;
  /** The number of its delivery, as `JobDelivery` has it. */
  readonly delivered: number;
  /** Whether the job is certainly nobody else's. */
  readonly isLeaseValid: boolean;
  /** Tells its header from that of another worker which claims the call in the same moment. */
  readonly claimId: string;
  /** The run whose header it has sent before, and has not heard to be stored. */
  readonly claiming: Run | undefined;
}

/** What becomes of a claim. */
export type ClaimDecision =
  /** Its header is stored already. */
  | { readonly kind: 'ours'; readonly run: Run; readonly sequence: number }
  /** Another worker has the call, or another job. */
  | { readonly kind: 'superseded' }
  /** The call is over, and its job is not. */
  | { readonly kind: 'ended' }
  /** The header of this run is to be stored behind the message with this number; 0 is none. */
  | { readonly kind: 'take'; readonly run: Run; readonly after: number };

/** Decides whose a call is, from the last message that it has; `undefined` where it has none. */
export function decideClaim(
  last: LastOfCall | undefined,
  { jobNumber, delivered, isLeaseValid, claimId, claiming }: Claimant,
): ClaimDecision {
  const other = last?.id?.run;
  if (claiming !== undefined && other !== undefined && compareRuns(other, claiming) === 0) {
    // Its acknowledgement was lost.
    if (last?.isClaim(claimId) === true) {
      return { kind: 'ours', run: claiming, sequence: last.sequence };
    }
  }
  if (other !== undefined && other.job > jobNumber) {
    if (!isLeaseValid) return { kind: 'superseded' };
    // The queue gave this job just now, and has one of a call at a time: it was made anew, and counts
    // from less. Its runs go on behind those of the old one, or no reader would look at them.
    const run = { job: other.job, nth: Math.max(other.nth + 1, delivered) };
    return { kind: 'take', run, after: last?.sequence ?? 0 };
  }
  // Its worker died between the last entry and the job's end.
  if (last?.isEnd === true && other?.job === jobNumber) return { kind: 'ended' };
  const before = other?.job === jobNumber ? other.nth : 0;
  // It was delivered to this worker while it slept, and again to the one that has begun with it.
  if (!isLeaseValid && before > delivered) return { kind: 'superseded' };
  // The second, where the stream has lost what there was of the call. Where the lease is over, and
  // nobody has begun, the call is taken all the same: who gets the job later begins a newer run,
  // and to leave it to them would leave the call alone for as long as another lease.
  const nth = Math.max(before + 1, delivered);
  return { kind: 'take', run: { job: jobNumber, nth }, after: last?.sequence ?? 0 };
}
