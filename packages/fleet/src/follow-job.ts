import { liveCall, NotOpenError } from '@livecall/core';
import type {
  Connection,
  ConnectionState,
  Frame,
  LiveCallOptions,
  Transport,
} from '@livecall/core';
import { createSecrets, record, recordingSink } from '@livecall/recording';
import type { Secrets } from '@livecall/recording';
import { jetstream, JetStreamApiError } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { Subscription, tap, timer } from 'rxjs';

import { answerRequest } from './ask-worker.js';
import { brokerLink } from './broker-link.js';
import type { FleetNames } from './fleet-names.js';
import { NOT_FOLLOWED } from './job.js';
import type { Job } from './job.js';
import type { JobDelivery } from './job-delivery.js';
import { lastOfCall } from './last-of-call.js';
import { createLease } from './lease.js';
import { now } from './moment.js';
import type { Moment } from './moment.js';
import type { Outbox } from './outbox.js';
import type { Owner } from './outbox-lanes.js';
import { compareRuns, toEntryIdText, toEntryIds, toRunText } from './run.js';
import type { Run } from './run.js';

/**
 * How a worker's following of a call has ended: the call was over; it could not be followed, or not
 * any further; another worker has it; this one has let go of it.
 */
export type Outcome = 'ended' | 'not-followed' | 'superseded' | 'let-go';

/**
 * Dials the call of a job. What it throws ends the job, and its message is told to whoever reads the
 * call: it must hold no token.
 *
 * @param secrets takes every token of this call that is in use: none of them is published
 */
export type Dial = (job: Job, secrets: Secrets) => Transport;

/** What a worker follows a call with. */
export interface FollowJobOptions {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly names: FleetNames;
  readonly outbox: Outbox;
  readonly worker: string;
  readonly job: Job;
  /** The job as it was delivered, and when it was asked for. */
  readonly delivery: JobDelivery;
  readonly askedAt: Moment;
  readonly ackWaitMs: number;
  readonly maxUnackedBytes: number;
  readonly dial: Dial;
  readonly callOptions: LiveCallOptions;
  /** Called once, when the call is this worker's. */
  readonly onClaimed: (run: Run) => void;
  /** Called once, when nothing more comes of it. */
  readonly onOver: (outcome: Outcome, why?: string) => void;
}

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
  /** The number of its last message. */
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

const TRY_AGAIN_MS = 250;

/** Follows the call of a job, and writes what crosses its socket to the call's subject. */
export function followJob({
  connection,
  manager,
  names,
  outbox,
  worker,
  job,
  askedAt,
  ackWaitMs,
  maxUnackedBytes,
  dial,
  callOptions,
  onClaimed,
  onOver,
  ...delivered
}: FollowJobOptions): FollowedCall {
  const { callId } = job;
  const subject = names.callSubject(callId);
  let { delivery } = delivered;
  const { jobNumber } = delivery;
  /** Tells our header from that of another worker which claims the call in the same moment. */
  const claimId = crypto.randomUUID();
  const owner: Owner = {
    subject,
    mayGo: () => {
      if (lease.isValid()) return true;
      verify();
      return false;
    },
    onConflict: () => {
      lease.lapse();
      verify();
    },
    onStored: () => {
      unstored -= 1;
      settle();
    },
  };
  const lease = createLease(ackWaitMs, askedAt);
  const secrets = createSecrets();
  const life = new Subscription();
  const { max_payload: maxPayload = 2 ** 20 } = connection.info ?? {};

  let run: Run | undefined;
  let idOf: (nth: number) => string = () => '';
  // Not all in one moment, whenever they were taken.
  let renewedAt = askedAt.monotonic - (Math.random() * ackWaitMs) / 3;
  let isOver = false;
  let isHandingOver = false;
  let isGivenBack = false;
  let isVerifying = false;
  let hasFinished: Outcome | undefined;
  let why: string | undefined;
  let headerText = '';
  let claiming: Run | undefined;
  let number = 1;
  let unstored = 0;
  let open: { readonly connection: Connection; readonly nth: number } | undefined;
  let opened = 0;
  let status: ConnectionState['status'] = 'idle';

  const over = (outcome: Outcome) => {
    if (isOver) return;
    // First: what the hang-up writes is nobody's any more.
    isOver = true;
    if (outcome !== 'let-go') outbox.drop(owner);
    life.unsubscribe();
    onOver(outcome, why);
  };

  const hasEnded = () => isOver;

  const later = (action: () => void) => {
    life.add(timer(TRY_AGAIN_MS).subscribe(action));
  };

  /* What is published */

  const publish = (payload: Uint8Array, hasMore: boolean) => {
    if (run === undefined) return;
    number += 1;
    unstored += 1;
    outbox.send({ owner, id: idOf(number), number, payload, hasMore });
  };

  /** `max_payload` counts the headers, too. */
  const largest = maxPayload - HEADER_BYTES - 2 * callId.length;
  const writeLine = (line: string) => {
    if (headerText === '') {
      headerText = line.slice(0, -1);
      return;
    }
    if (isOver) return;
    const bytes = Buffer.from(line);
    // Without its line end.
    const size = bytes.length - 1;
    if (size <= largest) publish(bytes.subarray(0, size), false);
    else {
      for (let at = 0; at < size; at += largest) {
        publish(bytes.subarray(at, Math.min(size, at + largest)), at + largest < size);
      }
    }
    // The broker is away, or takes nothing: another worker begins anew when it is back.
    if (outbox.unackedBytes() > maxUnackedBytes) {
      why = 'more waited for the broker than maxUnackedBytes';
      outbox.drop(owner);
      over('let-go');
    }
  };
  // What is taken out of a recording is taken out by whoever writes the file; the app wants the call.
  const sink = recordingSink(writeLine, {
    keepPhones: true,
    secrets,
    ...(job.url !== undefined && { endpoint: job.url }),
  });

  /* Whose it is */

  /**
   * Takes the call for this worker: a header, which is stored only where nobody has published since
   * the last message was read. So runs follow one another in the stream, whoever thinks what.
   */
  const claim = async (): Promise<void> => {
    const last = await lastOfCall(manager, names, callId);
    if (isOver) return;
    const other = last?.id?.run;
    if (claiming !== undefined && other !== undefined && compareRuns(other, claiming) === 0) {
      if (last?.isClaim(claimId) === true) {
        // Its acknowledgement was lost.
        begin(claiming, last.sequence);
        return;
      }
    }
    if (other !== undefined && other.job > jobNumber) {
      over('superseded');
      return;
    }
    // Its worker died between the last entry and the job's end.
    if (last?.isEnd === true && other?.job === jobNumber) {
      finish('ended');
      return;
    }
    const before = other?.job === jobNumber ? other.nth : 0;
    if (!lease.isValid() && before > delivery.nth) {
      // It was delivered to this worker while it slept, and again to the one that has begun with it.
      over('superseded');
      return;
    }
    // The second, where the stream has lost what there was of the call. Where the lease is over, and
    // nobody has begun, the call is taken all the same: who gets the job later begins a newer run,
    // and to leave it to them would leave the call alone for as long as another lease.
    const nth = Math.max(before + 1, delivery.nth);
    claiming = { job: jobNumber, nth };
    const { seq } = await jetstream(connection, { timeout: 2_000 }).publish(subject, toHeader(), {
      msgID: toEntryIdText(callId, claiming, 1),
      expect: { lastSubjectSequence: last?.sequence ?? 0 },
    });
    if (!hasEnded()) begin(claiming, seq);
  };

  /** A header keeps what it does not know. */
  const toHeader = () =>
    JSON.stringify({ ...(JSON.parse(headerText) as object), worker, claim: claimId });

  const tryClaim = () => {
    claim().catch((error: unknown) => {
      if (isOver) return;
      // Somebody has published meanwhile: look again at once.
      if (error instanceof JetStreamApiError && error.code === 10_071) tryClaim();
      else later(tryClaim);
    });
  };

  const verify = () => {
    if (
      isVerifying ||
      isOver ||
      run === undefined ||
      lease.isValid() ||
      !brokerLink(connection).isUp()
    )
      return;
    isVerifying = true;
    const ask = async () => {
      const sentAt = now();
      const last = await lastOfCall(manager, names, callId);
      if (run !== undefined && last?.id !== undefined && compareRuns(last.id.run, run) > 0) {
        over('superseded');
        return;
      }
      if (!isHandingOver) {
        delivery.working();
        await connection.flush();
      } else if (!isGivenBack) {
        isGivenBack = true;
        delivery.giveBack();
      }
      lease.extend(sentAt);
      outbox.fence(owner, last?.sequence ?? 0);
      settle();
    };
    ask()
      .catch(() => undefined)
      .finally(() => {
        isVerifying = false;
      });
  };

  /* The call itself */

  const begin = (claimed: Run, sequence: number) => {
    run = claimed;
    idOf = toEntryIds(callId, claimed);
    outbox.fence(owner, sequence);
    connection.publish(names.runSubject(callId), toRunText(claimed));
    onClaimed(claimed);
    let transport: Transport;
    try {
      transport = dial(job, secrets);
    } catch (error) {
      giveUp(error);
      return;
    }
    const commands = connection.subscribe(names.commandSubject(callId, claimed), {
      callback: (error, request) => {
        if (error === null) answerRequest(request, { send, published: () => number });
      },
    });
    life.add(() => {
      if (!connection.isClosed()) commands.unsubscribe();
    });

    const call = liveCall(toWatched(transport.pipe(record(sink))), {
      ...callOptions,
      maxUtterances: 0,
    });
    life.add(
      call.state$.subscribe((state) => {
        status = state.status;
        if (state.status !== 'closed') return;
        if (state.reason === 'failed') giveUp(state.error);
        else if (state.reason !== 'hung-up') finish('ended');
      }),
    );
    life.add(call.connect());
  };

  function toWatched(transport: Transport): Transport {
    const close = () => {
      open = undefined;
    };
    const next = (opening: Connection) => {
      opened += 1;
      open = { connection: opening, nth: opened };
    };
    return transport.pipe(tap({ next, error: close, unsubscribe: close }));
  }

  const send = (frame: Frame, nth: number) => {
    // A sleeper that wakes up carries out nothing: what it was asked has long been given up.
    if (!lease.isValid()) verify();
    if (isOver || open?.nth !== nth || !lease.isValid()) throw new NotOpenError();
    open.connection.send(frame);
  };

  const giveUp = (error: unknown) => {
    why = error instanceof Error ? error.message : 'it failed';
    sink.write({ event: 'mark', label: `${NOT_FOLLOWED}${why}` });
    finish('not-followed');
  };

  const finish = (outcome: Outcome) => {
    hasFinished = outcome;
    sink.end();
    settle();
  };

  /** The job is done when everything of it is stored. */
  const settle = () => {
    if (isOver || hasFinished === undefined || unstored > 0) return;
    const outcome = hasFinished;
    hasFinished = undefined;
    if (isGivenBack) {
      // Whoever takes it sees the end, and acknowledges it.
      over(outcome);
      return;
    }
    const acknowledge = async () => {
      if (lease.isValid() && (await delivery.acknowledge(2_000))) {
        over(outcome);
        return;
      }
      throw new Error('not acknowledged');
    };
    acknowledge().catch(() => {
      if (isOver) return;
      hasFinished = outcome;
      verify();
      later(settle);
    });
  };

  const giveBack = () => {
    // Not renewed from now on; a lease that is over is asked about first.
    isHandingOver = true;
    if (isGivenBack || !lease.isValid() || connection.isClosed()) return;
    isGivenBack = true;
    delivery.giveBack();
    // Whoever takes it now ends this run in the server itself.
    lease.lapse();
    verify();
  };

  const letGo = () => {
    if (isOver) return;
    open?.connection.closeWith?.(1001, '');
    if (lease.isValid()) {
      // Its last words, and then the job: whoever takes it waits for nothing.
      life.unsubscribe();
      outbox.flush();
      if (!isGivenBack && !connection.isClosed()) delivery.giveBack();
    }
    over('let-go');
  };

  sink.start();
  tryClaim();

  return {
    callId,
    jobNumber,
    run: () => run,
    since: Date.now(),
    state: () => status,
    published: () => number,
    unacked: () => unstored,
    renew: (at) => {
      if (isOver || isHandingOver || !lease.isValid()) return false;
      if (at.monotonic - renewedAt < ackWaitMs / 3) return false;
      renewedAt = at.monotonic;
      delivery.working();
      return true;
    },
    renewed: (sentAt) => {
      if (!isHandingOver) lease.extend(sentAt);
    },
    doubt: () => {
      lease.lapse();
      verify();
    },
    verify,
    hear: (other) => {
      if (run !== undefined && compareRuns(other, run) > 0) over('superseded');
    },
    supersede: () => {
      over('superseded');
    },
    adopt: (again, at) => {
      delivery = again;
      isHandingOver = false;
      isGivenBack = false;
      lease.extend(at);
    },
    handOver: () => {
      // One that ends is soon over by itself.
      if (hasFinished === undefined && status !== 'closing' && status !== 'closed') giveBack();
    },
    letGo,
  };
}

/** `NATS/1.0`, an id of two numbers, and the sign that more comes. */
const HEADER_BYTES = 256;
