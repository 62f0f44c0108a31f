import type { IncomingMessage } from 'node:http';

import type { Answer } from './answer.js';
import { isWebSocketUpgrade } from './web-socket-handshake.js';

/** Where a health check asks. */
export const HEALTH_PATH = '/healthz';

/** Answers a request that asks for no WebSocket; a proxy's health check, for one. */
export function answerPlainRequest({ method, url = '' }: IncomingMessage): Answer {
  const path = url.replace(/\?.*$/s, '');
  // HAProxy asks for the options of / where it is not told what to ask.
  if (method === 'OPTIONS') return { status: 200, headers: [['Allow', 'GET, HEAD']], body: '' };
  if ((method === 'GET' || method === 'HEAD') && path === HEALTH_PATH) {
    return {
      status: 200,
      headers: [
        ['Content-Type', 'text/plain'],
        ['Cache-Control', 'no-store'],
      ],
      body: 'ok\n',
    };
  }
  return {
    status: 426,
    headers: [
      ['Content-Type', 'text/plain'],
      ['Upgrade', 'websocket'],
    ],
    body: `This is a WebSocket endpoint. If you asked for one, ${UPGRADE_ADVICE}.\n`,
  };
}

/** What is to be done about a handshake that arrives as a plain request. */
export const UPGRADE_ADVICE = 'a proxy in between must pass Upgrade and Connection on';

/**
 * Whether a plain request was a WebSocket handshake when it left its client: the headers of the
 * connection are taken off by a proxy that is not told to pass them, the others are not.
 */
export function isStrippedHandshake({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' && (isWebSocketUpgrade(headers) || headers['sec-websocket-key'] !== undefined)
  );
}
