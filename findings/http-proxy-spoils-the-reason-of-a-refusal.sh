#!/usr/bin/env bash
# http-proxy 1.18.1 passes the body of a refused handshake on in another form than its headers say.
#
# Guess: status, headers and body as the server sent them, or neither header nor body.
# Seen: where the server writes its answer in chunks, `Transfer-Encoding: chunked` is passed on and the chunks are not.
# Status and headers are told; who reads the body, to say what is wrong with a token, gets a parse error instead.
# A request through the same proxy, and an answer with Content-Length, are in order.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund http-proxy@1.18.1 ws@8.23.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { once } from 'node:events';
import { createServer, ServerResponse } from 'node:http';

import httpProxy from 'http-proxy';
import { WebSocket } from 'ws';

const reason = JSON.stringify({ error: 'the token has expired' });
const refuse = (url, response) => {
  const headers = { 'Content-Type': 'application/json', Connection: 'close' };
  if (url === '/length') headers['Content-Length'] = reason.length;
  response.writeHead(401, headers);
  response.write(reason);
  response.end();
};
const server = createServer(({ url }, response) => refuse(url, response));
server.on('upgrade', (request, socket) => {
  const response = new ServerResponse(request);
  response.assignSocket(socket);
  response.on('finish', () => socket.end());
  refuse(request.url, response);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

const proxy = httpProxy.createProxyServer({ target: `http://127.0.0.1:${server.address().port}` });
const front = createServer((request, response) => proxy.web(request, response));
front.on('upgrade', (request, socket, head) => proxy.ws(request, socket, head));
front.listen(0, '127.0.0.1');
await once(front, 'listening');

const dial = (port, path) =>
  new Promise((resolve) => {
    let status;
    const client = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    client.on('unexpected-response', (request, response) => {
      status = response.statusCode;
      let body = '';
      response.on('data', (data) => (body += data));
      response.on('end', () => resolve(`${status} ${body}`));
      response.on('error', ({ message }) => resolve(`${status} ${message}`));
    });
    client.on('error', ({ message }) => resolve(`${status} ${message}`));
  });
for (const path of ['/length', '/chunks']) {
  const request = await fetch(`http://127.0.0.1:${front.address().port}${path}`);
  console.log(`${path}, a request behind it: ${request.status} ${await request.text()}`);
  console.log(`${path}, a socket, direct: ${await dial(server.address().port, path)}`);
  console.log(`${path}, a socket behind it: ${await dial(front.address().port, path)}`);
}
process.exit();
JS

cat > seen << 'SEEN'
/length, a request behind it: 401 {"error":"the token has expired"}
/length, a socket, direct: 401 {"error":"the token has expired"}
/length, a socket behind it: 401 {"error":"the token has expired"}
/chunks, a request behind it: 401 {"error":"the token has expired"}
/chunks, a socket, direct: 401 {"error":"the token has expired"}
/chunks, a socket behind it: 401 Parse Error: Invalid character in chunk size
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
