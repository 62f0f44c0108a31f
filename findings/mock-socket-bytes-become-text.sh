#!/usr/bin/env bash
# A binary message of a mock-socket 9.3.1 server arrives as text: its bytes as decimal numbers.
#
# Guess: a Blob or an ArrayBuffer, by binaryType, as a browser gives it.
# Seen: a Uint8Array is turned into "1,2,3"; an ArrayBuffer does arrive as what it is.
# Audio or frames that a real server sends in binary take another way through the code under test.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund mock-socket@9.3.1 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { Server, WebSocket } from 'mock-socket';

const url = 'ws://calls.example/ws';
const server = new Server(url);
server.on('connection', (socket) => {
  socket.send(new Uint8Array([1, 2, 3]));
  socket.send(new Uint8Array([1, 2, 3]).buffer);
});
const client = new WebSocket(url);
client.binaryType = 'arraybuffer';
const told = [];
await new Promise((resolve) => {
  client.onmessage = ({ data }) => {
    told.push(typeof data === 'string' ? `text ${data}` : data.constructor.name);
    if (told.length === 2) resolve();
  };
});
console.log(told.join(', '));
server.stop();
JS

cat > seen << 'SEEN'
text 1,2,3, ArrayBuffer
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
