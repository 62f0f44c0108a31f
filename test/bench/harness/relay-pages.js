import { setTimeout as wait } from 'node:timers/promises';

import { firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';

/*
 * Pages that follow calls, as many of each as there are tabs: argv has where, how and how many. Told
 * to `count`, it counts anew; told to `tell`, it says what came meanwhile, and how late.
 */

const { url, isDirect, from = 0, pages, tabs, isUnread = false } = JSON.parse(process.argv[2]);
/** As many dials at once as a listening socket keeps waiting. */
const AT_A_TIME = 200;

let [heard, lost, ended] = [0, 0, 0];
let delays = [];
const now = () => Number(process.hrtime.bigint()) / 1e6;

/** Counts the sentences of one page, and what is missing between two. */
function createEar() {
  let last;
  return (msg, offset) => {
    const number = parseInt(msg);
    if (last !== undefined && number !== last + 1) lost += 1;
    last = number;
    heard += 1;
    delays.push(now() - offset);
  };
}

/** A page without the library: what it takes is the least that a page can take. */
function dialBare(n) {
  const id = n.toString(16).padStart(32, '0');
  const protocols = ['livecall.1', `livecall.page.${id}`];
  const socket = new WebSocket(toUrl(n), protocols, { perMessageDeflate: false });
  const hear = createEar();
  const opened = new Promise((resolve, reject) => {
    socket.once('message', resolve).once('error', reject);
  });
  socket.on('close', () => (ended += 1));
  socket.on('message', (bytes, isBinary) => {
    if (bytes.length === 0) {
      if (!isBinary) socket.send('');
      return;
    }
    const { type, msg, offset } = JSON.parse(bytes.toString());
    if (type === 'transcript') hear(msg, offset);
  });
  return opened.then(() => {
    if (isUnread) socket.pause();
  });
}

const toUrl = (n) => (isDirect ? url : `${url}/livecall/${Math.floor(n / tabs)}`);

async function dialAll() {
  for (let at = from; at < from + pages; at += AT_A_TIME) {
    const many = Math.min(AT_A_TIME, from + pages - at);
    await Promise.all(Array.from({ length: many }, (_, index) => dialBare(at + index)));
  }
}

/** One page with the library in it. */
async function dialWhole() {
  const { liveCall } = await import('@livecall/core');
  const { relayTransport } = await import('@livecall/core/browser');
  const { webSocketTransport } = await import('@livecall/core/node');
  const call = liveCall(
    isDirect
      ? webSocketTransport({ url, accessToken: 'any', conversationToken: 'any' })
      : relayTransport({ url: toUrl(0), webSocket: WebSocket }),
  );
  const hear = createEar();
  call.transcript$.subscribe(({ msg, offset }) => hear(msg, offset));
  call.connect();
  await firstValueFrom(call.messages$);
  return call;
}

const at = (share) => delays.toSorted((a, b) => a - b)[Math.floor(delays.length * share)] ?? NaN;

/** How long so many commands take to their acks, one after the other. */
async function command(call, count) {
  const took = [];
  for (let n = 0; n < count; n += 1) {
    const startedAt = now();
    await firstValueFrom(call.joinCall());
    took.push(now() - startedAt);
  }
  const sorted = took.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const call = pages === 1 ? await dialWhole() : undefined;
if (call === undefined) await dialAll();
process.on('disconnect', () => process.exit());
process.on('message', async ({ ask, commands }) => {
  if (ask === 'count') {
    [heard, lost, delays] = [0, 0, []];
    process.send({});
  } else if (ask === 'tell') {
    process.send({ heard, lost, ended, p50: at(0.5), p99: at(0.99), worst: at(0.999) });
  } else if (ask === 'commands') {
    process.send({ ackMs: await command(call, commands) });
  }
});
await wait(0);
process.send({ pages });
