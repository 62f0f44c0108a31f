import type { Transport } from '@livecall/core';
import { relayTransport } from '@livecall/core/browser';
import { nodeWebSocket } from '@livecall/core/node';
import type { SocketOptions } from '@livecall/core/node';

import { exitCodes, ExitError } from './exit-error.js';
import type { GivenTokens } from './take-tokens.js';
import { findToken } from './token-source.js';

/** How an app's relay is dialled. */
export interface DialRelayOptions {
  /** Milliseconds to be let in, or refused. */
  readonly timeout: number;
  readonly cookieFile?: string;
  readonly socket?: SocketOptions;
  readonly given: GivenTokens;
  /** Hears what must not be written down. */
  readonly onSecret: (secret: string) => void;
}

/** Follows a call as a page of the app does: with its login, and on the connection that its pages share. */
export function dialRelay(
  url: string,
  { timeout, cookieFile, socket, given, onSecret }: DialRelayOptions,
): Transport {
  const hasCookie = cookieFile !== undefined || given['LIVECALL_COOKIE'] !== undefined;
  const cookie = hasCookie ? findCookie(cookieFile, given, onSecret) : undefined;
  if (cookie !== undefined && isInTheClear(url)) {
    throw new ExitError(
      exitCodes.usage,
      '--url: it must start with https: or wss:, or the cookie crosses the network in the clear.',
    );
  }
  const webSocket = nodeWebSocket({
    ...(cookie !== undefined && { cookie }),
    ...socket,
  });
  try {
    return relayTransport({ url, webSocket, handshakeTimeoutMs: timeout });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ExitError(exitCodes.usage, `--url: ${error.message}`);
  }
}

function isInTheClear(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return /^(http|ws):$/.test(protocol) && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}

function findCookie(
  path: string | undefined,
  given: GivenTokens,
  onSecret: (secret: string) => void,
): string | (() => string) {
  return findToken(
    {
      ...{ name: 'cookie', variable: 'LIVECALL_COOKIE', flag: '--cookie-file', path, given },
      isUsable: (text) => /^[\x20-\x7e]+$/.test(text),
    },
    (cookie) => {
      onSecret(cookie);
      for (const pair of cookie.split(';')) onSecret(pair.slice(pair.indexOf('=') + 1).trim());
    },
  ) as string | (() => string);
}
