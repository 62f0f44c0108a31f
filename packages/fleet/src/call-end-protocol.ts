import { liveCallProtocol } from '@livecall/core';
import type { ClientProtocol, Command, Heard } from '@livecall/core';

/** What is said on a call, for who waits for its end alone. */
type Said = Heard<unknown>;

/**
 * The protocol as far as a worker needs it: it hears when the call ends, and decodes nothing else.
 * What its readers are told they decode themselves; to decode it here was a tenth of what an entry
 * took.
 */
export const callEndProtocol: ClientProtocol<unknown, Command> = {
  ...liveCallProtocol,
  decode: (frame) => (mayBeEnd(frame) ? liveCallProtocol.decode(frame) : NOT_THE_END),
};

const NOT_THE_END = {
  _tag: 'Right',
  right: {
    message: undefined,
    type: 'unknown',
    isKnown: false,
    isEnd: false,
    answers: undefined,
    reports: undefined,
  } satisfies Said,
} as const;

/** Whether a frame may say that the call has ended: its type stands in it, as it is or with escapes. */
export function mayBeEnd(frame: string | Uint8Array): boolean {
  return typeof frame !== 'string' || frame.includes('callEnd') || frame.includes('\\');
}
