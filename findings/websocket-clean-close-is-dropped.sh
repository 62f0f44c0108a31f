#!/usr/bin/env bash
# The W3C client of websocket 1.0.35 tells a clean close without a code as a dropped connection.
#
# Guess: 1005 and wasClean, as browsers and ws tell it (RFC 6455 §7.1.5): the peers shook hands.
# Seen: 1006, "Connection dropped by remote peer.", not clean; and a close with any code but 1000 is
# "not clean" too, though it has the code and the reason. Who decides by wasClean dials again.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund websocket@1.0.35 ws@8.23.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { once } from 'node:events';

import websocket from 'websocket';
import { WebSocket, WebSocketServer } from 'ws';

const closes = { none: (socket) => socket.close(), 1000: (socket) => socket.close(1000), 1012: (socket) => socket.close(1012, 'restart') };
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
server.on('connection', (socket, { url }) => closes[url.slice(1)](socket));

for (const [name, Client] of [['ws', WebSocket], ['w3cwebsocket', websocket.w3cwebsocket]]) {
  for (const code of ['none', '1000', '1012']) {
    const client = new Client(`ws://127.0.0.1:${server.address().port}/${code}`);
    const told = await new Promise((resolve) => (client.onclose = resolve));
    console.log(`${name}: sent ${code}, told ${told.code} ${told.wasClean ? 'clean' : 'not clean'}`);
  }
}
server.close();
JS

cat > seen << 'SEEN'
ws: sent none, told 1005 clean
ws: sent 1000, told 1000 clean
ws: sent 1012, told 1012 clean
w3cwebsocket: sent none, told 1006 not clean
w3cwebsocket: sent 1000, told 1000 clean
w3cwebsocket: sent 1012, told 1012 not clean
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
