import { CausedError } from './caused-error.js';
import type { CommandError, ServerReportedError } from './command-error.js';
import type { InvalidFrameError } from './invalid-frame-error.js';
import { isError } from './is-error.js';
import type {
  ConnectionClosedError,
  TransportError,
  TransportFailedError,
} from './transport-error.js';

/**
 * The server closed with 1000, but never said that the call had ended; then it knew the call no
 * more (404), or could not be reached again.
 *
 * @see PROTOCOL.md#dialling-again
 */
export class EndedWithoutCallEndError extends CausedError<'EndedWithoutCallEndError'> {
  constructor(cause: ConnectionClosedError, { isGone = false }: { isGone?: boolean } = {}) {
    super(
      'EndedWithoutCallEndError',
      isGone
        ? 'The server closed the connection without event:callEnd, and then knew the call no more (404): it has most likely ended.'
        : 'The server closed the connection without event:callEnd; the call may still be going on.',
      {},
      { cause },
    );
  }
}

/** Every error that livecall makes; tell them apart by `_tag`. */
export type LiveCallError =
  | TransportError
  | TransportFailedError
  | InvalidFrameError
  | ServerReportedError
  | EndedWithoutCallEndError
  | CommandError;

/** Every tag; the type sees to it that none is missing. */
const tags: Readonly<Record<LiveCallError['_tag'], true>> = {
  HandshakeRefusedError: true,
  HandshakeTimeoutError: true,
  ConnectFailedError: true,
  TokenUnavailableError: true,
  ConnectionClosedError: true,
  TransportFailedError: true,
  InvalidFrameError: true,
  ServerReportedError: true,
  EndedWithoutCallEndError: true,
  NotOpenError: true,
  AckTimeoutError: true,
  ConnectionLostError: true,
  CallEndedError: true,
  SendFailedError: true,
};

/** Whether it is one of {@link LiveCallError}'s. */
export function isTag(tag: string): tag is LiveCallError['_tag'] {
  return Object.hasOwn(tags, tag);
}

/**
 * Tells livecall's own errors from all others, by tag: two copies of the package know each other's.
 *
 * @example
 * import { isLiveCallError } from '@livecall/core';
 *
 * export function toStatus(error: unknown): number | undefined {
 *   const isRefused = isLiveCallError(error) && error._tag === 'HandshakeRefusedError';
 *   return isRefused ? error.status : undefined;
 * }
 */
export function isLiveCallError(error: unknown): error is LiveCallError {
  return isError(error) && '_tag' in error && isTag(String(error._tag));
}
