/**
 * Gives a random UUID (RFC 9562, version 4), of random bytes: a page on plain http: has no
 * `crypto.randomUUID`.
 */
export function createUuid(): string {
  // Bits in the place of each x, and of what the version leaves of y.
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replaceAll(/[xy]/g, (digit) => {
    const [bits = 0] = crypto.getRandomValues(new Uint8Array(1));
    return (digit === 'x' ? bits & 15 : (bits & 3) | 8).toString(16);
  });
}
