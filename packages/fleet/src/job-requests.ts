import { patience } from '@livecall/core';
import { nanos } from '@nats-io/transport-node';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { Subscription, timer } from 'rxjs';

import { brokerLink } from './broker-link.js';
import { toJobDelivery } from './job-delivery.js';
import type { JobDelivery } from './job-delivery.js';
import { now } from './moment.js';
import type { Moment } from './moment.js';
import { ownInbox } from './own-inbox.js';

/** Whose jobs are asked for, and for how many there is room. */
export interface JobRequestsOptions {
  readonly connection: NatsConnection;
  /** Where a job is asked for. */
  readonly subject: string;
  /** How many more jobs there is room for; what is asked for already is not counted here. */
  room(): number;
  /** Milliseconds before the next one is asked for, when one was given. */
  pauseMs(): number;
  /** A job, and when it was asked for, which is before it was given. There may be no room any more. */
  onJob(job: JobDelivery, askedAt: Moment): void;
  /** The queue does not answer, or says why it gives nothing; `undefined` when it does again. */
  onTrouble(why: string | undefined): void;
}

/** The requests for jobs that a worker has open. */
export interface JobRequests {
  /** Looks anew whether there is room. */
  look(): void;
  /**
   * Asks no further. What is still given is given back at once; resolves when nothing more can come.
   */
  stop(): Promise<void>;
}

/**
 * So many requests are open side by side, each for one job: of what is asked for together, a server
 * of 2.9 gives all to who asked first.
 */
const ASKERS = 4;
/** No longer, since the lease of a job counts from when it was asked for. */
const ASK_FOR_MS = 1_000;
/** The server says so itself when a request has run out. */
const NO_ANSWER_MS = 3_000;
const TRY_AGAIN_MS = 500;
const REQUEST_RAN_OUT = 408;

/**
 * Asks a work queue for jobs, for as long as there is room.
 *
 * Each asker keeps one inbox for all that it asks, and a request is over when the server says so, by
 * a job or by a status, never by a timer of ours: a job that is given as its request runs out would
 * go to nobody, and be missing until its lease is over.
 */
export function askForJobs({
  connection,
  subject,
  room,
  pauseMs,
  onJob,
  onTrouble,
}: JobRequestsOptions): JobRequests {
  const link = brokerLink(connection);
  const life = new Subscription();
  const request = JSON.stringify({ batch: 1, expires: nanos(ASK_FOR_MS) });
  let open = 0;
  let isStopped = false;
  let onQuiet: () => void = () => undefined;
  const quiet = new Promise<void>((resolve) => {
    onQuiet = resolve;
  });

  const settle = () => {
    if (!isStopped || open > 0) return;
    life.unsubscribe();
    onQuiet();
  };

  let told: string | undefined;
  /** All askers meet the same trouble. */
  const tell = (why: string | undefined) => {
    if (why === told) return;
    told = why;
    onTrouble(why);
  };

  const createAsker = () => {
    const inbox = ownInbox(connection);
    let isAsking = false;
    /** Before which nothing was given for what is open. */
    let since = now();
    let again: Subscription | undefined;
    let watch: Subscription | undefined;

    const send = () => {
      connection.publish(subject, request, { reply: inbox });
      watch?.unsubscribe();
      watch = patience(NO_ANSWER_MS).subscribe(miss);
    };
    const ask = () => {
      if (isStopped || isAsking || again !== undefined) return;
      if (!link.isUp() || room() - open <= 0) return;
      isAsking = true;
      open += 1;
      since = now();
      send();
    };
    const over = () => {
      if (!isAsking) return;
      isAsking = false;
      open -= 1;
      watch?.unsubscribe();
    };
    const miss = () => {
      if (isStopped) {
        over();
        settle();
        return;
      }
      tell(`JetStream has not answered for ${NO_ANSWER_MS / 1_000} s; see its disk and its log`);
      // It may still answer the first, too: so `since` stays as it is.
      send();
    };
    const askLater = (ms: number) => {
      again ??= timer(ms).subscribe(() => {
        again = undefined;
        ask();
      });
    };

    const hear = (error: Error | null, message: Msg) => {
      if (error !== null) {
        tell(error.message);
        return;
      }
      const askedAt = since;
      over();
      if (message.subject === inbox) {
        const { code = 0, description = '' } = message.headers ?? {};
        if (code !== REQUEST_RAN_OUT) {
          tell(toWords(code, description));
          askLater(TRY_AGAIN_MS);
        } else tell(undefined);
      } else {
        tell(undefined);
        const job = toJobDelivery(connection, message);
        if (isStopped) job?.giveBack();
        else if (job !== undefined) onJob(job, askedAt);
        askLater(pauseMs());
      }
      ask();
      settle();
    };

    const subscription = connection.subscribe(inbox, { callback: hear });
    life.add(() => {
      watch?.unsubscribe();
      again?.unsubscribe();
      if (!connection.isClosed()) subscription.unsubscribe();
    });
    return {
      ask,
      /** The server forgets what was asked over a connection that is lost. */
      forget: () => {
        over();
        settle();
      },
    };
  };

  const askers = Array.from({ length: ASKERS }, createAsker);
  const look = () => {
    for (const { ask } of askers) ask();
  };
  life.add(
    link.news$.subscribe((news) => {
      if (news === 'back') look();
      else for (const { forget } of askers) forget();
    }),
  );
  look();

  return {
    look,
    stop: () => {
      isStopped = true;
      settle();
      return quiet;
    },
  };
}

function toWords(code: number, description: string): string {
  return code === 503
    ? 'JetStream does not answer: nobody has the queue now'
    : `JetStream gives no jobs: ${description || 'no reason given'} (${code})`;
}
