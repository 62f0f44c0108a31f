#!/usr/bin/env bash
# A Socket of @effect/platform 0.97.2 succeeds when its WebSocket is cut, and fails when it closes without a code.
#
# Guess: 1000 and 1005, the two regular ends, succeed, and everything else fails: 1006 stands for a connection
# that was closed without a close frame (RFC 6455 §7.4.1).
# Seen: unless closeCodeIsError says otherwise, 1000 and 1006 are the good ones, and 1005 is a SocketError. An
# Effect.retry around what is followed does not run for the one end that it was written for.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund effect@3.22.2 @effect/platform@0.97.2 ws@8.23.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { once } from 'node:events';

import { Socket } from '@effect/platform';
import { Effect } from 'effect';
import { WebSocket, WebSocketServer } from 'ws';

const ends = { 'no code': (socket) => socket.close(), 'no close frame': (socket) => socket.terminate() };
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
server.on('connection', (socket, { url }) => {
  const end = decodeURIComponent(url.slice(1));
  socket.send('words', () => (ends[end] ?? (() => socket.close(Number(end))))(socket));
});

const url = `ws://127.0.0.1:${server.address().port}`;
for (const end of ['1000', '1012', '4401', 'no code', 'no close frame']) {
  const heard = [];
  const listening = Effect.gen(function* () {
    const socket = yield* Socket.makeWebSocket(`${url}/${encodeURIComponent(end)}`);
    yield* socket.runRaw((message) => void heard.push(message));
  }).pipe(
    Effect.match({ onFailure: ({ reason, code }) => `${reason} ${code}`, onSuccess: () => 'success' }),
    Effect.provideService(Socket.WebSocketConstructor, (url) => new WebSocket(url)),
  );
  console.log(`${end}: ${await Effect.runPromise(listening)}, heard "${heard.join()}"`);
}
server.close();
JS

cat > seen << 'SEEN'
1000: success, heard "words"
1012: Close 1012, heard "words"
4401: Close 4401, heard "words"
no code: Close 1005, heard "words"
no close frame: success, heard "words"
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
