import type { AddressInfo } from 'node:net';

/**
 * The origins of pages that only the server itself could have served: clients that are no browser
 * send the one that they dial. It goes by where the server listens, since a `Host` can be anything.
 */
export function toOwnOrigins({ address, port }: AddressInfo): readonly string[] {
  return toHosts(address).map((host) => new URL(`http://${host}:${port}`).origin);
}

function toHosts(address: string): readonly string[] {
  switch (address) {
    case '0.0.0.0':
    case '127.0.0.1':
      return ['127.0.0.1', 'localhost'];
    case '::1':
      return ['[::1]', 'localhost'];
    case '::':
      return ['[::1]', '127.0.0.1', 'localhost'];
    default:
      return [address.includes(':') ? `[${address}]` : address];
  }
}
