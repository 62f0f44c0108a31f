#!/usr/bin/env bash
# @fastify/http-proxy 11.6.3 tells a client of a server that was cut off with 4006, and of one without a close code 4005.
#
# Guess: 1006 and 1005, as a proxy that passes bytes on has it; or 1011 or 1014 from one that speaks the protocol
# itself, since neither may stand in a close frame (RFC 6455 §7.4.1).
# Seen: 3000 is added to what may not be sent, and nothing is said of it in the README. 4000 to 4999 are the
# application's own codes (§7.4.2), which a client takes for the server's verdict: it does not dial again.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund @fastify/http-proxy@11.6.3 fastify@5.12.0 ws@8.23.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

import proxy from '@fastify/http-proxy';
import Fastify from 'fastify';
import { WebSocket, WebSocketServer } from 'ws';

const readme = readFileSync('node_modules/@fastify/http-proxy/README.md', 'utf8');
console.log(`README on close codes: ${readme.match(/\b(?:1005|1006|4005|4006)\b/g) ?? 'nothing'}`);

const ends = {
  'no code': (socket) => socket.close(),
  'a cut': (socket) => socket.terminate(),
  1001: (socket) => socket.close(1001),
  1012: (socket) => socket.close(1012),
  4401: (socket) => socket.close(4401),
};
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
server.on('connection', (socket, { url }) => ends[decodeURIComponent(url.slice(1))](socket));

const app = Fastify();
await app.register(proxy, {
  upstream: `http://127.0.0.1:${server.address().port}`,
  websocket: true,
});
await app.listen({ port: 0, host: '127.0.0.1' });

const codeOf = async (port, end) => {
  const client = new WebSocket(`ws://127.0.0.1:${port}/${encodeURIComponent(end)}`);
  const [code] = await once(client, 'close');
  return code;
};
for (const end of Object.keys(ends)) {
  const direct = await codeOf(server.address().port, end);
  const behind = await codeOf(app.server.address().port, end);
  console.log(`${end}: direct ${direct}, behind it ${behind}`);
}
process.exit();
JS

cat > seen << 'SEEN'
README on close codes: nothing
1001: direct 1001, behind it 1001
1012: direct 1012, behind it 1012
4401: direct 4401, behind it 4401
no code: direct 1005, behind it 4005
a cut: direct 1006, behind it 4006
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
