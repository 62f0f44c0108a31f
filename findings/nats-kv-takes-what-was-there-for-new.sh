#!/usr/bin/env bash
# A watch of @nats-io/kv 3.4.0 tells the last of the values that were there before as an update.
#
# Guess: isUpdate is false for what was there as the watch began, and true for what came after it.
# Seen: the last one of those is told with true. Of a single key that is its value, always. Who acts on updates alone
# acts, each time it begins to watch, on a call that was put there long ago.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund @nats-io/kv@3.4.0 @nats-io/transport-node@3.4.0 >> npm.log 2>&1
apt-get download nats-server=2.9.10-1+b3 > apt.log 2>&1
dpkg-deb -x nats-server_*.deb .

cat > run.mjs << 'JS'
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
const port = await freePort();
const options = ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', 'store'];
const server = spawn('usr/sbin/nats-server', options, { stdio: 'ignore' });
process.on('exit', () => server.kill());
const nats = await connect({ servers: `127.0.0.1:${port}`, waitOnFirstConnect: true, reconnectTimeWait: 100 });
const calls = await new Kvm(nats).create('calls');
for (const key of ['a', 'b', 'c']) await calls.put(key, 'ringing');

for (const [key, count] of Object.entries({ '>': 3, a: 1 })) {
  const watch = await calls.watch({ key });
  const told = [];
  for await (const entry of watch) {
    told.push(`${entry.key} ${entry.string()} ${entry.isUpdate}`);
    if (entry.string() === 'ended') break;
    if (told.length === count) await calls.put('a', 'ended');
  }
  console.log(`watch of ${key}: ${told.join(', ')}`);
  await calls.put('a', 'ringing');
}
await nats.close();
process.exit();
JS

cat > seen << 'SEEN'
watch of >: a ringing false, b ringing false, c ringing true, a ended true
watch of a: a ringing true, a ended true
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
