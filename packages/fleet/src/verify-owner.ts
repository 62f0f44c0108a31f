import type { NatsConnection } from '@nats-io/transport-node';

import { brokerLink } from './broker-link.js';
import type { HeldJob } from './hold-job.js';
import type { LastOfCall } from './last-of-call.js';
import { now } from './moment.js';
import { compareRuns } from './run.js';
import type { Run } from './run.js';

/** Looks whose a call is, where that is not certain. */
export interface OwnerCheck {
  /** Asks the stream, where the job is not certainly ours; once at a time. */
  verify(): void;
  /** Another may have it: nothing is certain any more. */
  doubt(): void;
  /** Another has begun, as is said: what is being asked is asked once more. */
  contest(): void;
}

/** What it asks, and whom it tells. */
export interface VerifyOwnerOptions {
  readonly connection: NatsConnection;
  readonly lastOfCall: () => Promise<LastOfCall | undefined>;
  readonly held: HeldJob;
  readonly run: () => Run | undefined;
  readonly isOver: () => boolean;
  /** Nobody else had begun when it was asked; the call's last message has this sequence. */
  readonly onOurs: (sequence: number) => void;
  readonly onSuperseded: () => void;
}

/** Whose a call is, by the newest run that has published. */
export function verifyOwner({
  connection,
  lastOfCall,
  held,
  run,
  isOver,
  onOurs,
  onSuperseded,
}: VerifyOwnerOptions): OwnerCheck {
  let isVerifying = false;
  /** It was contested after what is asked now was. */
  let isToVerify = false;

  const ask = async () => {
    const sentAt = now();
    const last = await lastOfCall();
    const own = run();
    if (own !== undefined && last?.id !== undefined && compareRuns(last.id.run, own) > 0) {
      onSuperseded();
      return;
    }
    await held.confirm(sentAt);
    onOurs(last?.sequence ?? 0);
  };

  const verify = () => {
    if (isVerifying || isOver() || run() === undefined || held.isOurs()) return;
    if (!brokerLink(connection).isUp()) return;
    isVerifying = true;
    isToVerify = false;
    ask()
      .catch(() => undefined)
      .finally(() => {
        isVerifying = false;
        if (isToVerify) doubt();
      });
  };

  const doubt = () => {
    held.doubt();
    verify();
  };

  return {
    verify,
    doubt,
    contest: () => {
      isToVerify = true;
      doubt();
    },
  };
}
