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
import type { JetStreamManager, JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { Subscription, tap } from 'rxjs';

import { answerRequest } from './ask-worker.js';
import { brokerLink } from './broker-link.js';
import type { FleetNames } from './fleet-names.js';
import { NOT_FOLLOWED } from './job.js';
import type { Job } from './job.js';
import { lastOfCall } from './last-of-call.js';
import { createLease } from './lease.js';
import { now } from './moment.js';
import type { Moment } from './moment.js';
import type { Outbox } from './outbox.js';
import { compareRuns, toEntryIdText, toRunText } from './run.js';
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
  readonly message: JsMsg;
  readonly askedAt: Moment;
  readonly ackWaitMs: number;
  readonly maxUnackedBytes: number;
  readonly dial: Dial;
  readonly callOptions: LiveCallOptions;
  /** Called once, when nothing more comes of it. */
  readonly onOver: (outcome: Outcome, why?: string) => void;
}

/** A call that this worker follows. */
export interface FollowedCall {
  readonly callId: string;
  readonly run: Run;
  /** When it was taken, in milliseconds since the epoch. */
  readonly since: number;
  state(): ConnectionState['status'];
  /** The number of its last message. */
  published(): number;
  /** How many of them are not acknowledged yet. */
  unacked(): number;
  /** Renews the job, where it is certainly ours still. */
  renew(): boolean;
  /** The broker has heard that. */
  renewed(sentAt: Moment): void;
  /** Nothing is certain any more; it is asked whether another worker has the call. */
  doubt(): void;
  /** Asks that, where the lease is over. */
  verify(): void;
  /** Another run of the call has begun. */
  hear(other: Run): void;
  /** The job was delivered again, to this worker. */
  adopt(message: JsMsg, askedAt: Moment): void;
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
  onOver,
  ...delivered
}: FollowJobOptions): FollowedCall {
  const { callId } = job;
  const subject = names.callSubject(callId);
  let { message } = delivered;
  const run: Run = { job: message.info.streamSequence, delivery: message.info.deliveryCount };
  const lease = createLease(ackWaitMs, askedAt);
  const secrets = createSecrets();
  const life = new Subscription();
  const { max_payload: maxPayload = 2 ** 20 } = connection.info ?? {};

  let isOver = false;
  let isHandingOver = false;
  let isVerifying = false;
  let hasFinished: Outcome | undefined;
  let why: string | undefined;
  let headerText = '';
  let number = 1;
  let unstored = 0;
  let open: { readonly connection: Connection; readonly nth: number } | undefined;
  let opened = 0;
  let status: ConnectionState['status'] = 'idle';

  const over = (outcome: Outcome) => {
    if (isOver) return;
    // First: what the hang-up writes is nobody's any more.
    isOver = true;
    if (outcome === 'superseded') outbox.drop(run);
    life.unsubscribe();
    onOver(outcome, why);
  };

  const hasEnded = () => isOver;

  const later = (action: () => void) => {
    const timer = setTimeout(action, TRY_AGAIN_MS);
    life.add(() => {
      clearTimeout(timer);
    });
  };

  /* What is published */

  const publish = (payload: string | Uint8Array, size: number, hasMore: boolean) => {
    number += 1;
    unstored += 1;
    outbox.send({
      owner: run,
      subject,
      id: toEntryIdText(callId, run, number),
      payload,
      size,
      hasMore,
      mayGo: () => {
        if (lease.isValid()) return true;
        verify();
        return false;
      },
      onStored: () => {
        unstored -= 1;
        settle();
      },
    });
  };

  /** `max_payload` counts the headers, too. */
  const largest = maxPayload - HEADER_BYTES - 2 * callId.length;
  const writeLine = (line: string) => {
    const text = line.slice(0, -1);
    if (headerText === '') {
      headerText = text;
      return;
    }
    if (isOver) return;
    const size = Buffer.byteLength(text);
    if (size <= largest) {
      publish(text, size, false);
    } else {
      const bytes = Buffer.from(text);
      for (let at = 0; at < size; at += largest) {
        const part = bytes.subarray(at, at + largest);
        publish(part, part.length, at + largest < size);
      }
    }
    // The broker is away, or takes nothing: another worker begins anew when it is back.
    if (outbox.unackedBytes() > maxUnackedBytes) {
      why = 'more waited for the broker than maxUnackedBytes';
      outbox.drop(run);
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

  const claim = async (): Promise<void> => {
    const last = await lastOfCall(manager, names, callId);
    if (isOver) return;
    if (last?.id !== undefined) {
      const { run: other } = last.id;
      if (compareRuns(other, run) > 0) {
        over('superseded');
        return;
      }
      // Its worker died between the last entry and the job's end.
      if (last.isEnd && other.job === run.job && other.delivery !== run.delivery) {
        hasFinished = 'ended';
        settle();
        return;
      }
      // Its acknowledgement was lost.
      if (compareRuns(other, run) === 0) {
        begin();
        return;
      }
    }
    await jetstream(connection, { timeout: 2_000 }).publish(
      subject,
      withWorker(headerText, worker),
      {
        msgID: toEntryIdText(callId, run, 1),
        expect: { lastSubjectSequence: last?.sequence ?? 0 },
      },
    );
    if (!hasEnded()) begin();
  };

  const tryClaim = () => {
    claim().catch((error: unknown) => {
      if (isOver) return;
      // Somebody has published meanwhile: look again at once.
      if (error instanceof JetStreamApiError && error.code === 10_071) tryClaim();
      else later(tryClaim);
    });
  };

  const verify = () => {
    if (isVerifying || isOver || lease.isValid() || !brokerLink(connection).isUp()) return;
    isVerifying = true;
    const ask = async () => {
      const sentAt = now();
      const last = await lastOfCall(manager, names, callId);
      if (last?.id !== undefined && compareRuns(last.id.run, run) > 0) {
        over('superseded');
        return;
      }
      if (!isHandingOver) {
        message.working();
        await connection.flush();
      }
      lease.extend(sentAt);
      outbox.release(run);
      settle();
    };
    ask()
      .catch(() => undefined)
      .finally(() => {
        isVerifying = false;
      });
  };

  /* The call itself */

  const begin = () => {
    connection.publish(names.runSubject(callId), toRunText(run));
    let transport: Transport;
    try {
      transport = dial(job, secrets);
    } catch (error) {
      giveUp(error);
      return;
    }
    const commands = connection.subscribe(names.commandSubject(callId, run), {
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
    const acknowledge = async () => {
      if (lease.isValid() && (await message.ackAck({ timeout: 2_000 }))) {
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
    if (isHandingOver || !lease.isValid()) return;
    isHandingOver = true;
    if (!connection.isClosed()) message.nak();
  };

  const letGo = () => {
    if (isOver) return;
    open?.connection.closeWith?.(1001, '');
    if (lease.isValid()) life.unsubscribe();
    giveBack();
    over('let-go');
  };

  sink.start();
  tryClaim();

  return {
    callId,
    run,
    since: Date.now(),
    state: () => status,
    published: () => number,
    unacked: () => unstored,
    renew: () => {
      if (isOver || isHandingOver || !lease.isValid()) return false;
      message.working();
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
      if (compareRuns(other, run) > 0) over('superseded');
    },
    adopt: (again, at) => {
      message = again;
      isHandingOver = false;
      lease.extend(at);
    },
    handOver: giveBack,
    letGo,
  };
}

/** `NATS/1.0`, an id of two numbers, and the sign that more comes. */
const HEADER_BYTES = 256;

/** A header keeps what it does not know. */
function withWorker(header: string, worker: string): string {
  return JSON.stringify({ ...(JSON.parse(header) as object), worker });
}
