#!/usr/bin/env bash
# sockette 2.0.6 does not dial again when its server goes away: close code 1001.
#
# Guess: it does. After 1000 and 1005 it does not, says its README; 1001 is what a server says that is shut down,
# or a proxy that takes up a new configuration (RFC 6455 §7.4.1).
# Seen: 1001 is a third one, of which the README has no word. Pages that come back from a server that was killed
# (1006) stay away from one that was deployed in good order.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund sockette@2.0.6 ws@8.23.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

import Sockette from 'sockette';
import { WebSocket, WebSocketServer } from 'ws';

globalThis.WebSocket = WebSocket;
const readme = readFileSync('node_modules/sockette/readme.md', 'utf8');
console.log(`README: ${[...new Set(readme.match(/\b1[0-9]{3}\b/g))].sort().join(', ')}`);

const ends = { none: (socket) => socket.close(), cut: (socket) => socket.terminate() };
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
const dials = {};
server.on('connection', (socket, { url }) => {
  const end = url.slice(1);
  dials[end] = (dials[end] ?? 0) + 1;
  if (dials[end] === 1) (ends[end] ?? (() => socket.close(Number(end))))(socket);
});
const told = {};
for (const end of ['1000', 'none', '1001', 'cut', '1011', '1012']) {
  const url = `ws://127.0.0.1:${server.address().port}/${end}`;
  new Sockette(url, { timeout: 10, onclose: ({ code }) => (told[end] = code) });
}
await wait(1_000);
for (const [end, code] of Object.entries(told).sort(([, a], [, b]) => a - b)) {
  console.log(`${code}: ${dials[end] > 1 ? 'dials again' : 'stays away'}`);
}
process.exit();
JS

cat > seen << 'SEEN'
README: 1000, 1005
1000: stays away
1001: stays away
1005: stays away
1006: dials again
1011: dials again
1012: dials again
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
