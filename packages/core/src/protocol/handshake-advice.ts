import { refusalMeaning } from './refusal-meaning.js';

/** To what it means, where it means anything. */
const adviceByStatus: Readonly<Record<number, string>> = {
  400: 'take it from the call log entry (liveConversationToken); some proxies answer so where the headers, the access token in them, are too long',
  401: 'get a new one',
  403: 'check whose token it is',
  404: 'check the URL and the conversation token',
  407: 'a proxy before the server wants credentials',
  408: 'the server gave up waiting; try again',
  426: 'the request came without its upgrade; a proxy in between must pass Upgrade and Connection on',
  429: 'wait before the next one',
  431: 'the headers are too long for it, or for a proxy in between; check the length of the access token',
};

/**
 * Says what to do about a status that the server refused a handshake with. It is for whoever dials
 * the platform and has its tokens: a page has not, and does not load it.
 *
 * @see PROTOCOL.md#handshake
 */
export function handshakeAdvice(status: number): string {
  const meaning = refusalMeaning(status);
  const advice = adviceByStatus[status] ?? otherwise(status);
  return meaning === undefined ? advice : `${meaning}; ${advice}`;
}

function otherwise(status: number): string {
  if (status >= 500) return 'try again later';
  if (status >= 300 && status < 400) return 'redirects are never followed; use the final URL';
  return 'it did not switch to the WebSocket protocol; check the URL';
}
