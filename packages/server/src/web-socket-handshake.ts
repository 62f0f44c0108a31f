import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import type { Answer } from './answer.js';

/** What a request lacks of a WebSocket handshake, and how it is answered. */
export interface HandshakeProblem {
  readonly answer: Answer;
  readonly expected: string;
  readonly actual: string;
}

const KEY = /^[+/\dA-Za-z]{22}==$/;
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

/**
 * Looks for what makes a request a WebSocket handshake (RFC 6455 §4.2.1), the origin aside. All of
 * it is looked at before a transport is dialled for the client.
 */
export function findHandshakeProblem({
  method,
  headers,
}: IncomingMessage): HandshakeProblem | undefined {
  if (method !== 'GET') {
    const answer = { status: 405, headers: [['Allow', 'GET']] } as const;
    return { answer, expected: 'a GET', actual: 'another method' };
  }
  if (!isWebSocketUpgrade(headers)) {
    return bad('Upgrade: websocket', headers.upgrade === undefined ? 'none' : 'another protocol');
  }
  const key = headers['sec-websocket-key'];
  if (key === undefined || !KEY.test(key)) {
    return bad('a Sec-WebSocket-Key of 16 bytes', key === undefined ? 'none' : 'another');
  }
  const version = headers['sec-websocket-version'];
  if (version !== '13') {
    return {
      answer: {
        status: version === undefined ? 400 : 426,
        // RFC 6455 §4.4
        headers: [['Sec-WebSocket-Version', '13']],
      },
      expected: 'Sec-WebSocket-Version: 13',
      actual: version === undefined ? 'none' : 'another',
    };
  }
  const protocols = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  const areNames = protocols.every((name) => TOKEN.test(name));
  return areNames && new Set(protocols).size === protocols.length
    ? undefined
    : bad('names in Sec-WebSocket-Protocol, each once', 'something else');
}

/** Whether an upgrade is asked for, and to this protocol. */
export function isWebSocketUpgrade({ upgrade }: IncomingHttpHeaders): boolean {
  return upgrade?.toLowerCase() === 'websocket';
}

function bad(expected: string, actual: string): HandshakeProblem {
  return { answer: { status: 400 }, expected, actual };
}
