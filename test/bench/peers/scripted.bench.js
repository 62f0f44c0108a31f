import { writeFileSync } from 'node:fs';

import { afterEach, expect, it } from 'vitest';
import { WS } from 'vitest-websocket-mock';
import { WebSocket } from 'mock-socket';

import { CALL_END, conversation } from '../harness/conversation.js';
import { createFollower } from '../harness/follow-conversation.js';
import { stopwatch } from '../harness/time.js';

/* A conversation as it is scripted on vitest-websocket-mock; vitest runs it, apart from the tests. */

const { FRAMES, RUNS, OUT } = process.env;
const parts = conversation(Number(FRAMES));

afterEach(() => WS.clean());

it('plays the conversation', { timeout: 600_000 }, async () => {
  const times = stopwatch();
  let result;
  for (let run = 0; run < Number(RUNS); run += 1) {
    times.start();
    const server = new WS('ws://localhost:1234');
    const client = new WebSocket('ws://localhost:1234');
    const ended = new Promise((resolve) => {
      const follower = createFollower((text) => client.send(text), resolve);
      client.onmessage = ({ data }) => follower.hear(data);
      result = follower.result;
    });
    await server.connected;
    for (const [index, { texts, command }] of parts.entries()) {
      for (const text of texts) server.send(text);
      const id = `live-${index}`;
      await expect(server).toReceiveMessage(JSON.stringify({ type: command, id }));
      server.send(JSON.stringify({ type: 'ack', ackId: id }));
    }
    server.send(CALL_END);
    await ended;
    times.stop();
    WS.clean();
  }
  writeFileSync(OUT, JSON.stringify({ measures: times.measures(), result }));
});
