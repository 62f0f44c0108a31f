import { handshakeAdvice } from '../protocol/handshake-advice.js';
import { HandshakeRefusedError } from '../transport-error.js';
import type { RefusalOptions } from '../transport-error.js';
import { proxyAdvice } from './proxy-advice.js';

/** The error of a dial of Node's that was refused, with what whoever dials the platform can do about it. */
export function toRefused(
  status: number,
  retryAfterMs: number | undefined,
  options: Pick<RefusalOptions, 'answer' | 'refusedBy'>,
): HandshakeRefusedError {
  const advice = options.refusedBy === 'proxy' ? proxyAdvice(status) : handshakeAdvice(status);
  return new HandshakeRefusedError(status, retryAfterMs, { ...options, advice });
}
