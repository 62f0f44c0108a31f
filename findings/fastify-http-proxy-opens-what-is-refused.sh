#!/usr/bin/env bash
# @fastify/http-proxy 11.6.3 opens a WebSocket for its client before its server was asked, and closes it with 1011
# where the server refuses.
#
# Guess: the client gets the server's answer to the handshake, 401 or 429 with its headers, as of an HTTP request
# through the same proxy, and as of the other proxies.
# Seen: an open connection, then 1011 "unexpected response", whatever was refused. Retry-After and WWW-Authenticate
# are lost, and a client that counts its tries anew at each open connection dials a call that is over (404) without end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund @fastify/http-proxy@11.6.3 fastify@5.12.0 ws@8.23.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';

import proxy from '@fastify/http-proxy';
import Fastify from 'fastify';
import { WebSocket } from 'ws';

const refuse = { 'Retry-After': '7', 'Content-Length': '0', Connection: 'close' };
const answer = (status) =>
  [`HTTP/1.1 ${status} Refused`, ...Object.entries(refuse).map((pair) => pair.join(': ')), '', ''].join('\r\n');
const server = createServer(({ url }, response) => response.writeHead(Number(url.slice(1)), refuse).end());
server.on('upgrade', ({ url }, socket) => socket.end(answer(url.slice(1))));
server.listen(0, '127.0.0.1');
await once(server, 'listening');

const app = Fastify();
const upstream = `http://127.0.0.1:${server.address().port}`;
await app.register(proxy, { upstream, websocket: true });
const behind = await app.listen({ port: 0, host: '127.0.0.1' });

const dial = (url) =>
  new Promise((resolve) => {
    const told = [];
    const client = new WebSocket(url.replace('http', 'ws'));
    client.on('unexpected-response', (_, { statusCode, headers }) => {
      resolve(`${statusCode}, Retry-After ${headers['retry-after']}`);
    });
    client.on('error', () => undefined);
    client.on('open', () => told.push('open'));
    client.on('close', (code, reason) => resolve([...told, `${code} "${reason}"`].join(', ')));
  });
for (const status of [401, 404, 429]) {
  const { status: plain, headers } = await fetch(`${behind}/${status}`);
  console.log(`a request behind it: ${plain}, Retry-After ${headers.get('retry-after')}`);
  console.log(`a socket, direct: ${await dial(`${upstream}/${status}`)}`);
  console.log(`a socket behind it: ${await dial(`${behind}/${status}`)}`);
}
process.exit();
JS

cat > seen << 'SEEN'
a request behind it: 401, Retry-After 7
a socket, direct: 401, Retry-After 7
a socket behind it: open, 1011 "unexpected response"
a request behind it: 404, Retry-After 7
a socket, direct: 404, Retry-After 7
a socket behind it: open, 1011 "unexpected response"
a request behind it: 429, Retry-After 7
a socket, direct: 429, Retry-After 7
a socket behind it: open, 1011 "unexpected response"
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
