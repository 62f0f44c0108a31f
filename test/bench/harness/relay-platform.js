import { WebSocketServer } from 'ws';

import { toWire } from './wire.js';

/*
 * A platform that costs next to nothing, on which many calls go on: it says `rate` sentences a second
 * in all, a call after the other, each with its number and the time. argv has the rate and how many
 * characters a sentence has; whoever started it may ask for `burst` bytes to
 * everyone, or for the end of all of them (`isOver`).
 */

const { rate, length } = JSON.parse(process.argv[2]);
const words = 'it will be there this afternoon '.repeat(Math.ceil(length / 32)).slice(0, length);

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  perMessageDeflate: false,
  backlog: 4_096,
});
const calls = [];

server.on('connection', (client) => {
  const call = { client, socket: client._socket, said: 0 };
  client._socket.setNoDelay(true);
  calls.push(call);
  client
    .on('error', () => client.terminate())
    .on('close', () => calls.splice(calls.indexOf(call), 1))
    .on('message', (bytes) => {
      const { id } = JSON.parse(bytes.toString());
      call.socket.write(toWire(`{"type":"ack","ackId":"${id}"}`));
    });
});
server.on('listening', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());

/** The clock that all processes of a machine have in common. */
const now = () => Number(process.hrtime.bigint()) / 1e6;

function say(call) {
  const text = `{"type":"transcript","role":"other","msg":"${call.said} ${words}","offset":${now()}}`;
  call.said += 1;
  return call.socket.write(toWire(text));
}

let saidAt = now();
let due = 0;
let next = 0;
setInterval(() => {
  const at = now();
  // What was late is made up for, but not all of it at once.
  due = Math.min(due + ((at - saidAt) * rate) / 1_000, rate / 10 + 1);
  saidAt = at;
  for (; due >= 1 && calls.length > 0; due -= 1) {
    next = (next + 1) % calls.length;
    say(calls[next]);
  }
}, 1);

process.on('message', ({ burst, isOver }) => {
  for (const call of [...calls]) {
    if (isOver) call.client.close(1000);
    else flood(call, burst);
  }
});

/** As much as it takes, as fast as it is taken. */
function flood(call, bytes) {
  let left = bytes;
  const write = () => {
    while (left > 0 && !call.socket.destroyed) {
      left -= length;
      if (!say(call)) {
        call.socket.once('drain', write);
        return;
      }
    }
  };
  write();
}
