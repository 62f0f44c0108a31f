#!/usr/bin/env bash
# mitmproxy 8.1.1 tells a client of a server that was killed amid a WebSocket as of one that closed: 1000.
#
# Guess: 1006 for the client, as a proxy that passes bytes on has it, or 1011 or 1014 from one that does
# not: no close frame came from the server.
# Seen: a close frame with 1000 and no reason, for a FIN and for a reset. Who takes 1000 for the end of
# what it follows does not connect again.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund ws@8.23.0 >> npm.log 2>&1
missing=$(apt-get -s --no-install-recommends install mitmproxy=8.1.1-2 | sed -n 's/^Inst \([^ ]*\) (.*/\1/p')
apt-get download mitmproxy=8.1.1-2 $(echo "$missing" | grep -v '^mitmproxy$') > apt.log 2>&1
for each in *.deb; do dpkg-deb -x "$each" .; done

cat > run.mjs << 'JS'
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
const isListening = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true) || socket.destroy());
    socket.on('error', () => resolve(false));
  });
let cut;
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
server.on('connection', (client, { socket }) => {
  client.on('error', () => undefined);
  client.send('talk', () => cut(socket));
});
const port = await freePort();
const mitmdump = spawn(
  '/usr/bin/python3',
  [
    'usr/bin/mitmdump',
    ...['--quiet', '--set', `confdir=${process.cwd()}`],
    ...['--mode', `reverse:http://127.0.0.1:${server.address().port}`],
    ...['--listen-host', '127.0.0.1', '--listen-port', String(port)],
  ],
  { env: { ...process.env, PYTHONPATH: 'usr/lib/python3/dist-packages' }, stdio: 'ignore' },
);
while (!(await isListening(port))) await wait(100);

const end = (how, to) =>
  new Promise((resolve) => {
    cut = how;
    const client = new WebSocket(`ws://127.0.0.1:${to}/`);
    client.on('error', () => undefined);
    client.on('close', (code, reason) => resolve(`${code} "${reason}"`));
  });
const ways = { FIN: (socket) => socket.end(), reset: (socket) => socket.resetAndDestroy() };
for (const [name, how] of Object.entries(ways)) {
  console.log(`${name}: directly ${await end(how, server.address().port)}, through mitmproxy ${await end(how, port)}`);
}
mitmdump.kill();
process.exit();
JS

cat > seen << 'SEEN'
FIN: directly 1006 "", through mitmproxy 1000 ""
reset: directly 1006 "", through mitmproxy 1000 ""
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
