import { NotOpenError } from '@livecall/core';
import type { ConnectionState, Frame, LiveCallOptions, Transport } from '@livecall/core';
import { createSecrets, record } from '@livecall/recording';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { isObservable, Subscription, timer } from 'rxjs';

import { answerRequest } from './ask-worker.js';
import { brokerLink } from './broker-link.js';
import { createCallPublisher } from './call-publisher.js';
import { claimCall } from './claim-call.js';
import type { Dial } from './dial.js';
import { dialCall } from './dial-call.js';
import type { DialledCall } from './dial-call.js';
import type { FleetNames } from './fleet-names.js';
import type { FollowedCall, Outcome } from './followed-call.js';
import { holdJob } from './hold-job.js';
import { NOT_FOLLOWED } from './job.js';
import type { Job } from './job.js';
import type { JobDelivery } from './job-delivery.js';
import { lastOfCall } from './last-of-call.js';
import type { Moment } from './moment.js';
import type { Outbox } from './outbox.js';
import type { Owner } from './outgoing.js';
import { compareRuns } from './run.js';
import type { Run } from './run.js';
import { settleJob } from './settle-job.js';
import type { TellTrouble } from './troubles.js';
import { verifyOwner } from './verify-owner.js';

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
  /** What keeps it from being claimed; `undefined` when that is over. */
  readonly onTrouble: TellTrouble;
  /** Called once, when nothing more comes of it. */
  readonly onOver: (outcome: Outcome, why?: string) => void;
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
  delivery,
  askedAt,
  ackWaitMs,
  maxUnackedBytes,
  dial,
  callOptions,
  onClaimed,
  onTrouble,
  onOver,
}: FollowJobOptions): FollowedCall {
  const { callId } = job;
  const { jobNumber } = delivery;
  const owner: Owner = {
    subject: names.callSubject(callId),
    idOf: (number) => publisher.idOf(number),
    mayGo: () => {
      if (held.isOurs()) return true;
      verify();
      return false;
    },
    onDoubt: () => {
      doubt();
    },
    onStored: (lines) => {
      publisher.stored(lines);
      settling.settle();
    },
  };
  const held = holdJob(connection, { delivery, askedAt, ackWaitMs });
  const secrets = createSecrets();
  const life = new Subscription();

  let run: Run | undefined;
  let isOver = false;
  let why: string | undefined;
  let call: DialledCall | undefined;
  let status: ConnectionState['status'] = 'idle';

  const over = (outcome: Outcome) => {
    if (isOver) return;
    // First: what the hang-up writes is nobody's any more.
    isOver = true;
    if (outcome !== 'let-go') outbox.drop(owner);
    life.unsubscribe();
    onTrouble(undefined);
    onOver(outcome, why);
  };

  const hasEnded = () => isOver;

  const later = (action: () => void) => {
    life.add(timer(TRY_AGAIN_MS).subscribe(action));
  };

  const publisher = createCallPublisher({
    callId,
    endpoint: job.url,
    secrets,
    outbox,
    owner,
    isOver: hasEnded,
    onWritten: () => {
      if (outbox.unackedBytes() <= maxUnackedBytes) return;
      // The broker is away, or takes nothing: another worker begins anew when it is back.
      why = 'more waited for the broker than maxUnackedBytes';
      outbox.drop(owner);
      over('let-go');
    },
  });
  const { sink } = publisher;

  const { verify, doubt, contest } = verifyOwner({
    connection,
    lastOfCall: () => lastOfCall(manager, names, callId),
    held,
    run: () => run,
    isOver: hasEnded,
    onOurs: (sequence) => {
      outbox.fence(owner, sequence);
      settling.settle();
    },
    onSuperseded: () => {
      over('superseded');
    },
  });

  const settling = settleJob({
    held,
    isStored: () => publisher.unstored() === 0,
    isOver: hasEnded,
    verify,
    later,
    ackWaitMs,
    onSettled: over,
  });

  /* The call itself */

  const begin = (claimed: Run, sequence: number) => {
    if (connection.isClosed()) return;
    run = claimed;
    publisher.begin(claimed);
    outbox.fence(owner, sequence);
    onClaimed(claimed);
    let transport: Transport;
    try {
      transport = dial(job, secrets);
      if (!isObservable(transport)) throw new TypeError('the worker’s dial gave no transport');
    } catch (error) {
      giveUp(error);
      return;
    }
    const commands = connection.subscribe(names.commandSubject(callId, claimed), {
      callback: (error, request) => {
        if (error === null) answerRequest(request, { send, published: publisher.published });
      },
    });
    life.add(() => {
      if (!connection.isClosed()) commands.unsubscribe();
    });

    call = dialCall({
      transport: transport.pipe(record(sink)),
      callOptions,
      life,
      onState: (state) => {
        status = state.status;
        if (state.status !== 'closed') return;
        if (state.reason === 'failed') giveUp(state.error);
        else if (state.reason !== 'hung-up') finish('ended');
      },
    });
  };

  const send = (frame: Frame, nth: number) => {
    // A sleeper that wakes up carries out nothing: what it was asked has long been given up.
    if (!held.isOurs()) verify();
    if (isOver || call === undefined || !held.isOurs()) throw new NotOpenError();
    call.send(frame, nth);
  };

  const giveUp = (error: unknown) => {
    // What a dial throws is not livecall's: a token that it has named is not told.
    why = secrets.conceal(error instanceof Error ? error.message : 'it failed');
    sink.write({ event: 'mark', label: `${NOT_FOLLOWED}${why}` });
    finish('not-followed');
  };

  const finish = (outcome: Outcome) => {
    sink.end();
    settling.finish(outcome);
  };

  const letGo = () => {
    if (isOver) return;
    call?.closeWith(1001, '');
    if (held.isOurs()) {
      // Its last words, and then the job: whoever takes it waits for nothing.
      life.unsubscribe();
      outbox.flush();
      held.giveBack();
    }
    over('let-go');
  };

  sink.start();
  claimCall({
    connection,
    manager,
    names,
    callId,
    claimant: () => ({ jobNumber, delivered: held.delivered(), isLeaseValid: held.isOurs() }),
    toHeader: (besides) => publisher.toHeader({ worker, ...besides }),
    isOver: hasEnded,
    later,
    onTrouble: (trouble) => {
      // That the server is away is told once, for all calls.
      if (trouble === undefined || brokerLink(connection).isUp()) onTrouble(trouble);
    },
    onDecided: (decision) => {
      if (decision.kind === 'ours') begin(decision.run, decision.sequence);
      else if (decision.kind === 'ended') finish('ended');
      else over('superseded');
    },
  });

  return {
    callId,
    jobNumber,
    run: () => run,
    since: Date.now(),
    state: () => status,
    published: publisher.published,
    unacked: publisher.unstored,
    renew: (at) => !isOver && held.renew(at),
    renewed: held.renewed,
    doubt,
    verify,
    hear: (other) => {
      if (run === undefined || compareRuns(other, run) <= 0) return;
      // The stream knows whether that is so.
      contest();
    },
    supersede: () => {
      over('superseded');
    },
    adopt: held.adopt,
    handOver: () => {
      // One that ends is soon over by itself.
      if (settling.hasFinished() || status === 'closing' || status === 'closed') return;
      if (held.handOver()) verify();
    },
    letGo,
  };
}
