#!/usr/bin/env bash
# fromEvent(socket, 'pong') of RxJS 7.8.2 over a socket of ws 8.23.0 never says anything, and no error either.
#
# Guess: as with every Node emitter: pong, ping, upgrade and unexpected-response, and (data, isBinary) for a message.
# Seen: a socket of ws is an EventTarget too, and fromEvent takes that side of it, on which ws knows four
# names: open, message, error, close. A watchdog built on `pong` cuts every healthy connection.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund rxjs@7.8.2 ws@8.23.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { once } from 'node:events';

import { fromEvent, fromEventPattern } from 'rxjs';
import { WebSocket, WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
server.on('connection', (socket) => socket.on('ping', () => socket.send('answered')));

const socket = new WebSocket(`ws://127.0.0.1:${server.address().port}`);
const count = { 'fromEvent pong': 0, 'fromEvent message': 0, 'fromEventPattern pong': 0 };
fromEvent(socket, 'pong').subscribe(() => (count['fromEvent pong'] += 1));
fromEvent(socket, 'message').subscribe(() => (count['fromEvent message'] += 1));
fromEventPattern((heard) => socket.on('pong', heard), (heard) => socket.off('pong', heard)).subscribe(
  () => (count['fromEventPattern pong'] += 1),
);
await once(socket, 'open');
for (let pings = 0; pings < 3; pings += 1) {
  socket.ping();
  await once(socket, 'message');
}
socket.close();
await once(socket, 'close');
console.log(JSON.stringify(count));
server.close();
JS

cat > seen << 'SEEN'
{"fromEvent pong":0,"fromEvent message":3,"fromEventPattern pong":3}
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
