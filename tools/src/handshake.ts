import type { IncomingMessage } from 'node:http';

import * as E from 'fp-ts/lib/Either.js';

import type { Answer } from './answer.js';
import type { DialledClient } from './dialled-client.js';
import type { Divergence } from './replay/divergence.js';
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

/** A handshake that is not as published. */
export interface Refused {
  readonly answer: Answer;
  readonly divergence: Divergence;
}

/** Whether a request that asks for no upgrade has what only a dial has. */
export function isDial({ url = '', headers }: IncomingMessage): boolean {
  return url.startsWith(`${LIVE_CALLS_PATH}?`) && headers.authorization !== undefined;
}

/** What a browser's page is told apart by. */
export const OWN_ORIGIN = 'no Origin, or one of allowedOrigins';

/** Reads what a client dialled with; a divergence where it is not as published. */
export function toRequest(
  request: IncomingMessage,
  origins: ReadonlySet<string>,
  client: DialledClient,
): E.Either<Refused, ServeRequest> {
  const { url = '', headers } = request;
  const fail = (answer: Answer, expected: string, actual: string) =>
    E.left({ answer, divergence: toHandshakeDivergence(expected, actual) });

  const { origin, authorization } = headers;
  // No browser sends the / that Go's x/net/websocket puts behind an origin.
  if (origin !== undefined && !origins.has(origin.replace(/\/$/, ''))) {
    return fail({ status: 403 }, OWN_ORIGIN, LOCAL_ORIGIN.test(origin) ? origin : 'another Origin');
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

/** A divergence that is the handshake's; no recording has a line for it. */
export function toHandshakeDivergence(expected: string, actual: string): Divergence {
  return { kind: 'handshake', at: 'handshake', expected, actual };
}

function toSingle(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
