import type { IncomingMessage } from 'node:http';

import { LIVE_CALLS_PATH } from '@livecall/core';
import type { CallRequest } from '@livecall/core';
import { readHandshake } from '@livecall/core/internal';
import * as E from 'fp-ts/lib/Either.js';

import { CHALLENGE } from './answer.js';
import type { Answer } from './answer.js';
import type { DialledClient } from './dialled-client.js';
import { findHandshakeProblem } from './web-socket-handshake.js';

/** What a client dialled with. It holds live credentials: do not log it. */
export interface ServeRequest extends CallRequest {
  /** The path and the query as they came; not enumerable, as what follows. */
  readonly target: string;
  /** All headers as they came, names and values in turn. */
  readonly rawHeaders: readonly string[];
  /** The client itself. */
  readonly client: DialledClient;
}

/** A handshake that is not as published; nothing in it is a value of the client's. */
export interface RefusedHandshake {
  /** What it is answered; 403 for an Origin that may not dial. */
  readonly status: number;
  /** What a handshake has there. */
  readonly expected: string;
  /** What this one has. */
  readonly actual: string;
}

/** How a handshake is refused. */
export interface Refusal {
  readonly answer: Answer;
  readonly refused: RefusedHandshake;
}

/** Whether a request that asks for no upgrade has what only a dial has. */
export function isDial({ url = '', headers }: IncomingMessage): boolean {
  return url.startsWith(`${LIVE_CALLS_PATH}?`) && headers.authorization !== undefined;
}

/** Reads what a client dialled with, where it is as published. */
export function readRequest(
  request: IncomingMessage,
  origins: ReadonlySet<string>,
  client: DialledClient,
): E.Either<Refusal, ServeRequest> {
  const { url = '', headers } = request;
  const fail = (answer: Answer, expected: string, actual: string) =>
    E.left({ answer, refused: { status: answer.status, expected, actual } });

  const { origin } = headers;
  // No browser sends the / that Go's x/net/websocket puts behind an origin.
  if (origin !== undefined && !origins.has(origin.replace(/\/$/, ''))) {
    const expected = 'no Origin, or one of allowedOrigins';
    return fail({ status: 403 }, expected, LOCAL_ORIGIN.test(origin) ? origin : 'another Origin');
  }
  const target = URL.canParse(url, 'ws://localhost') ? new URL(url, 'ws://localhost') : undefined;
  if (target?.pathname !== LIVE_CALLS_PATH) {
    return fail({ status: 404 }, `the path ${LIVE_CALLS_PATH}`, 'another path');
  }
  const problem = findHandshakeProblem(request);
  if (problem !== undefined) return fail(problem.answer, problem.expected, problem.actual);
  const read = readHandshake(target.searchParams, (name) => toSingle(headers[name]));
  if (E.isLeft(read)) {
    const { status, expected, actual } = read.left;
    return fail({ status, headers: status === 401 ? [CHALLENGE] : [] }, expected, actual);
  }
  const published = { ...read.right };
  const asCame = { target: url, rawHeaders: request.rawHeaders, client };
  for (const [field, value] of Object.entries(asCame)) {
    Object.defineProperty(published, field, { value, enumerable: false });
  }
  return E.right(published as typeof published & typeof asCame);
}

/** Those that hold nothing but a port; what else stands in an origin may be anything. */
const LOCAL_ORIGIN = /^(null|https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?)$/;

function toSingle(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
