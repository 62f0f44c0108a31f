import { isError } from '../is-error.js';

/**
 * The status with which an HTTP proxy refused the way, where an error says so: that of Node's own
 * agent, or Bun's words. `https-proxy-agent` gives no error, but the proxy's answer as the server's.
 */
export function proxyRefusalStatus(error: unknown): number | undefined {
  if (!isError(error)) return undefined;
  const { code, statusCode } = error as { readonly code?: unknown; readonly statusCode?: unknown };
  if (code === 'ERR_PROXY_TUNNEL' && typeof statusCode === 'number') return statusCode;
  const said = /\bProxy (?:authentication required|connection failed): (\d{3})\b/.exec(
    error.message,
  );
  return said === null ? undefined : Number(said[1]);
}
