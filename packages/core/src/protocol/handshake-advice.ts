const adviceByStatus: Readonly<Record<number, string>> = {
  400: 'the conversation token is not valid; take it from the call log entry (liveConversationToken); some proxies answer so where the headers, the access token in them, are too long',
  401: 'the access token is missing, wrong or expired; get a new one',
  403: 'the access token does not allow this call; check whose token it is',
  404: 'no such conversation, or the call is no longer active; check the URL and the conversation token',
  407: 'a proxy before the server wants credentials',
  408: 'the server gave up waiting; try again',
  426: 'the request came without its upgrade; a proxy in between must pass Upgrade and Connection on',
  429: 'too many connections; wait before the next one',
  431: 'the headers are too long for it, or for a proxy in between; check the length of the access token',
};

/** Says what to do about a status that the server refused a handshake with. @see PROTOCOL.md#handshake */
export function handshakeAdvice(status: number): string {
  const advice = adviceByStatus[status];
  if (advice !== undefined) return advice;
  if (status >= 500) return 'the server failed; try again later';
  if (status >= 300 && status < 400) return 'redirects are never followed; use the final URL';
  return 'it did not switch to the WebSocket protocol; check the URL';
}
