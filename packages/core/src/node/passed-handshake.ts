/** The handshake of somebody else's client, which a proxy passes on as it came. */
export interface PassedHandshake {
  /** Its headers, names and values in turn, as Node has them in `rawHeaders`. */
  readonly rawHeaders: readonly string[];
  /** Its query, `?conversationToken=…`; it stands behind the query of the `url`. */
  readonly search: string;
  /** What of it is not to be told in an error, besides the two tokens. */
  readonly secrets?: readonly string[];
  /** Called with the server's answer before the connection is given on; a refusal has its own. */
  readonly onAnswer?: (answer: UpgradeAnswer) => void;
}

/** How a server let a client in. */
export interface UpgradeAnswer {
  /** Its headers, names and values in turn; what is a matter of the connection is left out. */
  readonly rawHeaders: readonly string[];
  /** The subprotocol that it chose; empty where it chose none. */
  readonly protocol: string;
}

/** A matter of one connection (RFC 9110 §7.6.1), or made anew for each of them. */
const OF_A_CONNECTION =
  /^(connection|proxy-connection|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-authenticate|proxy-authorization|host|content-length|expect|sec-websocket-(key|version|extensions|accept|protocol))$/i;

/**
 * The headers that a proxy passes on: neither those of a connection, nor those that it names.
 *
 * @param rawHeaders names and values in turn, as `node:http` gives them
 * @see RFC 9110 §7.6.1
 */
export function toPassedHeaders(
  rawHeaders: readonly string[],
): readonly (readonly [name: string, value: string])[] {
  const headers = toPairs(rawHeaders);
  const named = new Set(valuesOf(headers, 'connection'));
  return headers.filter(([name]) => !OF_A_CONNECTION.test(name) && !named.has(name.toLowerCase()));
}

/** The subprotocols that a client offers. */
export function toOfferedProtocols(rawHeaders: readonly string[]): string[] {
  return valuesOf(toPairs(rawHeaders), 'sec-websocket-protocol', (value) => value);
}

function toPairs(rawHeaders: readonly string[]): (readonly [name: string, value: string])[] {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
  );
}

function valuesOf(
  headers: readonly (readonly [name: string, value: string])[],
  wanted: string,
  toValue = (value: string) => value.toLowerCase(),
): string[] {
  return headers
    .filter(([name]) => name.toLowerCase() === wanted)
    .flatMap(([, value]) => value.split(',').map((each) => toValue(each.trim())))
    .filter((value) => value !== '');
}
