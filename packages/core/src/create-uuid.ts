/**
 * Gives a random UUID (RFC 9562, version 4). A page has `crypto.randomUUID` on https: and on
 * localhost alone, and random bytes everywhere.
 */
export function createUuid(): string {
  const { randomUUID } = crypto as Partial<typeof crypto>;
  if (randomUUID !== undefined) return crypto.randomUUID();
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte, index) => {
    const stamped = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte;
    return stamped.toString(16).padStart(2, '0');
  }).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
