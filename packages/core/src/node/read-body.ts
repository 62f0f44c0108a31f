import type { IncomingMessage } from 'node:http';

import type { Subscription } from 'rxjs';

import { patience } from '../patience.js';

/** The most that is read of a refusal's body. */
const MAX_BODY_BYTES = 64 * 1024;

/** Reads a body to its end, or as much of it as there may be. */
export function readBody(
  response: IncomingMessage,
  timeoutMs: number,
  onRead: (body: Uint8Array) => void,
): Subscription {
  const chunks: Buffer[] = [];
  let length = 0;
  const finish = () => {
    expiry.unsubscribe();
    onRead(Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES));
  };
  const expiry = patience(timeoutMs, () => length).subscribe(finish);
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MAX_BODY_BYTES) finish();
  });
  // One of them comes, however it ends; for whoever has been told, neither says more.
  response.on('end', finish).on('close', finish);
  response.on('error', finish);
  return expiry;
}
