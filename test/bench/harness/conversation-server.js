import { parseRecording, replay, serve } from '@livecall/tools';
import { WebSocketServer } from 'ws';

import { CALL_END, conversation, toNdjson } from './conversation.js';

/* Plays a conversation to every client: argv has who plays it, and how long it is. */

const [who, frames] = process.argv.slice(2);
const parts = conversation(Number(frames));
process.on('disconnect', () => process.exit());

if (who === 'livecall') {
  const recording = await parseRecording('conversation', toNdjson(parts));
  const { url } = await serve(() => replay(recording));
  process.send(url);
} else {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  server.on('connection', play);
  server.on('listening', () => process.send(`ws://127.0.0.1:${server.address().port}`));
}

function play(client) {
  let part = 0;
  const say = () => {
    for (const text of parts[part].texts) client.send(text);
  };
  client.on('message', (bytes) => {
    client.send(JSON.stringify({ type: 'ack', ackId: JSON.parse(bytes.toString()).id }));
    part += 1;
    if (part < parts.length) {
      say();
    } else {
      client.send(CALL_END);
      client.close(1000);
    }
  });
  say();
}
