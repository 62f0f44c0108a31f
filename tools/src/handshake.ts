import type { IncomingMessage } from 'node:http';

import * as E from 'fp-ts/lib/Either.js';

import type { Divergence } from './replay/divergence.js';

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
}

/** Reads what a client dialled with; a divergence where it is not as published. */
export function toRequest(
  { url = '', headers }: IncomingMessage,
  allowedOrigins: readonly string[],
): E.Either<{ readonly status: number; readonly divergence: Divergence }, ServeRequest> {
  const fail = (status: number, expected: string, actual: string) =>
    E.left({
      status,
      divergence: { kind: 'handshake', at: 'handshake', expected, actual } as const,
    });

  const { origin, authorization } = headers;
  if (origin !== undefined && !allowedOrigins.includes(origin)) {
    return fail(403, 'no Origin, or one of allowedOrigins', 'another Origin');
  }
  const target = URL.canParse(url, 'ws://localhost') ? new URL(url, 'ws://localhost') : undefined;
  if (target?.pathname !== LIVE_CALLS_PATH) {
    return fail(404, `the path ${LIVE_CALLS_PATH}`, 'another path');
  }
  const accessToken = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (accessToken === undefined) {
    const actual = authorization === undefined ? 'no Authorization' : 'another Authorization';
    return fail(401, 'Authorization: Bearer and a token', actual);
  }
  const conversationToken = target.searchParams.get('conversationToken') ?? '';
  if (conversationToken === '') return fail(400, 'a conversationToken', 'none');
  return E.right({
    conversationToken,
    accessToken,
    productVersion: toSingle(headers['x-hiya-product-version']),
    userId: toSingle(headers['x-hiya-account-user-id']),
  });
}

function toSingle(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
