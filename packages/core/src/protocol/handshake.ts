import type { Either } from 'fp-ts/lib/Either.js';

import { left, right } from '../either.js';

/*
 * What a client dials with, from its end and from the server's: the path, the names of the query and
 * of the headers stand here alone.
 */

/** The endpoint's path. @see PROTOCOL.md#handshake */
export const LIVE_CALLS_PATH = '/ws/v1/liveCalls';

/** What the parameter and the headers are called that hold the rest. */
export const HANDSHAKE_NAMES = {
  conversationToken: 'conversationToken',
  productVersion: 'x-hiya-product-version',
  userId: 'x-hiya-account-user-id',
} as const;

/** What a client dials with. It holds live credentials: do not log it. */
export interface CallRequest {
  /** From `?conversationToken=…`. */
  readonly conversationToken: string;
  /** From `Authorization: Bearer …`. */
  readonly accessToken: string;
  /** From `x-hiya-product-version`. */
  readonly productVersion: string | undefined;
  /** From `x-hiya-account-user-id`. */
  readonly userId: string | undefined;
}

/** Where all that stands in a request. */
export interface Handshake {
  /** The query, `?conversationToken=…`. */
  readonly search: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Writes the handshake, as a client does. @see PROTOCOL.md#handshake */
export function toHandshake({
  conversationToken,
  accessToken,
  productVersion,
  userId,
}: CallRequest): Handshake {
  const query = new URLSearchParams({ [HANDSHAKE_NAMES.conversationToken]: conversationToken });
  return {
    search: `?${query.toString()}`,
    headers: {
      Authorization: `Bearer ${accessToken}`,
      ...(productVersion !== undefined && { [HANDSHAKE_NAMES.productVersion]: productVersion }),
      ...(userId !== undefined && { [HANDSHAKE_NAMES.userId]: userId }),
    },
  };
}

/** What of a handshake is not as published; nothing in it is a value of the client's. */
export interface HandshakeFault {
  /** What it is answered. */
  readonly status: 400 | 401;
  /** What a handshake has there. */
  readonly expected: string;
  /** What this one has. */
  readonly actual: string;
}

/**
 * Reads the handshake, as a server does; values are not looked at.
 *
 * @param headerOf gives the value of a header, by its name in small letters
 * @see PROTOCOL.md#handshake
 */
export function readHandshake(
  query: URLSearchParams,
  headerOf: (name: string) => string | undefined,
): Either<HandshakeFault, CallRequest> {
  const authorization = headerOf('authorization');
  const accessToken = readBearer(authorization ?? '');
  if (accessToken === undefined) {
    const actual = authorization === undefined ? 'no Authorization' : 'another Authorization';
    return left({ status: 401, expected: 'Authorization: Bearer and a token', actual });
  }
  const conversationToken = query.get(HANDSHAKE_NAMES.conversationToken) ?? '';
  if (conversationToken === '') {
    return left({
      status: 400,
      expected: `a ${HANDSHAKE_NAMES.conversationToken}`,
      actual: 'none',
    });
  }
  return right({
    conversationToken,
    accessToken,
    productVersion: headerOf(HANDSHAKE_NAMES.productVersion),
    userId: headerOf(HANDSHAKE_NAMES.userId),
  });
}

/** The token of an `Authorization`; nothing where it is of another scheme. @see RFC 6750 §2.1 */
function readBearer(authorization: string): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1];
}
