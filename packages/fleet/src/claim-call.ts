import { jetstream, JetStreamApiError } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

import { decideClaim } from './decide-claim.js';
import type { Claimant, ClaimDecision } from './decide-claim.js';
import type { FleetNames } from './fleet-names.js';
import { lastOfCall } from './last-of-call.js';
import { toEntryIdText } from './run.js';
import type { Run } from './run.js';

/** What a call is claimed with. */
export interface ClaimCallOptions {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly names: FleetNames;
  readonly callId: string;
  /** Asked anew for each try. */
  readonly claimant: () => Omit<Claimant, 'claimId' | 'claiming'>;
  readonly toHeader: (besides: { readonly claim: string }) => string;
  /** Whether nobody wants it any more. */
  readonly isOver: () => boolean;
  /** Tries again when the time has come for it. */
  readonly later: (action: () => void) => void;
  /** Called once, unless it is over before. */
  readonly onDecided: (decision: Exclude<ClaimDecision, { readonly kind: 'take' }>) => void;
}

/**
 * Takes a call for a worker: a header, which is stored only where nobody has published since the last
 * message was read. So runs follow one another in the stream, whoever thinks what.
 */
export function claimCall({
  connection,
  manager,
  names,
  callId,
  claimant,
  toHeader,
  isOver,
  later,
  onDecided,
}: ClaimCallOptions): void {
  const claimId = crypto.randomUUID();
  let claiming: Run | undefined;

  const claim = async (): Promise<void> => {
    const last = await lastOfCall(manager, names, callId);
    if (isOver()) return;
    const decision = decideClaim(last, { ...claimant(), claimId, claiming });
    if (decision.kind !== 'take') {
      onDecided(decision);
      return;
    }
    const { run, after } = decision;
    claiming = run;
    const { seq } = await jetstream(connection, { timeout: 2_000 }).publish(
      names.callSubject(callId),
      toHeader({ claim: claimId }),
      { msgID: toEntryIdText(callId, run, 1), expect: { lastSubjectSequence: after } },
    );
    if (!isOver()) onDecided({ kind: 'ours', run, sequence: seq });
  };

  const tryClaim = () => {
    claim().catch((error: unknown) => {
      if (isOver()) return;
      // Somebody has published meanwhile: look again at once.
      if (error instanceof JetStreamApiError && error.code === 10_071) tryClaim();
      else later(tryClaim);
    });
  };
  tryClaim();
}
