import { STATUS_CODES } from 'node:http';

/** An HTTP answer to a request that is let in no further. */
export interface Answer {
  readonly status: number;
  /** The words behind the status. @default those of the status */
  readonly statusText?: string;
  /** Besides those that are a matter of the connection: its end, and the body's length. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** @default the words of the status, in a line */
  readonly body?: string | Uint8Array;
}

/** What a 401 says of how one is let in (RFC 9110 §11.6.1). */
export const CHALLENGE = ['WWW-Authenticate', 'Bearer'] as const;

/** Writes an answer as it stands on the wire; the connection ends behind it. */
export function toWireAnswer({ status, statusText, headers, body }: Answer): Buffer {
  const name = statusText ?? STATUS_CODES[status] ?? 'Refused';
  const content = Buffer.from(body ?? `${name}\n`);
  const lines = [
    `HTTP/1.1 ${status} ${name}`,
    'Connection: close',
    ...(body === undefined ? ['Content-Type: text/plain'] : []),
    `Content-Length: ${content.length}`,
    ...(headers ?? []).map(([field, value]) => `${field}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), content]);
}
