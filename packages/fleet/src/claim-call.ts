import { jetstream, JetStreamApiError } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

import { toReason } from './broker-unfit-error.js';
import { decideClaim } from './decide-claim.js';
import type { Claimant, ClaimDecision } from './decide-claim.js';
import type { FleetNames } from './fleet-names.js';
import { lastOfCall } from './last-of-call.js';
import { toEntryIdText } from './run.js';
import type { Run } from './run.js';
import { isWrongLastSequence } from './wrong-last-sequence.js';

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
  /** What keeps it from being claimed; `undefined` when that is over. */
  readonly onTrouble: (why: string | undefined) => void;
  /** Called once, unless it is over before. */
  readonly onDecided: (decision: Claimed) => void;
}

type Claimed = Exclude<ClaimDecision, { readonly kind: 'take' }>;

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
  onTrouble,
  onDecided,
}: ClaimCallOptions): void {
  const claimId = crypto.randomUUID();
  let claiming: Run | undefined;

  const claim = async (): Promise<Claimed | undefined> => {
    const last = await lastOfCall(manager, names, callId);
    if (isOver()) return undefined;
    const decision = decideClaim(last, { ...claimant(), claimId, claiming });
    if (decision.kind !== 'take') return decision;
    const { run, after } = decision;
    claiming = run;
    const { seq } = await jetstream(connection, { ...names.jetstream, timeout: 2_000 }).publish(
      names.callSubject(callId),
      toHeader({ claim: claimId }),
      { msgID: toEntryIdText(callId, run, 1), expect: { lastSubjectSequence: after } },
    );
    return { kind: 'ours', run, sequence: seq };
  };

  const tryClaim = () => {
    claim().then(
      (decision) => {
        if (decision === undefined || isOver()) return;
        onTrouble(undefined);
        onDecided(decision);
      },
      (error: unknown) => {
        if (isOver()) return;
        // Somebody has published meanwhile: look again at once.
        if (error instanceof JetStreamApiError && isWrongLastSequence(error.code)) {
          tryClaim();
          return;
        }
        onTrouble(`a call cannot be begun: ${toReason(error)}`);
        later(tryClaim);
      },
    );
  };
  tryClaim();
}
