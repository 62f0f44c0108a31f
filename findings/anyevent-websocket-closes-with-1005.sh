#!/usr/bin/env bash
# AnyEvent::WebSocket::Client 0.54 for Perl writes the reserved code 1005 into its close frame.
#
# Guess: close() without a code sends a close frame without one, which the other side reads as 1005.
# Seen: 1005 stands in the frame, which RFC 6455 §7.4.1 forbids. A strict server answers every orderly
# close of such a client with a protocol error, 1002, and tells it as 1006; close(1000) is in order.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund ws@8.23.0 >> npm.log 2>&1
name=libanyevent-websocket-client-perl
missing=$(apt-get -s --no-install-recommends install $name=0.54-1 | sed -n 's/^Inst \([^ ]*\) (.*/\1/p')
apt-get download $name=0.54-1 $(echo "$missing" | grep -v "^$name$") > apt.log 2>&1
for each in *.deb; do dpkg-deb -x "$each" .; done

cat > close.pl << 'PERL'
use v5.36;
use AnyEvent;
use AnyEvent::WebSocket::Client;

my ($url, @code) = @ARGV;
my $done = AnyEvent->condvar;
my $connection = AnyEvent::WebSocket::Client->new->connect($url)->recv;
$connection->on(finish => sub { $done->send });
$connection->close(@code);
$done->recv;
PERL

cat > run.mjs << 'JS'
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { WebSocketServer } from 'ws';

const compiled = readdirSync('usr/lib').flatMap((name) => {
  try {
    return readdirSync(`usr/lib/${name}/perl5`).map((version) => `usr/lib/${name}/perl5/${version}`);
  } catch {
    return [];
  }
});
const env = { ...process.env, PERL5LIB: ['usr/share/perl5', ...compiled].join(':') };
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
for (const code of [[], ['1000']]) {
  const client = once(server, 'connection').then(
    ([socket]) =>
      new Promise((resolve) => {
        let complaint = 'no complaint';
        socket.on('error', ({ message }) => (complaint = message));
        socket.on('close', (told) => resolve(`${told}, ${complaint}`));
      }),
  );
  spawn('/usr/bin/perl', ['close.pl', `ws://127.0.0.1:${server.address().port}/`, ...code], { env, stdio: 'inherit' });
  console.log(`close(${code}): the server is told ${await client}`);
}
server.close();
process.exit();
JS

cat > seen << 'SEEN'
close(): the server is told 1006, Invalid WebSocket frame: invalid status code 1005
close(1000): the server is told 1000, no complaint
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
