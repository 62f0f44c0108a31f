import type { NatsConnection } from '@nats-io/transport-node';

import type { JobDelivery } from './job-delivery.js';
import { createLease } from './lease.js';
import type { Moment } from './moment.js';

/** A job that a worker holds: what the queue gave, for how long it is certain, and that it goes back. */
export interface HeldJob {
  /** The number of its last delivery, as `JobDelivery` has it. */
  delivered(): number;
  /** Whether it is certainly nobody else's. */
  isOurs(): boolean;
  /** Renews it at `at`, where it is ours and not given back, and a third of its lease is over. */
  renew(at: Moment): boolean;
  /** The broker has heard that. */
  renewed(sentAt: Moment): void;
  /** Nothing is certain any more. */
  doubt(): void;
  /**
   * At `askedAt` nobody else had begun with it: renews it, or gives it back where that was to be.
   */
  confirm(askedAt: Moment): Promise<void>;
  /** It was delivered to this worker again. */
  adopt(delivery: JobDelivery, askedAt: Moment): void;
  /**
   * Gives it back, and renews it no more; whether it was given back now. One that is in doubt is
   * given back when it is confirmed.
   */
  handOver(): boolean;
  /** Gives it back at once, where it was not. */
  giveBack(): void;
  isGivenBack(): boolean;
  /** Takes it out of the queue, as one that is done; whether that is certain. */
  acknowledge(): Promise<boolean>;
}

const ACKNOWLEDGE_MS = 2_000;

/** Holds a job that was asked for at `askedAt`. */
export function holdJob(
  connection: NatsConnection,
  { ackWaitMs, askedAt, ...given }: HoldJobOptions,
): HeldJob {
  let { delivery } = given;
  const lease = createLease(ackWaitMs, askedAt);
  // Not all in one moment, whenever they were taken.
  let renewedAt = askedAt.monotonic - (Math.random() * ackWaitMs) / 3;
  let isHandingOver = false;
  let isGivenBack = false;

  return {
    delivered: () => delivery.nth,
    isOurs: lease.isValid,
    renew: (at) => {
      if (isHandingOver || !lease.isValid()) return false;
      if (at.monotonic - renewedAt < ackWaitMs / 3) return false;
      renewedAt = at.monotonic;
      delivery.working();
      return true;
    },
    renewed: (sentAt) => {
      if (!isHandingOver) lease.extend(sentAt);
    },
    doubt: lease.lapse,
    confirm: async (sentAt) => {
      if (!isHandingOver) {
        delivery.working();
        await connection.flush();
      } else if (!isGivenBack) {
        isGivenBack = true;
        delivery.giveBack();
      }
      lease.extend(sentAt);
    },
    adopt: (again, at) => {
      delivery = again;
      isHandingOver = false;
      isGivenBack = false;
      lease.extend(at);
    },
    handOver: () => {
      isHandingOver = true;
      if (isGivenBack || !lease.isValid() || connection.isClosed()) return false;
      isGivenBack = true;
      delivery.giveBack();
      // Whoever takes it now ends this run in the server itself.
      lease.lapse();
      return true;
    },
    giveBack: () => {
      if (!isGivenBack && !connection.isClosed()) delivery.giveBack();
    },
    isGivenBack: () => isGivenBack,
    acknowledge: async () => lease.isValid() && (await delivery.acknowledge(ACKNOWLEDGE_MS)),
  };
}

/** The job as it was delivered, when it was asked for, and how long it is ours from then. */
export interface HoldJobOptions {
  readonly delivery: JobDelivery;
  readonly askedAt: Moment;
  readonly ackWaitMs: number;
}
