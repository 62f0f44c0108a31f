#!/usr/bin/env bash
# Caddy 2.6.2, when its configuration is reloaded, sends its WebSocket servers a close without a mask.
#
# Guess: a reload leaves open connections alone, as with nginx, or closes both sides by the protocol.
# Seen: the client gets a close with 1001, and so does the server, but unmasked, as only a server may
# send it (RFC 6455 §5.1): a strict server tells a protocol error and 1006 instead of 1001.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund ws@8.23.0 >> npm.log 2>&1
apt-get download caddy=2.6.2-5 > apt.log 2>&1
dpkg-deb -x caddy_*.deb .

cat > run.mjs << 'JS'
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
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
await once(server, 'listening');
const served = once(server, 'connection').then(
  ([socket]) =>
    new Promise((resolve) => {
      let complaint = 'no complaint';
      socket.on('error', ({ message }) => (complaint = message));
      socket.on('close', (code) => resolve(`${code}, ${complaint}`));
    }),
);
const port = await freePort();
const env = { ...process.env, HOME: process.cwd() };
const configure = (more) =>
  writeFileSync(
    'Caddyfile',
    `{\n  admin unix/${process.cwd()}/admin.sock\n  auto_https off\n${more}}\n:${port} {\n  reverse_proxy 127.0.0.1:${server.address().port}\n}\n`,
  );
configure('');
const options = ['--adapter', 'caddyfile', '--config', 'Caddyfile'];
const caddy = spawn('usr/bin/caddy', ['run', ...options], { env, stdio: 'ignore' });
await wait(1_500);
const client = new WebSocket(`ws://127.0.0.1:${port}/`);
client.on('error', () => undefined);
const closed = once(client, 'close');
await once(client, 'open');
configure('  grace_period 1h\n');
const address = `unix/${process.cwd()}/admin.sock`;
execFileSync('usr/bin/caddy', ['reload', ...options, '--address', address], { env, stdio: 'ignore' });
const [code] = await closed;
console.log(`the client is told ${code}`);
console.log(`the server is told ${await served}`);
caddy.kill();
process.exit();
JS

cat > seen << 'SEEN'
the client is told 1001
the server is told 1006, Invalid WebSocket frame: MASK must be set
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
