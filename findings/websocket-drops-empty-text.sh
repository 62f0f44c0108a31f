#!/usr/bin/env bash
# An empty text message never reaches the W3C client of websocket 1.0.35, an empty binary one does.
#
# Guess: both are told, as by browsers and ws: a message may be empty (RFC 6455 §5.6).
# Seen: the event handler is not called for the text one; the library's own connection does tell it.
# It matters to whoever takes an empty text message as a heartbeat or as a sign that the call is open.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund websocket@1.0.35 ws@8.23.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { once } from 'node:events';

import websocket from 'websocket';
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
server.on('connection', (socket) => {
  socket.send('');
  socket.send(Buffer.alloc(0));
  socket.send('words');
  socket.close(1000);
});
const url = `ws://127.0.0.1:${server.address().port}`;

const client = new websocket.w3cwebsocket(url);
const told = [];
client.onmessage = ({ data }) => told.push(typeof data === 'string' ? `text of ${data.length}` : `binary of ${data.byteLength}`);
await new Promise((resolve) => (client.onclose = resolve));
console.log(`w3cwebsocket: ${told.join(', ')}`);

const own = new websocket.client();
const heard = [];
own.on('connect', (connection) =>
  connection.on('message', (message) =>
    heard.push(message.type === 'utf8' ? `text of ${message.utf8Data.length}` : `binary of ${message.binaryData.length}`),
  ),
);
own.connect(url);
const [connection] = await once(own, 'connect');
await once(connection, 'close');
console.log(`client: ${heard.join(', ')}`);
server.close();
JS

cat > seen << 'SEEN'
w3cwebsocket: binary of 0, text of 5
client: text of 0, binary of 0, text of 5
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
