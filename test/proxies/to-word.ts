import { isLiveCallError } from '@livecall/core';

/** The one word for how a dial or a connection ended, as the page has it. */
export function toWord(error: unknown): string {
  if (!isLiveCallError(error)) return String(error);
  switch (error._tag) {
    case 'HandshakeRefusedError':
      return `${error.status}${error.refusedBy === 'proxy' ? ' by it' : ''}`;
    case 'ConnectionClosedError':
      return String(error.code);
    case 'ConnectFailedError':
      return error.code ?? 'cut';
    case 'HandshakeTimeoutError':
      return 'no answer';
    default:
      return error._tag;
  }
}
