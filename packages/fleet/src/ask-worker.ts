import { fromPlainError, NotOpenError, SendFailedError, toPlainError } from '@livecall/core';
import type { Frame, LiveCallError } from '@livecall/core';
import { headers, RequestError } from '@nats-io/transport-node';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import * as t from 'io-ts';

import { brokerLink } from './broker-link.js';
import { parseLine } from './parse-line.js';

/*
 * What is asked of the worker that follows a call: request and reply on a subject of the run's own,
 * which no stream has. An answer comes from the worker itself, and where there is none, that there
 * is nobody is said at once.
 */

/** The header that says on which connection of the run a frame is to be sent. */
const CONNECTION = 'Livecall-Connection';
/** The header of a frame that is bytes. */
const BINARY = 'Livecall-Binary';

/** Longer than a command waits for its ack: what is known of it then says more. */
const ANSWER_TIMEOUT_MS = 10_000;

const Answer = t.union([t.type({ sent: t.literal(true) }), t.type({ error: t.UnknownRecord })]);
type Answer = t.TypeOf<typeof Answer>;
const Alive = t.type({ published: t.number });

/** A frame that a reader wants sent. */
export interface FrameRequest {
  readonly connection: NatsConnection;
  readonly subject: string;
  /** Which connection of the run it was meant for. */
  readonly nth: number;
}

/**
 * Has the worker send a frame on the connection that the reader hears.
 *
 * @throws NotOpenError when it was certainly not sent; with anything else it is not known
 */
export async function askToSend(
  { connection, subject, nth }: FrameRequest,
  frame: Frame,
): Promise<void> {
  // What is published while the broker is away is dropped: this is known not to have gone.
  if (!brokerLink(connection).isUp()) throw new NotOpenError();
  const asked = headers();
  asked.set(CONNECTION, String(nth));
  if (typeof frame !== 'string') asked.set(BINARY, '1');
  let reply: Msg;
  try {
    reply = await connection.request(subject, frame, {
      timeout: ANSWER_TIMEOUT_MS,
      headers: asked,
    });
  } catch (error) {
    if (error instanceof RequestError && error.isNoResponders()) throw new NotOpenError();
    throw error;
  }
  const answer = parseLine(reply.string());
  if (!Answer.is(answer)) throw new SendFailedError('The command', 'unknown', STRANGER);
  if ('error' in answer) throw fromPlainError(answer.error);
}

/** JetStream itself, where a stream has the commands' subject. */
const STRANGER =
  'somebody else has answered in the worker’s place; no stream, and nobody but workers, may have the subjects of commands';

/** Whether anybody has this run; `undefined` when there was no answer in time. */
export async function askWhetherAlive(
  connection: NatsConnection,
  subject: string,
  timeoutMs: number,
): Promise<{ readonly published: number } | 'nobody' | undefined> {
  try {
    const reply = await connection.request(subject, '', { timeout: timeoutMs });
    const answer = parseLine(reply.string());
    return Alive.is(answer) ? answer : undefined;
  } catch (error) {
    return error instanceof RequestError && error.isNoResponders() ? 'nobody' : undefined;
  }
}

/** What a worker does with what it is asked. */
export interface FrameTaker {
  /** Sends a frame on the n-th connection of the run. @throws NotOpenError when that is not open */
  send(frame: Frame, nth: number): void;
  /** How many lines of the call were published. */
  published(): number;
}

/** Answers one request, on the worker's side; whatever is thrown is told as what it is. */
export function answerRequest(message: Msg, { send, published }: FrameTaker): void {
  if (message.headers?.has(CONNECTION) !== true) {
    message.respond(JSON.stringify({ published: published() }));
    return;
  }
  const nth = Number(message.headers.get(CONNECTION));
  const frame = message.headers.has(BINARY) ? message.data : message.string();
  let answer: Answer = { sent: true };
  try {
    send(frame, nth);
  } catch (error) {
    answer = { error: toPlainError(toCommandError(error)) };
  }
  message.respond(JSON.stringify(answer));
}

function toCommandError(error: unknown): LiveCallError {
  const isKnown = error instanceof Error && '_tag' in error && 'delivery' in error;
  return isKnown
    ? (error as LiveCallError)
    : new SendFailedError('The command', 'unknown', 'the connection', { failure: error });
}
