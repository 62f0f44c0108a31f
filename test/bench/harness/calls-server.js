import { WebSocketServer } from 'ws';

import { toWire } from './wire.js';

/* Says one thing to every client again and again: argv has after how many milliseconds. */

const TURNS = 50;
const TICK_MS = Number(process.argv[2]) / TURNS;

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  perMessageDeflate: false,
  backlog: 4_096,
});
const shifts = Array.from({ length: TURNS }, () => new Set());
let connected = 0;

server.on('connection', (client) => {
  const call = { socket: client._socket, offset: 0 };
  const shift = shifts[connected++ % TURNS];
  shift.add(call);
  client.on('error', () => client.terminate()).on('close', () => shift.delete(call));
});
server.on('listening', () => process.send(server.address().port));
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
