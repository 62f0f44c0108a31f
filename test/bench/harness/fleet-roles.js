// @ts-check
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { liveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { brokerRetry, brokerTransport, connectBroker, fleetWorker } from '@livecall/fleet';
import { createInbox, headers } from '@nats-io/transport-node';
import { WebSocket, WebSocketServer } from 'ws';

/*
 * The parts of a fleet under load, a process each: a platform, workers and readers, and the bare
 * client that does the same (raw `ws`, one publish a message with an inbox for the acknowledgements,
 * one subscription). Each answers to what it is asked by whoever started it.
 */

const self = fileURLToPath(import.meta.url);

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Microseconds of the wall clock, as a whole number with no more digits than an offset may have. */
const clock = () => Math.round((performance.timeOrigin + performance.now()) * 1_000) % CLOCK;
const CLOCK = 1e10;
/** @param {unknown} message */
const tell = (message) => process.send?.(message);
/** @param {(message: any) => void} listen */
const hear = (listen) => process.on('message', listen);
/** CPU and memory until now. */
const usage = () => {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system, rssMiB: process.memoryUsage().rss / 2 ** 20 };
};
/** @param {number} calls */
export const callIdsOf = (calls) => Array.from({ length: calls }, (_, n) => `call-${n}`);

/**
 * Starts one, and waits until it is ready.
 *
 * @param {string} role
 * @param {Record<string, unknown>} options
 */
export async function startRole(role, options = {}) {
  const child = fork(self, [role, JSON.stringify(options)], {
    execArgv: process.env['PROFILE'] ? ['--cpu-prof', `--cpu-prof-name=${role}.cpuprofile`] : [],
  });
  children.add(child);
  const answer = () =>
    /** @type {Promise<any>} */ (new Promise((resolve) => child.once('message', resolve)));
  const first = await answer();
  return {
    first,
    /** @param {string} question @param {Record<string, unknown>} [rest] */
    ask: (question, rest = {}) => {
      const answered = answer();
      child.send({ ask: question, ...rest });
      return answered;
    },
    stop: async () => {
      child.send({ ask: 'exit' });
      await new Promise((resolve) => child.once('exit', resolve));
      children.delete(child);
    },
  };
}

const roles = { platform, bareWorker, fleetWorkers, bareReader, fleetReader };
if (process.argv[1] === self) {
  hear(({ ask }) => {
    if (ask === 'exit') process.exit(0);
  });
  const [, , role = '', options = '{}'] = process.argv;
  await roles[/** @type {keyof typeof roles} */ (role)](JSON.parse(options));
}

/* The platform says `burst` messages a call at once, or one a second, each with the time. */
async function platform() {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  /** @type {Set<WebSocket>} */
  const clients = new Set();
  server.on('connection', (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
  });
  http.listen(0, '127.0.0.1', () => {
    tell({ port: /** @type {any} */ (http.address()).port });
  });
  let said = 0;
  const say = (/** @type {WebSocket} */ client) => {
    said += 1;
    client.send(
      `{"type":"transcript","role":"other","msg":"as long as a sentence is","offset":${clock()}}`,
    );
  };
  hear(async ({ ask, burst, seconds }) => {
    if (ask === 'clients') tell({ clients: clients.size });
    if (ask === 'burst') {
      for (let n = 0; n < burst; n += 1) {
        for (const client of clients) say(client);
        if (n % 10 === 9) await new Promise((resolve) => setImmediate(resolve));
      }
      tell({ said });
    }
    if (ask === 'talk') {
      // Each call has its own moment in every second.
      const startedAt = performance.now();
      for (let second = 0; second < seconds; second += 1) {
        [...clients].forEach((client, n) => setTimeout(say, (n * 1_000) / clients.size, client));
        await sleep(Math.max(0, startedAt + (second + 1) * 1_000 - performance.now()));
      }
      await sleep(50);
      tell({ said });
    }
    if (ask === 'usage') tell({ said, ...usage() });
    if (ask === 'end') {
      for (const client of clients) {
        client.send('{"type":"event:callEnd","timestamp":"2026-11-22T09:00:00.000Z"}');
      }
      tell({ said });
    }
  });
}

/** @param {{ broker: string, url: string, calls: number }} options */
async function bareWorker({ broker, url, calls }) {
  const connection = await connectBroker({ servers: broker });
  const inbox = `${createInbox()}.`;
  let [sent, acked] = [0, 0];
  connection.subscribe(`${inbox}*`, {
    callback: () => {
      acked += 1;
    },
  });
  for (const id of callIdsOf(calls)) {
    const socket = new WebSocket(`${url}?conversationToken=x`);
    let number = 0;
    const startedAt = performance.now();
    socket.on('message', (data) => {
      sent += 1;
      number += 1;
      const messageHeaders = headers();
      messageHeaders.set('Nats-Msg-Id', `${id}.1-1.${number}`);
      const at = Math.round((performance.now() - startedAt) * 1_000) / 1_000;
      const entry = `{"at":${at},"event":"frame","from":"server","json":${data.toString()}}`;
      connection.publish(`bare.calls.${id}`, entry, {
        reply: `${inbox}${sent}`,
        headers: messageHeaders,
      });
    });
  }
  hear(({ ask }) => {
    if (ask === 'usage') tell(usage());
    if (ask === 'acked') tell({ acked });
  });
  tell({ ready: true });
}

/** @param {{ broker: string, url: string, slots: number }} options */
async function fleetWorkers({ broker, url, slots }) {
  const connection = await connectBroker({ servers: broker });
  const tokens = { accessToken: 'bench-access-token', conversationToken: 'bench-conversation' };
  const counts = { taken: 0, ended: 0, other: 0, trouble: 0 };
  const name = `bench-${process.pid}`;
  fleetWorker({
    connection,
    name,
    slots,
    dial: () => webSocketTransport({ url, ...tokens }),
  }).subscribe((news) => {
    if (news.kind === 'taken') counts.taken += 1;
    else if (news.kind === 'trouble') counts.trouble += 1;
    else if (news.kind === 'over') counts[news.outcome === 'ended' ? 'ended' : 'other'] += 1;
  });
  hear(({ ask }) => {
    if (ask === 'usage') tell({ ...counts, ...usage() });
    if (ask === 'acked') void toldAcked(connection, name).then((acked) => tell({ acked }));
  });
  tell({ ready: true });
}

/**
 * How many lines of its calls the broker has acknowledged, as a worker tells whoever asks.
 *
 * @param {import('@nats-io/transport-node').NatsConnection} connection
 * @param {string} name
 */
async function toldAcked(connection, name) {
  const answers = await connection.requestMany('livecall.workers', '', {
    strategy: 'stall',
    maxWait: 1_000,
    stall: 100,
  });
  for await (const answer of answers) {
    const { worker, calls } = answer.json();
    if (worker !== name) continue;
    return calls.reduce((sum, { published, unacked }) => sum + published - unacked, 0);
  }
  return 0;
}

function timed() {
  /** @type {number[]} */
  let delays = [];
  let count = 0;
  hear(({ ask }) => {
    if (ask === 'reset') delays = [];
    if (ask === 'delays') {
      tell({ delays });
      delays = [];
    } else if (ask !== 'exit') tell({ count, ...usage() });
  });
  return (/** @type {number} */ offset) => {
    count += 1;
    delays.push(((clock() - offset + CLOCK) % CLOCK) / 1_000);
  };
}

/** @param {{ broker: string }} options */
async function bareReader({ broker }) {
  const connection = await connectBroker({ servers: broker });
  const heard = timed();
  connection.subscribe('bare.calls.*', {
    callback: (_error, message) => {
      heard(message.json().json.offset);
    },
  });
  await connection.flush();
  tell({ ready: true });
}

/** @param {{ broker: string, calls: number, every?: number }} options of every n-th call */
async function fleetReader({ broker, calls, every = 1 }) {
  const connection = await connectBroker({ servers: broker });
  const heard = timed();
  for (const callId of callIdsOf(calls).filter((_, n) => n % every === 0)) {
    const call = liveCall(brokerTransport({ connection, callId, openTimeoutMs: 600_000 }), {
      retry: brokerRetry,
      maxUtterances: 0,
    });
    call.transcript$.subscribe({
      next: ({ offset }) => {
        heard(Number(offset));
      },
      error: () => undefined,
    });
    call.connect();
  }
  tell({ ready: true });
}
