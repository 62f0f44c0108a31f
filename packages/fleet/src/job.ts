import { jetstream, JetStreamApiError } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

import { BrokerUnfitError, isTimeout, toBrokerUnfit } from './broker-unfit-error.js';
import { assertCallId, isCallId, toFleetNames } from './fleet-names.js';
import type { FleetOptions } from './fleet-names.js';
import { isWrongLastSequence } from './wrong-last-sequence.js';

/**
 * A call that is to be followed, as it stands in the queue. Tokens stand in it sealed or not at all:
 * whoever may read the queue reads everything else.
 */
export interface Job {
  /** What the call goes by in the fleet: it is part of subjects, and never the conversation token. */
  readonly callId: string;
  /** The endpoint, where the workers have no other. */
  readonly url?: string;
  /** The tokens, for whoever has the workers' key; `sealTokens` makes it. */
  readonly sealed?: string;
  /** The logged-in user, for `x-hiya-account-user-id`. */
  readonly userId?: string;
  /** "major.minor.patch", for `x-hiya-product-version`. */
  readonly productVersion?: string;
  /** Whatever else a worker's `dial` needs to find the tokens: an account's id, for one. */
  readonly data?: unknown;
}

const StoredJob = t.intersection([
  t.type({ job: t.literal(1), callId: t.string }),
  t.partial({
    url: t.string,
    sealed: t.string,
    userId: t.string,
    productVersion: t.string,
    data: t.unknown,
  }),
]);

/** What begins the mark that says why a call is not followed, or not any further. */
export const NOT_FOLLOWED = 'not followed: ';

/** The call is in the queue already, or is being followed. */
export class AlreadyEnqueuedError extends Error {
  readonly _tag = 'AlreadyEnqueuedError';
  override readonly name = 'AlreadyEnqueuedError';
  readonly callId: string;

  constructor(callId: string, cause: unknown) {
    super(
      `The call ${callId} is enqueued or followed already; enqueue it again once it has ended.`,
      {
        cause,
      },
    );
    this.callId = callId;
  }
}

/**
 * Puts a call into the queue; the first worker with a free slot follows it.
 *
 * @throws AlreadyEnqueuedError
 * @throws BrokerUnfitError where JetStream does not answer, and it may be in the queue all the same;
 *   where it refuses it, or the job is longer than a message may be
 * @throws TypeError for a call id that cannot stand in a subject, or a job that holds a token
 * @example
 * import { enqueue } from '@livecall/fleet';
 * import type { NatsConnection } from '@nats-io/transport-node';
 *
 * export const follow = (connection: NatsConnection, callId: string, accountId: string) =>
 *   enqueue(connection, { callId, data: { accountId } });
 */
export async function enqueue(
  connection: NatsConnection,
  job: Job,
  fleet: FleetOptions = {},
): Promise<void> {
  assertCallId(job.callId);
  assertNoToken(job);
  const text = JSON.stringify({ job: 1, ...job });
  assertFits(connection, job.callId, Buffer.byteLength(text));
  const names = toFleetNames(fleet);
  const stream = jetstream(connection, { ...names.jetstream, timeout: 5_000 });
  try {
    await stream.publish(
      names.jobSubject(job.callId),
      text,
      // While it is queued or followed, it stands in the stream.
      { expect: { lastSubjectSequence: 0 }, timeout: 5_000 },
    );
  } catch (error) {
    const isThere = error instanceof JetStreamApiError && isWrongLastSequence(error.code);
    if (isThere) throw new AlreadyEnqueuedError(job.callId, error);
    const problem = isTimeout(error)
      ? `Whether the call ${job.callId} was enqueued is not known (enqueue it again: if it was, that is refused)`
      : `The call ${job.callId} cannot be enqueued`;
    throw toBrokerUnfit(error, problem);
  }
}

/** What goes with it, beside the job. */
const HEADER_BYTES = 256;

function assertFits({ info }: NatsConnection, callId: string, length: number): void {
  const largest = info?.max_payload ?? Infinity;
  if (length + HEADER_BYTES <= largest) return;
  throw new BrokerUnfitError(
    `The call ${callId} cannot be enqueued: its job has ${length} bytes, and the NATS server takes ${largest} in a message; put less into it, or set a larger max_payload.`,
  );
}

/** Reads a job of the queue; a sentence where it is none, which repeats nothing of it. */
export function readJob(data: Uint8Array, subject: string): E.Either<string, Job> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(data));
  } catch {
    return E.left('the job is not JSON');
  }
  const read = StoredJob.decode(json);
  if (E.isLeft(read))
    return E.left('the job is not of version 1, or a field of it has another type');
  const { job, ...rest } = read.right;
  return isCallId(rest.callId) && subject.endsWith(`.${rest.callId}`)
    ? E.right(rest)
    : E.left('the job is for another call than its subject says');
}

const TOKEN_FIELD = /token|secret|password|authorization/i;

/** An honest mistake is caught; what is called `note` may be a token all the same. */
function assertNoToken(job: Job): void {
  const named = [...Object.keys(job), ...fieldsOf(job.data)].find((key) => TOKEN_FIELD.test(key));
  if (named === undefined) return;
  throw new TypeError(
    `A job must not hold a token in the clear (${named}): give it sealed, or let the worker find it.`,
  );
}

function fieldsOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...fieldsOf(inner)]);
}
