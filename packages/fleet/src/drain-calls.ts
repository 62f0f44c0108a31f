import { setTimeout as pause } from 'node:timers/promises';

import type { BrokerLink } from './broker-link.js';
import type { FollowedCall } from './followed-call.js';
import { now } from './moment.js';
import type { Outbox } from './outbox.js';

/** What a worker gives to others, and for how long. */
export interface DrainCallsOptions {
  /** By call id; whatever is over leaves it. */
  readonly calls: ReadonlyMap<string, FollowedCall>;
  readonly outbox: Outbox;
  readonly link: BrokerLink;
  /** Milliseconds for others to take them. */
  readonly timeoutMs: number;
}

/** So long the next call waits for the one before it to be taken. */
const HAND_OVER_MS = 1_000;
const LAST_ACKS_MS = 2_000;
const LOOK_MS = 5;

/**
 * Gives the calls of a worker to others, hangs up where none has taken them in time, and waits for
 * what they have said to be stored.
 */
export async function drainCalls({
  calls,
  outbox,
  link,
  timeoutMs,
}: DrainCallsOptions): Promise<void> {
  const deadline = now().monotonic + timeoutMs;
  const until = async (isDone: () => boolean, end: number) => {
    while (!isDone() && now().monotonic < end) await pause(LOOK_MS);
  };
  // One after the other: the others are not to dial hundreds of calls in one moment.
  for (const followed of [...calls.values()]) {
    followed.handOver();
    const isTaken = () => calls.get(followed.callId) !== followed;
    await until(isTaken, Math.min(deadline, now().monotonic + HAND_OVER_MS));
    if (now().monotonic >= deadline) break;
  }
  for (const followed of calls.values()) followed.handOver();
  await until(() => calls.size === 0, deadline);
  for (const followed of [...calls.values()]) followed.letGo();
  const isStored = () => outbox.unacked() === 0 || !link.isUp();
  await until(isStored, now().monotonic + LAST_ACKS_MS);
}
