#!/usr/bin/env bash
# tshark 4.0.17, `-T json`: of two WebSocket messages in one TCP segment, JSON.parse keeps the last.
#
# Guess: the layers of a packet are a list, or the second message makes `websocket` an array.
# Seen: the object has two members named `websocket`. A parser that keeps the last of a name, as
# JSON.parse does, loses the first message without a word. A
# server that sends two messages in one turn makes such a segment. With `--no-duplicate-keys` the two
# are an array of that name; one message alone stays an object, so a reader must expect both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get install --simulate --no-install-recommends tshark=4.0.17-0+deb12u3 2> apt.log |
  awk '/^Inst/ { print $2 }' | xargs apt-get download tshark=4.0.17-0+deb12u3 >> apt.log 2>&1
for package in *.deb; do dpkg-deb -x "$package" .; done
export LD_LIBRARY_PATH="$PWD/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2> /dev/null || echo x86_64-linux-gnu)"

cat > capture.mjs << 'JS'
import { writeFileSync } from 'node:fs';

const sequence = { client: 1, server: 1 };
const packet = (from, text, at) => {
  const payload = Buffer.from(text, 'latin1');
  const other = from === 'client' ? 'server' : 'client';
  const ip = Buffer.alloc(20);
  ip[0] = 0x45;
  ip.writeUInt16BE(40 + payload.length, 2);
  ip[8] = 64;
  ip[9] = 6;
  ip.writeUInt32BE(0x7f000001, 12);
  ip.writeUInt32BE(0x7f000001, 16);
  const tcp = Buffer.alloc(20);
  tcp.writeUInt16BE(from === 'client' ? 50_000 : 8080, 0);
  tcp.writeUInt16BE(from === 'client' ? 8080 : 50_000, 2);
  tcp.writeUInt32BE(sequence[from], 4);
  tcp.writeUInt32BE(sequence[other], 8);
  tcp[12] = 0x50;
  tcp[13] = 0x18;
  tcp.writeUInt16BE(65_535, 14);
  sequence[from] += payload.length;
  const head = Buffer.alloc(16);
  head.writeUInt32LE(at, 0);
  head.writeUInt32LE(40 + payload.length, 8);
  head.writeUInt32LE(40 + payload.length, 12);
  return Buffer.concat([head, ip, tcp, payload]);
};
const message = (text) => `\x81${String.fromCharCode(text.length)}${text}`;
const file = Buffer.alloc(24);
file.writeUInt32LE(0xa1b2c3d4, 0);
file.writeUInt16LE(2, 4);
file.writeUInt16LE(4, 6);
file.writeUInt32LE(65_535, 16);
file.writeUInt32LE(101, 20); // raw IP
const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
const accept = 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\n';
writeFileSync(
  'call.pcap',
  Buffer.concat([
    file,
    packet('client', `GET / HTTP/1.1\r\nHost: a\r\n${upgrade}${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`, 1),
    packet('server', `HTTP/1.1 101 Switching Protocols\r\n${upgrade}${accept}\r\n\r\n`, 2),
    packet('server', message('first') + message('second'), 3),
    packet('server', message('third'), 4),
  ]),
);
JS
cat > read.mjs << 'JS'
import { readFileSync } from 'node:fs';

for (const name of ['plain', 'no-duplicate-keys']) {
  const text = readFileSync(`${name}.json`, 'utf8');
  const written = text.match(/"websocket\.payload\.text": "[^"]*"/g) ?? [];
  const layers = JSON.parse(text).map((packet) => packet._source.layers.websocket);
  const shape = (layer) => (Array.isArray(layer) ? `array of ${layer.length}` : typeof layer);
  const parsed = JSON.stringify(layers).match(/"websocket\.payload\.text":"([^"]*)"/g) ?? [];
  console.log(`${name}: written ${written.length}, parsed ${parsed.length}`);
  console.log(`  ${layers.filter((layer) => layer !== undefined).map(shape).join(', ')}`);
}
JS
node capture.mjs
usr/bin/tshark -r call.pcap -T json > plain.json 2> tshark.log
usr/bin/tshark -r call.pcap -T json --no-duplicate-keys > no-duplicate-keys.json 2>> tshark.log

cat > seen << 'SEEN'
plain: written 3, parsed 2
  object, object
no-duplicate-keys: written 3, parsed 3
  array of 2, object
SEEN

node read.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
