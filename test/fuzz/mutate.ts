/** What is put in where it hurts: ends of structures, keys that objects have anyway, odd numbers. */
const PIECES = [
  ...['{', '}', '[', ']', '"', '\\', ':', ',', '\n', '\r\n', '\0', ' ', '\t'],
  ...['null', 'true', '1e999', '-0', '0.1e-400', '"__proto__":1,', '"type":', '\\u0000', '\\ud800'],
  ...['transcript', 'ack', 'event:callEnd', 'constructor', 'end', 'open', 'frame', 'close'],
  ...['Upgrade: websocket\r\n', 'Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n', '%00'],
].map((piece) => Buffer.from(piece));

const ODD_BYTES = [0x00, 0x0a, 0x0d, 0x22, 0x5c, 0x7f, 0x80, 0xc0, 0xed, 0xf4, 0xfe, 0xff];

/** Changes some bytes of a sample, and now and then splices another into it. */
export function mutate(
  sample: Uint8Array,
  other: Uint8Array,
  random: () => number,
  most = 4,
): Buffer {
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <A>(choices: readonly A[]): A => choices[below(choices.length)] as A;
  let bytes = Buffer.from(sample);
  for (let left = 1 + below(most); left > 0; left -= 1) {
    const at = below(bytes.length + 1);
    const before = bytes.subarray(0, at);
    switch (below(8)) {
      case 0:
        if (at < bytes.length) bytes[at] = below(256);
        break;
      case 1:
        if (at < bytes.length) bytes[at] = pick(ODD_BYTES);
        break;
      case 2:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
        break;
      case 3:
        bytes = Buffer.concat([before, pick(PIECES), bytes.subarray(at)]);
        break;
      case 4:
        bytes = Buffer.concat([before, bytes.subarray(at + below(12))]);
        break;
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at + below(12)), bytes.subarray(at)]);
        break;
      case 6:
        bytes = Buffer.concat([before, other.subarray(below(other.length + 1))]);
        break;
      default:
        bytes = Buffer.from(before);
    }
  }
  return bytes;
}
