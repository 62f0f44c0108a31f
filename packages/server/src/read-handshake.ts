import type { IncomingMessage } from 'node:http';

import * as E from 'fp-ts/lib/Either.js';

import type { Answer } from './answer.js';
import type { DialledClient } from './dialled-client.js';
import { findHandshakeProblem } from './web-socket-handshake.js';

/** The endpoint's path. @see PROTOCOL.md#handshake */
export const LIVE_CALLS_PATH = '/ws/v1/liveCalls';

/** What a client dialled with. It holds live credentials: do not log it. */
export interface ServeRequest {
  /** From `?conversationToken=…`. */
  readonly conversationToken: string;
  /** From `Authorization: Bearer …`. */
  readonly accessToken: string;
  /** From `x-hiya-product-version`. */
  readonly productVersion: string | undefined;
  /** From `x-hiya-account-user-id`. */
  readonly userId: string | undefined;
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
export function readHandshake(
  request: IncomingMessage,
  origins: ReadonlySet<string>,
  client: DialledClient,
): E.Either<Refusal, ServeRequest> {
  const { url = '', headers } = request;
  const fail = (answer: Answer, expected: string, actual: string) =>
    E.left({ answer, refused: { status: answer.status, expected, actual } });

  const { origin, authorization } = headers;
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
  const accessToken = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (accessToken === undefined) {
    const actual = authorization === undefined ? 'no Authorization' : 'another Authorization';
    const unauthorized = { status: 401, headers: [['WWW-Authenticate', 'Bearer']] } as const;
    return fail(unauthorized, 'Authorization: Bearer and a token', actual);
  }
  const conversationToken = target.searchParams.get('conversationToken') ?? '';
  if (conversationToken === '') return fail({ status: 400 }, 'a conversationToken', 'none');
  const published = {
    conversationToken,
    accessToken,
    productVersion: toSingle(headers['x-hiya-product-version']),
    userId: toSingle(headers['x-hiya-account-user-id']),
  };
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
