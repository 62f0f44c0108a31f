import type { Token, Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import type { WebSocketTransportOptions } from '@livecall/core/node';

import { createTokenNotes } from './token-notes.js';

/** A call that a page may follow, and what the platform wants to know for it. */
export interface RelayedCall {
  /**
   * Who follows it, by the app's own id: a page comes back only to what it followed as this user.
   */
  readonly user: string;
  /** Which call, by the app's own id: the pages of a user that follow it share a connection. */
  readonly call: string;
  /** As of `webSocketTransport`; neither of the two leaves the relay. */
  readonly accessToken: Token;
  readonly conversationToken: Token;
  readonly productVersion?: string;
  /** As of `webSocketTransport`: the user by the platform's id. */
  readonly userId?: string;
}

/** What `webSocketTransport` is told besides what a {@link RelayedCall} has. */
export type DialOptions = Omit<WebSocketTransportOptions, 'url' | keyof RelayedCall>;

/** The way to the platform for one call, and what must not come back by it. */
export interface Dialled {
  readonly transport: Transport;
  readonly forms: () => readonly string[];
}

/** Dials the platform at a URL for one call after the other, and notes the tokens of each. */
export function dialPlatform(url: string, dial: DialOptions = {}): (call: RelayedCall) => Dialled {
  // What cannot be is told now.
  void webSocketTransport({ ...dial, url, accessToken: 'later', conversationToken: 'later' });
  const noteToken = createTokenNotes();
  return ({ accessToken, conversationToken, productVersion, userId }) => {
    const access = noteToken(accessToken);
    const conversation = noteToken(conversationToken);
    const transport = webSocketTransport({
      ...dial,
      ...{ url, accessToken: access.token, conversationToken: conversation.token },
      ...(productVersion !== undefined && { productVersion }),
      ...(userId !== undefined && { userId }),
    });
    return { transport, forms: () => [...access.forms(), ...conversation.forms()] };
  };
}
