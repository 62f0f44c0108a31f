import { WebSocketServer } from 'ws';

import { toWire } from './wire.js';

/*
 * A server that costs next to nothing: what it says is encoded beforehand. argv has how: `burst`
 * writes as much at once as the socket takes, `paced` one frame every so many microseconds.
 */

const { mode, count, times, everyUs } = JSON.parse(process.argv[2]);
const { frames } = await import('./frames.js');
const wire = frames(count).map(toWire);

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (client) => {
  client.on('error', () => client.terminate());
  const socket = client._socket;
  socket.setNoDelay(true);
  if (mode === 'burst') burst(socket);
  else pace(socket);
});
server.on('listening', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());

function burst(socket) {
  const batch = Buffer.concat(wire);
  const slices = [];
  for (let at = 0; at < batch.length; at += 256 * 1024)
    slices.push(batch.subarray(at, at + 256 * 1024));
  let written = 0;
  const write = () => {
    while (written < slices.length * times) {
      const isRoom = socket.write(slices[written % slices.length]);
      written += 1;
      if (!isRoom) {
        socket.once('drain', write);
        return;
      }
    }
  };
  write();
}

function pace(socket) {
  const startedAt = performance.now();
  let written = 0;
  const write = () => {
    // One a turn, so that one read of the client's has one frame.
    if (performance.now() - startedAt >= (written * everyUs) / 1_000) {
      socket.write(wire[written % wire.length]);
      written += 1;
    }
    if (written < wire.length * times && !socket.destroyed) setImmediate(write);
  };
  write();
}
