#!/usr/bin/env bash
# lighttpd 1.4.69 cuts a WebSocket over which its server sends all the time, once the client is silent.
#
# Guess: server.max-read-idle is over when nothing passes either way, as with nginx or HAProxy.
# Seen: it counts what the client sends. Who listens to a server that talks, and sends no pings, is cut
# after a minute, amid the messages, with 1006.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund ws@8.23.0 >> npm.log 2>&1
apt-get download lighttpd=1.4.69-1 > apt.log 2>&1
dpkg-deb -x lighttpd_*.deb .

cat > run.mjs << 'JS'
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
server.on('connection', (client) => {
  const talking = setInterval(() => client.send('talk'), 200);
  client.on('close', () => clearInterval(talking)).on('error', () => undefined);
});
const port = await freePort();
writeFileSync(
  'lighttpd.conf',
  `server.modules = ("mod_proxy")
server.document-root = "${process.cwd()}"
server.upload-dirs = ("${process.cwd()}")
server.bind = "127.0.0.1"
server.port = ${port}
server.max-read-idle = 3
server.max-write-idle = 60
proxy.header = ("upgrade" => "enable")
proxy.server = ("" => (("host" => "127.0.0.1", "port" => ${server.address().port})))
`,
);
const lighttpd = spawn('usr/sbin/lighttpd', ['-D', '-f', 'lighttpd.conf', '-m', 'usr/lib/lighttpd'], {
  stdio: 'ignore',
});
await wait(500);

const listen = async (pings) => {
  const client = new WebSocket(`ws://127.0.0.1:${port}/`);
  let lastAt = 0;
  client.on('message', () => (lastAt = performance.now()));
  const pinging = pings && setInterval(() => client.ping(), 1_000);
  const closed = new Promise((resolve) => client.on('close', (code) => resolve(code)));
  const code = await Promise.race([closed, wait(9_000)]);
  clearInterval(pinging);
  const isTalking = performance.now() - lastAt < 1_000;
  client.terminate();
  return `${code ?? 'open after 9 s'}, with the server ${isTalking ? 'talking' : 'silent'}`;
};
console.log(`limit 3 s, a client that only listens: ${await listen(false)}`);
console.log(`limit 3 s, a client that pings: ${await listen(true)}`);
lighttpd.kill();
server.close();
process.exit();
JS

cat > seen << 'SEEN'
limit 3 s, a client that only listens: 1006, with the server talking
limit 3 s, a client that pings: open after 9 s, with the server talking
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
