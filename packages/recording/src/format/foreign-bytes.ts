/** What a file begins with that is no text of UTF-8, and what is said of it. */
const BEGINNINGS: readonly (readonly [bytes: readonly number[], problem: string])[] = [
  [[0x1f, 0x8b], 'is compressed (gzip); decompress it first'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'is compressed (zstd); decompress it first'],
  [[0x50, 0x4b, 0x03, 0x04], 'is a zip archive; unpack it first'],
  [[0xff, 0xfe], 'is UTF-16, as some shells write it; a recording is UTF-8'],
  [[0xfe, 0xff], 'is UTF-16, as some shells write it; a recording is UTF-8'],
];

/** Says what a file is that is no recording as it stands, but may hold one; else nothing. */
export function toForeign(bytes: Uint8Array): string | undefined {
  return BEGINNINGS.find(([beginning]) => beginning.every((byte, at) => bytes[at] === byte))?.[1];
}
