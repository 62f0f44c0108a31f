#!/usr/bin/env bash
# @microsoft/fetch-event-source 2.0.1 asks to go on behind an event that was cut, and that it never told.
#
# Guess: Last-Event-ID is the id of the last event that was told: HTML sets it as an event is dispatched, which
# the blank line behind the event does.
# Seen: the id counts as soon as its line is read. A server that goes on behind it, as it was asked to, leaves out
# the event whose data did not arrive whole. With the id behind the data it is told after all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund @microsoft/fetch-event-source@2.0.1 eventsource@4.1.1 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';

import { fetchEventSource } from '@microsoft/fetch-event-source';
import { EventSource } from 'eventsource';

const write = {
  'id first': (id) => `id: ${id}\ndata: event ${id}\n\n`,
  'data first': (id) => `data: event ${id}\nid: ${id}\n\n`,
};
const asked = {};
const server = createServer(({ url, headers }, response) => {
  const [, , order] = decodeURIComponent(url).split('/');
  const last = headers['last-event-id'];
  (asked[url] ??= []).push(last ?? '-');
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (last !== undefined) {
    const rest = [1, 2, 3].filter((id) => id > Number(last));
    response.write(rest.map(write[order]).join(''));
    return;
  }
  const [part] = write[order](2).split('nt 2');
  response.write(`retry: 10\n${write[order](1)}${part}`, () => response.destroy());
});
await once(server.listen(0, '127.0.0.1'), 'listening');

const follow = {
  eventsource: (url, tell) => {
    const source = new EventSource(url);
    source.onmessage = ({ data }) => tell(data);
    return () => source.close();
  },
  'fetch-event-source': (url, tell) => {
    globalThis.document ??= { hidden: false, addEventListener: () => {}, removeEventListener: () => {} };
    globalThis.window ??= globalThis;
    const leaving = new AbortController();
    const onmessage = ({ data }) => data !== '' && tell(data);
    fetchEventSource(url, { signal: leaving.signal, onmessage, onerror: () => 10 });
    return () => leaving.abort();
  },
};
for (const order of Object.keys(write)) {
  for (const [name, start] of Object.entries(follow)) {
    const path = encodeURI(`/${name}/${order}`);
    const told = [];
    await new Promise((resolve) => {
      const leave = start(`http://127.0.0.1:${server.address().port}${path}`, (data) => {
        if (told.push(data) > 1 && data === 'event 3') resolve(leave());
      });
    });
    console.log(`${order}, ${name}: ${told.join(', ')} (Last-Event-ID ${asked[path][1]})`);
  }
}
process.exit();
JS

cat > seen << 'SEEN'
id first, eventsource: event 1, event 2, event 3 (Last-Event-ID 1)
id first, fetch-event-source: event 1, event 3 (Last-Event-ID 2)
data first, eventsource: event 1, event 2, event 3 (Last-Event-ID 1)
data first, fetch-event-source: event 1, event 2, event 3 (Last-Event-ID 1)
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
