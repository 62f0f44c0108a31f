import { hostname } from 'node:os';

import type { LiveCallOptions } from '@livecall/core';
import { assertDurationMs, assertFunctions, assertWhole } from '@livecall/core/internal';
import { nuid } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import * as E from 'fp-ts/lib/Either.js';
import { asyncScheduler, Observable } from 'rxjs';

import { brokerLink } from './broker-link.js';
import { createCallShare } from './call-share.js';
import { assertCallOptions } from './dial-call.js';
import type { Dial } from './dial.js';
import { drainCalls } from './drain-calls.js';
import { isCallId, toFleetNames } from './fleet-names.js';
import type { FleetOptions } from './fleet-names.js';
import { followJob } from './follow-job.js';
import type { FollowedCall } from './followed-call.js';
import { parseHello, toHelloText } from './hello.js';
import { readJob } from './job.js';
import type { JobDelivery } from './job-delivery.js';
import { askForJobs } from './job-requests.js';
import type { JobRequests } from './job-requests.js';
import { now } from './moment.js';
import type { Moment } from './moment.js';
import { brokerOutbox } from './broker-outbox.js';
import { BrokerUnfitError } from './broker-unfit-error.js';
import { openQueue } from './open-queue.js';
import type { Queue } from './open-queue.js';
import { compareRuns } from './run.js';
import { toReports } from './to-reports.js';
import { createTroubles } from './troubles.js';
import type { WorkerNews } from './worker-news.js';

/** What a worker follows, and how much. */
export interface FleetWorkerOptions extends FleetOptions {
  /** As `connectBroker` makes it, and of this worker alone. It stays open. */
  readonly connection: NatsConnection;
  /** Dials the call of a job, with the tokens that it finds or opens. */
  readonly dial: Dial;
  /** How many calls it follows at once. @default 100 */
  readonly slots?: number;
  /** What it is called, where somebody looks. @default the host's name and the process's id */
  readonly name?: string;
  /** How each call is followed; its utterances are not kept. @default {} */
  readonly call?: Omit<LiveCallOptions, 'maxUtterances'>;
  /**
   * Bytes that may wait for the broker, which is away. With more, calls are let go of, and followed
   * anew when it is back. @default 134217728
   */
  readonly maxUnackedBytes?: number;
  /** When it emits, no further call is taken, and those that are followed are given to others. */
  readonly drain$?: Observable<unknown>;
  /** Milliseconds for others to take them; then it hangs up. @default 30000 */
  readonly drainTimeoutMs?: number;
}

/**
 * Follows the calls of a fleet's queue: subscribing starts it. What crosses each call's socket is
 * written to the call's subject, where `brokerTransport` reads it.
 *
 * It completes when it was drained. Unsubscribing hangs up, and gives the jobs back without waiting
 * for who takes them. It errors with a `BrokerUnfitError` when the queue is not there at first, or
 * when the connection to the broker is closed; that the broker is away is no error.
 *
 * @throws TypeError for an option that cannot be
 * @example
 * import { webSocketTransport } from '@livecall/core/node';
 * import { fleetWorker, openTokens } from '@livecall/fleet';
 * import type { NatsConnection } from '@nats-io/transport-node';
 *
 * export const work = (connection: NatsConnection, privateKey: string, accessToken: string) =>
 *   fleetWorker({
 *     connection,
 *     dial: ({ callId, sealed = '' }, secrets) => {
 *       const { conversationToken } = openTokens(sealed, callId, privateKey);
 *       secrets.add(conversationToken);
 *       secrets.add(accessToken);
 *       const url = 'wss://calls.example/ws/v1/liveCalls';
 *       return webSocketTransport({ url, accessToken, conversationToken });
 *     },
 *   });
 */
export function fleetWorker({
  connection,
  dial,
  slots = 100,
  name = `${hostname()}-${process.pid}`,
  call: callOptions = {},
  maxUnackedBytes = 128 * 2 ** 20,
  drain$,
  drainTimeoutMs = 30_000,
  ...fleet
}: FleetWorkerOptions): Observable<WorkerNews> {
  const names = toFleetNames(fleet);
  if (!(Number.isSafeInteger(slots) && slots > 0)) {
    throw new TypeError(`slots must be a whole number above 0, not ${slots}.`);
  }
  assertWhole({ maxUnackedBytes }, 1);
  assertDurationMs({ drainTimeoutMs });
  // Without one, every job of the queue would end as one that cannot be followed.
  const dials: unknown = dial;
  assertFunctions({ dial: dials ?? null });
  assertCallOptions(callOptions);

  return new Observable((subscriber) => {
    const link = brokerLink(connection);
    const id = nuid.next();
    const calls = new Map<string, FollowedCall>();
    const share = createCallShare();
    const troubles = createTroubles((what, why) => {
      if (why === undefined) subscriber.next({ kind: 'recovered', what });
      else subscriber.next({ kind: 'trouble', what, why });
    });
    const outbox = brokerOutbox(connection, troubles.source('calls'));
    let isDraining = false;
    let requests: JobRequests | undefined;
    /** A renewal that was sent before the connection was lost proves nothing. */
    let epoch = 0;

    const take = (delivery: JobDelivery, askedAt: Moment, { manager, ackWaitMs }: Queue) => {
      const { subject, data, jobNumber } = delivery;
      const callId = subject.slice(subject.lastIndexOf('.') + 1);
      if (!isCallId(callId)) {
        delivery.drop();
        subscriber.next({ kind: 'dropped', why: 'its subject ends in what is no call id' });
        return;
      }
      const known = calls.get(callId);
      if (known?.jobNumber === jobNumber) {
        known.adopt(delivery, askedAt);
        return;
      }
      known?.supersede();
      if (calls.size >= slots) {
        delivery.giveBack();
        return;
      }
      const read = readJob(data, subject);
      const followed = followJob({
        connection,
        manager,
        names,
        outbox,
        worker: name,
        job: E.isRight(read) ? read.right : { callId },
        delivery,
        askedAt,
        ackWaitMs,
        maxUnackedBytes,
        dial: E.isRight(read)
          ? dial
          : () => {
              throw new Error(read.left);
            },
        callOptions,
        onTrouble: troubles.source('calls'),
        onClaimed: (run) => {
          const hello = toHelloText({ run, calls: calls.size });
          connection.publish(names.runSubject(callId), hello);
          subscriber.next({ kind: 'taken', callId, run });
        },
        onOver: (outcome, why) => {
          if (calls.get(callId) === followed) calls.delete(callId);
          subscriber.next({
            kind: 'over',
            callId,
            outcome,
            ...(why !== undefined && { why }),
          });
          requests?.look();
        },
      });
      calls.set(callId, followed);
    };

    const renew = async () => {
      const sentAt = now();
      const sentIn = epoch;
      const renewed = [...calls.values()].filter((followed) => followed.renew(sentAt));
      for (const followed of calls.values()) followed.verify();
      if (renewed.length === 0) return;
      await connection.flush();
      if (epoch !== sentIn) return;
      for (const followed of renewed) followed.renewed(sentAt);
    };

    const work = async () => {
      const queue = await openQueue(connection, names);
      if (subscriber.closed) return;
      subscriber.add(
        asyncScheduler.schedule(function (this) {
          void renew().catch(() => undefined);
          this.schedule(undefined, queue.ackWaitMs / RENEWALS);
        }, queue.ackWaitMs / RENEWALS),
      );
      requests = askForJobs({
        connection,
        subject: names.nextSubject,
        room: () => slots - calls.size,
        pauseMs: () => share.pauseMs(calls.size),
        onJob: (delivery, askedAt) => {
          take(delivery, askedAt, queue);
        },
        onTrouble: troubles.source('queue'),
      });
      if (isDraining) void requests.stop();
      subscriber.next({ kind: 'ready' });
    };

    const drain = async () => {
      if (isDraining) return;
      isDraining = true;
      // What is still given to this worker is given back.
      const asked = requests?.stop();
      await drainCalls({ calls, outbox, link, timeoutMs: drainTimeoutMs });
      await asked;
      // A broker that is away, or goes away meanwhile, hears it no more.
      if (link.isUp()) await connection.flush().catch(() => undefined);
      subscriber.complete();
    };

    const hellos = connection.subscribe(names.runSubject('*'), {
      callback: (error, message) => {
        if (error !== null) return;
        const callId = message.subject.slice(message.subject.lastIndexOf('.') + 1);
        const hello = parseHello(message.string());
        if (hello === undefined) return;
        const followed = calls.get(callId);
        const own = followed?.run();
        if (own !== undefined && compareRuns(own, hello.run) === 0) return;
        share.hear(hello.calls);
        followed?.hear(hello.run);
      },
    });
    const questions = connection.subscribe(names.workersSubject, {
      callback: (error, message) => {
        if (error !== null) return;
        const report = { id, name, slots, calls, outbox, troubles: troubles.now() };
        for (const part of toReports(report, connection.info?.max_payload)) message.respond(part);
      },
    });
    subscriber.add(() => {
      // First: what is given back would be asked for by this worker, which has room now.
      void requests?.stop();
      for (const followed of [...calls.values()]) followed.letGo();
      outbox.close();
      if (connection.isClosed()) return;
      hellos.unsubscribe();
      questions.unsubscribe();
    });
    const tellServer = troubles.source('server');
    let serverTrouble: string | undefined;
    subscriber.add(
      link.news$.subscribe((news) => {
        if (news === 'away') {
          epoch += 1;
          tellServer((serverTrouble ??= AWAY));
        } else if (news === 'back') {
          tellServer((serverTrouble = undefined));
          // Before any job can be taken: those that wait may be our own, delivered anew.
          for (const followed of calls.values()) followed.doubt();
        } else subscriber.error(toClosed(link.whyClosed()));
      }),
    );
    subscriber.add(
      link.denials$.subscribe((denial) => {
        // The first says enough: each call has subjects of its own.
        if (serverTrouble !== undefined && serverTrouble !== AWAY) return;
        tellServer((serverTrouble = `it denies what a worker needs (${denial})`));
      }),
    );
    if (drain$ !== undefined) subscriber.add(drain$.subscribe(() => void drain()));
    work().catch((error: unknown) => {
      subscriber.error(toError(error));
    });
  });
}

/** How often, in the time that a lease has, those are looked for that are to be renewed. */
const RENEWALS = 15;

const AWAY = 'the connection to it is lost';

function toClosed(why: string | undefined): BrokerUnfitError {
  const reason = why === undefined ? '' : `: ${why}`;
  return new BrokerUnfitError(`The connection to the NATS server was closed for good${reason}.`);
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
