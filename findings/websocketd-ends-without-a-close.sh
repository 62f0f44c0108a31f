#!/usr/bin/env bash
# websocketd 0.4.1 ends every connection without a close frame, whatever its program ended with.
#
# Guess: 1000 once the program has ended well, and 1011 after one that failed: RFC 6455 §7.1.2 has a server send a
# close frame, and the exit code is all that is to be known.
# Seen: the TCP connection ends, and every client tells 1006. A file of messages that is served with `cat` is played
# to the end, taken for a cut, and by a client that dials again played for ever.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund ws@8.23.0 >> npm.log 2>&1
apt-get download websocketd=0.4.1-1+b11 > apt.log 2>&1
dpkg-deb -x websocketd_*.deb .

cat > run.mjs << 'JS'
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';

writeFileSync('call.ndjson', '{"type":"started"}\n{"type":"ended"}\n');
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
const dial = async (url) => {
  for (;;) {
    const client = new WebSocket(url);
    const heard = [];
    client.on('message', (data) => heard.push(String(data)));
    const outcome = await Promise.race([once(client, 'close'), once(client, 'error')]).catch((error) => [error]);
    if (outcome[0]?.code !== 'ECONNREFUSED') return { code: outcome[0], heard };
    await wait(100);
  }
};

for (const [name, program] of Object.entries({
  'ends with 0': ['cat', 'call.ndjson'],
  'ends with 1': ['sh', '-c', 'cat call.ndjson; exit 1'],
  'is killed': ['sh', '-c', 'cat call.ndjson; kill -9 $$'],
})) {
  const port = await freePort();
  const options = [`--port=${port}`, '--address=127.0.0.1', '--loglevel=fatal'];
  const websocketd = spawn('usr/bin/websocketd', [...options, ...program], { stdio: 'ignore' });
  process.on('exit', () => websocketd.kill());
  const { code, heard } = await dial(`ws://127.0.0.1:${port}/`);
  console.log(`a program that ${name}: ${heard.length} messages, ${code}`);
  websocketd.kill();
}
JS

cat > seen << 'SEEN'
a program that ends with 0: 2 messages, 1006
a program that ends with 1: 2 messages, 1006
a program that is killed: 2 messages, 1006
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
