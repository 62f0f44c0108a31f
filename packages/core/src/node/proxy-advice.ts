/** Says what to do about a status that an HTTP proxy refused the way to the server with. */
export function proxyAdvice(status: number): string {
  if (status === 401 || status === 407)
    return 'it wants credentials; give them to the `socket.agent`';
  if (status === 403) return 'it does not let through to this host and port; ask who runs it';
  if (status === 408 || status === 429) return 'it has too much to do; wait, and try again';
  return status >= 500
    ? 'it did not reach the server; check the host in the URL, and see that it is up'
    : 'check the URL of the proxy, and that it knows CONNECT';
}
