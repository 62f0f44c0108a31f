import { isError } from '../is-error.js';

/** What bundlers put in the place of `ws` for a page, what comes of that, and of a page's own lacks. */
const NO_SOCKETS =
  /does not work in the browser|WebSocket\S* is (not a (constructor|function)|undefined)|(Buffer|process|global) is not defined/;

/** What an error is called that a network does not cause. */
const PROGRAM_ERRORS: ReadonlySet<string> = new Set([
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
]);

/** Whether the socket's own library, or an agent, failed with what is no matter of a network. */
export function isProgramError(cause: unknown): boolean {
  if (!isError(cause) || !PROGRAM_ERRORS.has(cause.name)) return false;
  // What the system says has a code of the system's, whatever the error is called.
  return !('code' in cause) || String(cause.code).startsWith('ERR_');
}

/** Says what to do about a dial that failed in this program, and would each time. */
export function programAdvice(cause: unknown): string {
  return isError(cause) && NO_SOCKETS.test(cause.message)
    ? "webSocketTransport dials with Node's sockets, which a page and what is bundled for one do not have; use relayTransport of @livecall/core/browser there"
    : 'that is no matter of the network, and would come again; check the options and the agent';
}
