import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';

import type { ClientOptions } from 'ws';

/** The one that was dialled with last, and what it trusts. */
let shared: { readonly ca: ClientOptions['ca']; readonly context: SecureContext } | undefined;

/**
 * Has dials in a row that trust the same share what they trust it by. By itself Node makes a context
 * for each connection over TLS and keeps it: a quarter of the connection's memory, and a third of its
 * handshake's CPU. An agent's connections are its own matter.
 *
 * @throws what Node throws for authorities that are none
 */
export function shareSecureContext(url: string, options: ClientOptions): ClientOptions {
  const { agent, ca } = options;
  if (!url.startsWith('wss:') || agent !== undefined) return options;
  if (shared === undefined || shared.ca !== ca) {
    shared = { ca, context: createSecureContext({ ...(ca !== undefined && { ca }) }) };
  }
  // `ca` stays, for a runtime that goes by it alone.
  const secure: ClientOptions & { secureContext: SecureContext } = {
    secureContext: shared.context,
    ...options,
  };
  return secure;
}
