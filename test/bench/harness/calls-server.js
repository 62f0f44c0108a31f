import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

import { WebSocketServer } from 'ws';

import { toWire } from './wire.js';

/*
 * Says one thing to every client again and again: argv has after how many milliseconds, and for TLS
 * the key and the certificate.
 */

const TURNS = 50;
const TICK_MS = Number(process.argv[2]) / TURNS;

const [, , , certificate] = process.argv;

const listener =
  certificate === undefined ? createServer() : createTlsServer(JSON.parse(certificate));
const server = new WebSocketServer({ server: listener, perMessageDeflate: false });
const shifts = Array.from({ length: TURNS }, () => new Set());
let connected = 0;

server.on('connection', (client) => {
  const call = { socket: client._socket, offset: 0 };
  const shift = shifts[connected++ % TURNS];
  shift.add(call);
  client.on('error', () => client.terminate()).on('close', () => shift.delete(call));
});
listener.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, () => {
  process.send(listener.address().port);
});
process.on('disconnect', () => process.exit());

let tick = 0;
setInterval(() => {
  for (const call of shifts[tick++ % TURNS]) {
    call.socket.write(toTranscript(call.offset));
    call.offset += 1;
  }
}, TICK_MS);

const transcripts = [];

function toTranscript(offset) {
  return (transcripts[offset] ??= toWire(
    JSON.stringify({
      type: 'transcript',
      msg: 'I am calling about your parcel, it will be there this afternoon.',
      role: 'other',
      offset,
    }),
  ));
}
