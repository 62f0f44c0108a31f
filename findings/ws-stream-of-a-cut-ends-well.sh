#!/usr/bin/env bash
# A stream that createWebSocketStream of ws 8.23.0 makes ends without an error, however its connection ended.
#
# Guess: pipeline() fails for a connection that was cut (1006), as it does for the response of an HTTP server that
# is gone, and perhaps for 1011.
# Seen: an end and no error, for a FIN amid the talk, for a reset and for 1011 as for 1000. A file that was piped
# out of it looks whole; of 1006 only a listener on the socket hears.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund ws@8.23.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { createWebSocketStream, WebSocket, WebSocketServer } from 'ws';

const ends = {
  closed: (socket) => socket.close(1000),
  failed: (socket) => socket.close(1011),
  cut: (_, tcp) => tcp.end(),
  reset: (_, tcp) => tcp.resetAndDestroy(),
};
const http = createServer((_, response) => {
  response.writeHead(200, { 'content-length': 10 });
  response.write('words', () => response.socket.destroy());
});
const server = new WebSocketServer({ server: http });
server.on('connection', (socket, { url, socket: tcp }) => {
  socket.send('words', () => ends[url.slice(1)](socket, tcp));
});
await once(http.listen(0, '127.0.0.1'), 'listening');
const address = `127.0.0.1:${http.address().port}`;

const read = async (stream) => {
  const said = [];
  const sink = new Writable({ write: (chunk, _, done) => done(null, said.push(chunk)) });
  const outcome = await pipeline(stream, sink).then(
    () => 'no error',
    (error) => error.code,
  );
  return `"${said.join('')}", ${outcome}`;
};
const [response] = await once(get(`http://${address}/`), 'response');
console.log(`an HTTP response that is cut: ${await read(response)}`);
for (const end of Object.keys(ends)) {
  const socket = new WebSocket(`ws://${address}/${end}`);
  const closed = once(socket, 'close');
  const told = await read(createWebSocketStream(socket));
  console.log(`${end}: ${told}; the socket is told ${(await closed)[0]}`);
}
http.close();
JS

cat > seen << 'SEEN'
an HTTP response that is cut: "words", ECONNRESET
closed: "words", no error; the socket is told 1000
failed: "words", no error; the socket is told 1011
cut: "words", no error; the socket is told 1006
reset: "words", no error; the socket is told 1006
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
