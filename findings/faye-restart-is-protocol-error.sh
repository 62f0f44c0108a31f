#!/usr/bin/env bash
# faye-websocket 0.11.4 tells the close codes 1012, 1013 and 1014 as 1002, with the reason of the server.
#
# Guess: the code as it came; all three are registered (IANA, WebSocket Close Code Number Registry).
# Seen: 1002, "protocol error", which a client gives up on, where 1012 (service restart) and 1013 (try
# again later) ask for another dial. 1011 and those from 3000 on are told as they are.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund faye-websocket@0.11.4 ws@8.23.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { once } from 'node:events';

import faye from 'faye-websocket';
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
server.on('connection', (socket, { url }) => socket.close(Number(url.slice(1)), 'as asked'));

for (const code of [1001, 1011, 1012, 1013, 1014, 4401]) {
  const client = new faye.Client(`ws://127.0.0.1:${server.address().port}/${code}`);
  const told = await new Promise((resolve) => client.on('close', resolve));
  console.log(`sent ${code}, told ${told.code} ${told.reason}`);
}
server.close();
JS

cat > seen << 'SEEN'
sent 1001, told 1001 as asked
sent 1011, told 1011 as asked
sent 1012, told 1002 as asked
sent 1013, told 1002 as asked
sent 1014, told 1002 as asked
sent 4401, told 4401 as asked
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
