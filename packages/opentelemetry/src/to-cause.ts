import type { WhyEnded } from '@livecall/core';
import { DIVERGED } from '@livecall/core/internal';
import type { Attributes } from '@opentelemetry/api';

/** Why something ended, by attributes of few values. */
export function toCause({ error, status }: WhyEnded, code?: number): Attributes {
  return {
    ...(error !== undefined && { 'error.type': error }),
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(code !== undefined && { 'livecall.close.code': toCodeLabel(code) }),
  };
}

/** A server may close with any of four thousand codes: those that mean something stand alone. */
function toCodeLabel(code: number): string {
  const isPublished = (code >= 1000 && code <= 1015) || code === DIVERGED;
  return isPublished ? `${code}` : `${Math.trunc(code / 1_000)}xxx`;
}
