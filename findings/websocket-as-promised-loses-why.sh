#!/usr/bin/env bash
# websocket-as-promised 3.0.1, set up for Node as its README says, does not tell why a connection closed.
#
# Guess: the code and the reason of the close frame, in the event of onClose and in the error of a request
# that was waiting, as in a browser.
# Seen: over `ws` it listens with on(), which tells a code and a Buffer, and takes the code for an event: a
# waiting request fails with "undefined (undefined)". Whether to dial again (1012, 4429) cannot be decided.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund websocket-as-promised@3.0.1 ws@8.23.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { once } from 'node:events';

import WebSocketAsPromised from 'websocket-as-promised';
import { WebSocket, WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
server.on('connection', (socket) => socket.on('message', () => socket.close(1012, 'restart')));
const url = `ws://127.0.0.1:${server.address().port}`;

const plain = new WebSocket(url);
await once(plain, 'open');
plain.send('{}');
const [code, reason] = await once(plain, 'close');
console.log(`ws: ${code} ${reason}`);

const client = new WebSocketAsPromised(url, {
  createWebSocket: (address) => new WebSocket(address),
  extractMessageData: (event) => event,
  packMessage: JSON.stringify,
  unpackMessage: JSON.parse,
  attachRequestId: (data, id) => ({ ...data, id }),
  extractRequestId: (data) => data?.id,
});
client.onClose.addListener((event) => console.log(`onClose: ${typeof event}, code ${event.code}, reason ${event.reason}`));
await client.open();
await client.sendRequest({ type: 'join' }).catch((error) => console.log(`request: ${error.message}`));
server.close();
JS

cat > seen << 'SEEN'
ws: 1012 restart
request: WebSocket closed with reason: undefined (undefined).
onClose: number, code undefined, reason undefined
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
