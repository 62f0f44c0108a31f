const adviceByStatus: Readonly<Record<number, string>> = {
  401: 'it wants credentials; give them to the `agent`',
  403: 'it does not let through to this host and port; ask who runs it',
  407: 'it wants credentials; give them to the `agent`',
  408: 'it gave up waiting; try again',
  429: 'too many connections; wait before the next one',
};

/** Says what to do about a status that an HTTP proxy refused the way to the server with. */
export function proxyAdvice(status: number): string {
  const advice = adviceByStatus[status];
  if (advice !== undefined) return advice;
  return status >= 500
    ? 'it did not reach the server; check the host in the URL, and see that it is up'
    : 'check the URL of the proxy, and that it knows CONNECT';
}
