import type { Agent } from 'node:http';

import { asyncScheduler, forkJoin, Observable } from 'rxjs';
import type { Subscription } from 'rxjs';

import { dialRequest } from '../dial-request.js';
import { assertDurationMs } from '../internal/assert-duration-ms.js';
import { patience } from '../patience.js';
import { toHandshake } from '../protocol/handshake.js';
import { releaseTokens } from '../token-run.js';
import { askToken, assertToken } from '../token.js';
import { HandshakeTimeoutError } from '../transport-error.js';
import type { Transport } from '../transport.js';
import { toClientOptions } from './client-options.js';
import { debugLog } from './debug-log.js';
import { toEndpoint } from './endpoint.js';
import { checkHeartbeat } from './heartbeat-options.js';
import { toOfferedProtocols, toPassedHeaders } from './passed-handshake.js';
import type { PassedHandshake } from './passed-handshake.js';
import { WebSocketDial } from './web-socket-dial.js';
import type { WebSocketTransportOptions } from './web-socket-transport-options.js';

/**
 * Dials the live-call endpoint, with a handshake of its own or with one that is passed on.
 *
 * @throws TypeError for an option that cannot be; the message holds no token.
 */
export function dialEndpoint(
  {
    url,
    accessToken,
    conversationToken,
    productVersion,
    userId,
    allowInsecure = false,
    handshakeTimeoutMs = 10_000,
    heartbeat,
    socket,
  }: WebSocketTransportOptions,
  passed?: PassedHandshake,
): Transport {
  assertDurationMs({ handshakeTimeoutMs });
  const heartbeatOptions = checkHeartbeat(heartbeat);
  const clientOptions = toClientOptions(socket);
  const endpoint = toEndpoint(url, allowInsecure);
  assertHeader('productVersion', productVersion);
  assertHeader('userId', userId);
  assertAgent(socket?.agent, endpoint);
  assertToken('accessToken', accessToken);
  assertToken('conversationToken', conversationToken);

  // Not a chain of operators: what has done its part when the connection opens would stay with it.
  // And as little as can be is made ahead: a transport is kept for as long as its call.
  const transport: Transport = new Observable((subscriber) => {
    const request = dialRequest();
    const tokens = [accessToken, conversationToken];
    request.onTokens?.(tokens.filter((token) => typeof token === 'string'));
    let expiry: Subscription | undefined;
    const expect = (waitingFor: HandshakeTimeoutError['waitingFor']) => {
      expiry?.unsubscribe();
      // Patience when it is due: most dials never come to need it.
      const due = asyncScheduler.schedule(() => {
        due.add(
          patience(0).subscribe(() => {
            subscriber.error(new HandshakeTimeoutError(handshakeTimeoutMs, waitingFor));
          }),
        );
      }, handshakeTimeoutMs);
      expiry = due;
      subscriber.add(due);
    };

    const dial = (access: string, conversation: string) => {
      // Whoever gave them may have left.
      if (subscriber.closed) return;
      releaseTokens(tokens, request);
      const secrets = [access, conversation, ...(passed?.secrets ?? [])];
      request.onTokens?.(secrets);
      expect('server');
      const { search, headers } = passed
        ? { search: passed.search, headers: toHeaders(passed) }
        : toHandshake({
            accessToken: access,
            conversationToken: conversation,
            productVersion,
            userId,
          });
      const dialled = new URL(url);
      dialled.search = [dialled.search, search.slice(1)].filter(Boolean).join('&');
      const dialling = new WebSocketDial(subscriber, {
        ...(passed && {
          protocols: toOfferedProtocols(passed.rawHeaders),
          refusalTimeoutMs: handshakeTimeoutMs,
          ...(passed.onAnswer && { onUpgrade: passed.onAnswer }),
        }),
        url: dialled.href,
        // Members after a spread would be a hidden class for each dial.
        clientOptions: { headers, ...clientOptions },
        heartbeatOptions,
        lookNow$: request.lookNow$,
        tokens: secrets,
        onAnswer: () => {
          expiry?.unsubscribe();
          expiry = undefined;
        },
      });
      subscriber.add(dialling);
    };

    // Without operators where there is nothing to wait for: they were a seventh of what a dial allocates.
    if (typeof accessToken === 'string' && typeof conversationToken === 'string') {
      dial(accessToken, conversationToken);
      return;
    }
    const asking = forkJoin([
      askToken('accessToken', accessToken, request),
      askToken('conversationToken', conversationToken, request),
    ]).subscribe({
      next: ([access, conversation]) => {
        dial(access, conversation);
      },
      error: (error: unknown) => {
        subscriber.error(error);
      },
    });
    subscriber.add(asking);
    if (!asking.closed) expect('token');
  });
  return debugLog(transport);
}

/** As Node wants them: a name that stands several times has several values. */
function toHeaders({ rawHeaders }: PassedHandshake): Record<string, string> {
  const fields = new Map<string, readonly [name: string, values: readonly string[]]>();
  for (const [name, value] of toPassedHeaders(rawHeaders)) {
    const [known, values] = fields.get(name.toLowerCase()) ?? [name, []];
    fields.set(name.toLowerCase(), [known, [...values, value]]);
  }
  // What `ws` hands to Node is typed more narrowly than what Node takes.
  return Object.fromEntries(fields.values()) as Record<string, never>;
}

function assertHeader(name: string, value: string | undefined): void {
  if (value === undefined || /^[\x20-\x7e]+$/.test(value)) return;
  throw new TypeError(`${name} must be text that a header can carry: ASCII, on one line.`);
}

/** An agent that Node refuses at every dial is refused at once. */
function assertAgent(agent: Agent | undefined, { protocol }: URL): void {
  if (agent === undefined) return;
  if (typeof (agent as { addRequest?: unknown } | null)?.addRequest !== 'function') {
    throw new TypeError('agent must be an https.Agent, or one of its kind, such as a proxy agent.');
  }
  // Those that serve both have an accessor for it, and know which it is by the time of the request.
  const given: unknown = Object.getOwnPropertyDescriptor(agent, 'protocol')?.value;
  const wanted = protocol === 'wss:' ? 'https:' : 'http:';
  if (typeof given !== 'string' || given === wanted) return;
  const kind = wanted === 'https:' ? 'an https.Agent' : 'an http.Agent';
  throw new TypeError(`The url starts with ${protocol}, so agent must be ${kind} or a proxy's.`);
}
