import { HandshakeRefusedError } from '@livecall/core';
import type { Transport } from '@livecall/core';
import { isUsableToken } from '@livecall/core/internal';
import type { ServeRequest } from '@livecall/server';

import { dialPlatform } from './dial-platform.js';
import { findCredentials } from './find-credentials.js';
import type { Way } from './find-way.js';

/** Where what an app dials with is passed on to. */
export interface PassOnOptions {
  /** The platform's endpoint. */
  readonly url: string;
  /** How it is reached. */
  readonly way: Way;
  /** The port at which the app dialled. */
  readonly ownPort: number;
}

/** Dials the platform with what the app dialled with, and nothing of the proxy's. */
export function passOn(request: ServeRequest, { url, way, ownPort }: PassOnOptions): Transport {
  const { accessToken, conversationToken, target, rawHeaders, client } = request;
  // What cannot be sent on is no token; the platform would answer as much.
  if (!isUsableToken(conversationToken)) throw new HandshakeRefusedError(400);
  const query = target.indexOf('?');
  return dialPlatform(
    {
      url,
      accessToken: isUsableToken(accessToken) ? accessToken : 'passed-on-as-it-came',
      conversationToken,
      ...way.options,
    },
    {
      rawHeaders: toPlatformOrigin(rawHeaders, url, ownPort),
      search: query === -1 ? '' : target.slice(query),
      secrets: findCredentials(request),
      onAnswer: client.answerWith,
    },
  );
}

/** A client that sends the origin of whom it dials would have sent the platform's. */
function toPlatformOrigin(
  rawHeaders: readonly string[],
  url: string,
  ownPort: number,
): readonly string[] {
  return rawHeaders.map((value, index) =>
    index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'origin' && isOwn(value, ownPort)
      ? new URL(url.replace(/^ws/, 'http')).origin
      : value,
  );
}

/** Whether an origin that was let in is the proxy's own: no other names its port on this machine. */
function isOwn(origin: string, ownPort: number): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname, port } = new URL(origin);
  return (
    protocol === 'http:' &&
    /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname) &&
    Number(port || 80) === ownPort
  );
}
