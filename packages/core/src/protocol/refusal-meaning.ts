const meanings: Readonly<Record<number, string>> = {
  400: 'the conversation token is not valid',
  401: 'the access token is missing, wrong or expired',
  403: 'the access token does not allow this call',
  404: 'no such conversation, or the call is no longer active',
  429: 'too many connections',
};

/** Says what a status means that the server refused a handshake with, where it means anything. @see PROTOCOL.md#handshake */
export function refusalMeaning(status: number): string | undefined {
  return meanings[status] ?? (status >= 500 ? 'the server failed' : undefined);
}
