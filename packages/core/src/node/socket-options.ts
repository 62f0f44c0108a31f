import type { Agent } from 'node:http';
import type { SecureContextOptions } from 'node:tls';

/** How a socket is made, and what it takes. */
export interface SocketOptions {
  /**
   * Makes the connection: through an HTTP proxy, with a client certificate. For `wss:` an
   * `https.Agent`, or a proxy's, such as `https-proxy-agent` has.
   */
  readonly agent?: Agent;
  /**
   * Certificate authorities to trust instead of Node's own, as in `tls.createSecureContext`. Connections
   * that trust the same share what it makes of them, as they were at the first dial.
   */
  readonly ca?: NonNullable<SecureContextOptions['ca']>;
  /** The longest message accepted, in bytes; a longer one ends the connection. @default 1048576 */
  readonly maxPayloadBytes?: number;
  /**
   * Whether to offer permessage-deflate: smaller frames for 30 times the work, for a line on which
   * bytes are what is scarce. @default false
   */
  readonly compression?: boolean;
  /** Milliseconds the server has to answer our close before the socket is cut. @default 2000 */
  readonly closeTimeoutMs?: number;
}
