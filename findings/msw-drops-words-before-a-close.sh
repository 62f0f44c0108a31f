#!/usr/bin/env bash
# A mocked server of msw 2.15.0 that sends and then closes is heard to close, and not to have sent.
#
# Guess: both arrive, in this order, as of every server (RFC 6455 §5.5.1: the close frame is the last one): so
# servers say why they hang up.
# Seen: what was sent in the same turn is gone, whatever the code; with a turn between the two, all arrives. The
# test of an app that shows such a last message fails, and the app is in order.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund msw@2.15.0 ws@8.23.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';

import { ws } from 'msw';
import { setupServer } from 'msw/node';
import { WebSocket, WebSocketServer } from 'ws';

const hangUp = async (peer, asked) => {
  peer.send('first');
  await turn();
  peer.send('why');
  if (asked === 'later') await turn();
  peer.close(4401, 'token');
};

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
server.on('connection', (socket) => socket.on('message', (asked) => hangUp(socket, String(asked))));

globalThis.WebSocket = WebSocket;
const calls = ws.link('wss://example.com/call');
const answering = calls.addEventListener('connection', ({ client }) =>
  client.addEventListener('message', ({ data }) => hangUp(client, data)),
);
setupServer(answering).listen({ onUnhandledRequest: 'bypass' });

for (const [name, url] of [
  ['ws', `ws://127.0.0.1:${server.address().port}`],
  ['msw', 'wss://example.com/call'],
]) {
  for (const asked of ['now', 'later']) {
    const socket = new globalThis.WebSocket(url);
    const told = [];
    socket.onopen = () => socket.send(asked);
    socket.onmessage = ({ data }) => told.push(data);
    await new Promise((resolve) => (socket.onclose = ({ code }) => resolve(told.push(code))));
    console.log(`${name}, closed ${asked}: ${told.join(', ')}`);
  }
}
process.exit();
JS

cat > seen << 'SEEN'
ws, closed now: first, why, 4401
ws, closed later: first, why, 4401
msw, closed now: first, 4401
msw, closed later: first, why, 4401
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
