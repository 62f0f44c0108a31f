#!/usr/bin/env bash
# chrome-har 1.3.1 makes a HAR in which a WebSocket is not mentioned.
#
# Guess: an entry of the wss: address with its handshake and the messages in _webSocketMessages, as in the
# HAR that the same browser saves: the events that it is given have all of it.
# Seen: no entry, not even for the handshake, and no remark. A page that does its work over a socket looks,
# in a HAR of browsertime or sitespeed.io, as if it had done nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund chrome-har@1.3.1 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { harFromMessages } from 'chrome-har';

const timing = { requestTime: 1, sendStart: 1, sendEnd: 2, receiveHeadersEnd: 50 };
const never = Object.fromEntries(['dns', 'connect', 'ssl', 'proxy'].flatMap((part) => [[`${part}Start`, -1], [`${part}End`, -1]]));
const page = { requestId: '1', frameId: 'F', loaderId: '1', type: 'Document' };
const socket = { requestId: '2' };
const events = [
  ['Page.frameStartedLoading', { frameId: 'F' }],
  [
    'Network.requestWillBeSent',
    {
      ...page,
      documentURL: 'https://example.com/',
      request: { url: 'https://example.com/', method: 'GET', headers: {}, initialPriority: 'VeryHigh' },
      timestamp: 1,
      wallTime: 1_700_000_000,
      initiator: { type: 'other' },
    },
  ],
  [
    'Network.responseReceived',
    {
      ...page,
      timestamp: 1.1,
      response: {
        url: 'https://example.com/',
        status: 200,
        statusText: 'OK',
        headers: {},
        mimeType: 'text/html',
        protocol: 'h2',
        connectionId: 1,
        connectionReused: false,
        encodedDataLength: 10,
        timing: { ...timing, ...never },
      },
    },
  ],
  ['Network.loadingFinished', { requestId: '1', timestamp: 1.2, encodedDataLength: 100 }],
  ['Network.webSocketCreated', { ...socket, url: 'wss://example.com/call', initiator: { type: 'script' } }],
  ['Network.webSocketWillSendHandshakeRequest', { ...socket, timestamp: 1.3, wallTime: 1_700_000_000.3, request: { headers: {} } }],
  [
    'Network.webSocketHandshakeResponseReceived',
    { ...socket, timestamp: 1.4, response: { status: 101, statusText: 'Switching Protocols', headers: {} } },
  ],
  ['Network.webSocketFrameReceived', { ...socket, timestamp: 1.5, response: { opcode: 1, mask: false, payloadData: '{}' } }],
  ['Network.webSocketClosed', { ...socket, timestamp: 2 }],
].map(([method, params]) => ({ method, params }));

const har = harFromMessages(events);
console.log(`given: ${new Set(events.map(({ params }) => params.requestId).filter(Boolean)).size} requests`);
console.log(`told: ${har.log.entries.map(({ request }) => request.url).join(', ')}`);
console.log(`says "socket": ${/socket/i.test(JSON.stringify(har))}`);
JS

cat > seen << 'SEEN'
given: 2 requests
told: https://example.com/
says "socket": false
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
