#!/usr/bin/env bash
# The NATS client for Node, @nats-io/transport-node 3.4.0, holds the certificate of a server that is
# dialled by its address against the name `localhost`.
#
# Guess: against the address, as Node's own tls.connect({ host }) does: the certificate is for the IP
# address 127.0.0.1 and was signed by the authority that is given.
# Seen: it is refused for "Host: localhost.", of which nobody spoke. So a server is to be dialled by a
# name that stands in its certificate, whatever addresses stand there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund @nats-io/transport-node@3.4.0 >> npm.log 2>&1

key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
openssl req -x509 "${key[@]}" -keyout ca.key -out ca.crt -subj /CN=private 2>> npm.log
echo subjectAltName=IP:127.0.0.1 > san
openssl req "${key[@]}" -keyout key -out csr -subj /CN=server 2>> npm.log
openssl x509 -req -in csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile san -out crt 2>> npm.log

cat > run.mjs << 'JS'
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { connect } from '@nats-io/transport-node';

const ca = readFileSync('ca.crt', 'utf8');
const info = { server_id: 'S', version: '2.9.10', max_payload: 1048576, headers: true, tls_required: true };

// As a NATS server begins: it says who it is, and goes on in TLS.
const serve = async (hello) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (hello !== '') socket.write(hello);
    const options = { isServer: true, key: readFileSync('key'), cert: readFileSync('crt') };
    const tls = new TLSSocket(socket, options);
    tls.on('error', () => undefined);
    tls.on('data', (data) => {
      if (String(data).includes('PING')) tls.write('PONG\r\n');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
};

const own = connectTls({ host: '127.0.0.1', port: await serve(''), ca });
await once(own, 'secureConnect');
console.log('node: accepted');
own.destroy();

const port = await serve(`INFO ${JSON.stringify(info)}\r\n`);
const outcome = await connect({ servers: `127.0.0.1:${port}`, tls: { ca }, timeout: 5000 }).then(
  () => 'accepted',
  ({ message }) => message,
);
console.log(`nats: ${outcome}`);
process.exit(0);
JS

cat > seen << 'SEEN'
node: accepted
nats: Hostname/IP does not match certificate's altnames: Host: localhost. is not cert's CN: server
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
