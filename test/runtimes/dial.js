import process from 'node:process';

import { webSocketTransport } from '@livecall/core/node';
import { HttpsProxyAgent } from 'https-proxy-agent';

/*
 * Dials each URL that it is given, one after the other, in whatever runtime runs it, and prints how
 * that ended: its tag, and what there is of status, Retry-After and code.
 */

const { LIVECALL_AGENT, LIVECALL_AGENT_URL, LIVECALL_CA } = process.env;

/** @returns {Promise<import('node:http').Agent | undefined>} */
async function toAgent() {
  if (LIVECALL_AGENT === 'https-proxy-agent') return new HttpsProxyAgent(LIVECALL_AGENT_URL ?? '');
  if (LIVECALL_AGENT !== 'proxyEnv') return undefined;
  const { Agent } = await import('node:https');
  return new Agent(/** @type {object} */ ({ proxyEnv: { HTTPS_PROXY: LIVECALL_AGENT_URL } }));
}

const agent = await toAgent();
for (const url of process.argv.slice(2)) {
  await new Promise((resolve) => {
    webSocketTransport({
      url,
      accessToken: 'access',
      conversationToken: 'conversation',
      handshakeTimeoutMs: 5_000,
      heartbeat: { pingIntervalMs: 300, pongTimeoutMs: 300 },
      socket: {
        ...(agent && { agent }),
        ...(LIVECALL_CA !== undefined && { ca: LIVECALL_CA }),
      },
    }).subscribe({
      error: ({ _tag, status, retryAfterMs, refusedBy, code }) => {
        const by = refusedBy === 'proxy' ? 'by-proxy' : undefined;
        const told = [status, by ?? retryAfterMs, code].filter((value) => value !== undefined);
        process.stdout.write(`${[_tag, ...told].join(' ')}\n`);
        resolve(undefined);
      },
    });
  });
}
