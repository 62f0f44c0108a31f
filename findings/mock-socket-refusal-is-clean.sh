#!/usr/bin/env bash
# A client of mock-socket 9.3.1 that is refused closes with 1000 and wasClean.
#
# Guess: an error and 1006, not clean, as every browser tells a refused handshake.
# Seen: an error, then a close that cannot be told from a regular end. A test of what an app does when
# it is turned away (verifyClient gives false) tests the wrong branch, and is green.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund mock-socket@9.3.1 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { Server, WebSocket } from 'mock-socket';

console.warn = () => {};
console.error = () => {};
const url = 'ws://calls.example/ws';
const server = new Server(url, { verifyClient: () => false });
const client = new WebSocket(url);
const told = [];
client.onopen = () => told.push('open');
client.onerror = () => told.push('error');
await new Promise((resolve) => {
  client.onclose = ({ code, wasClean }) => resolve(told.push(`close ${code} ${wasClean ? 'clean' : 'not clean'}`));
});
console.log(told.join(', '));
server.stop();
JS

cat > seen << 'SEEN'
error, close 1000 clean
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
