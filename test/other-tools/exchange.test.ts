import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

import { toFrame } from '@livecall/recording';
import { loadRecording } from '@livecall/tools';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';

import { toPcap, toWebSocketFrame } from '../fixtures/capture.js';
import type { Segment } from '../fixtures/capture.js';
import { findChromium, startChromium } from '../fixtures/chromium.js';
import { unpackDebian } from '../fixtures/debian.js';
import { makeFolder } from '../fixtures/folder.js';
import { hasTerminals, run } from '../fixtures/livecall.js';

/* `livecall import` and `export` with the tools themselves, which Debian has. */

const exec = promisify(execFile);
const JOINED = 'recordings/joined-call.ndjson';
const REJOINED = 'recordings/dropped-and-rejoined.ndjson';

const tshark = await unpackDebian('tshark');

it.skipIf(typeof tshark === 'string')('imports what tshark reads of a capture', async () => {
  if (typeof tshark === 'string') return;
  using folder = makeFolder();
  const recording = await loadRecording(REJOINED);
  writeFileSync(folder.at('call.pcap'), toPcap(await toSegments(REJOINED)));
  for (const flags of [[], ['--no-duplicate-keys']]) {
    const args = [
      '-r',
      folder.at('call.pcap'),
      '-T',
      'json',
      '-d',
      'tcp.port==8080,http',
      ...flags,
    ];
    const { stdout } = await exec(tshark.at('usr/bin/tshark'), args, {
      env: { ...process.env, ...tshark.env },
      maxBuffer: 2 ** 26,
    });
    const out = folder.at(`call${flags.length}.ndjson`);
    const json = folder.write('call.json', stdout);
    const title = recording.header.title ?? '';
    expect(await run(['import', json, '--out', out, '--title', title])).toMatchObject({
      exitCode: 0,
      stderr: `livecall: imported ${json} to ${out}\n`,
    });
    expect(await run(['diff', REJOINED, out, '--ids', '--times', '2ms'])).toMatchObject({
      exitCode: 0,
      stdout: '',
    });
  }
});

/** The connections of a recording as they cross the wire, each with its handshake. */
async function toSegments(path: string): Promise<readonly (readonly Segment[])[]> {
  const { header, entries } = await loadRecording(path);
  const zero = Date.parse(header.recordedAt);
  const connections: Segment[][] = [];
  const http = (lines: readonly string[]) => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  const upgrade = ['Upgrade: websocket', 'Connection: Upgrade'];
  const dial = (at: number, answer: readonly string[]) => {
    const request = ['GET /ws/v1/liveCalls HTTP/1.1', 'Host: calls.example', ...upgrade];
    // The first dial is at 0; when a later one began is not in a recording.
    const dialledAt = connections.length === 0 ? zero : zero + at;
    connections.push([
      { at: dialledAt, from: 'client', bytes: http(request) },
      { at: zero + at, from: 'server', bytes: http(answer) },
    ]);
  };
  for (const entry of entries) {
    const at = zero + entry.at;
    if (entry.event === 'open') dial(entry.at, ['HTTP/1.1 101 Switching Protocols', ...upgrade]);
    if (entry.event === 'refused') {
      dial(entry.at, [`HTTP/1.1 ${entry.status} Refused`, 'Retry-After: 0', 'Content-Length: 0']);
    }
    if (entry.event === 'frame') {
      const frame = toFrame(entry);
      const payload = typeof frame === 'string' ? frame : Buffer.from(frame);
      connections
        .at(-1)
        ?.push({ at, from: entry.from, bytes: toWebSocketFrame(entry.from, payload) });
    }
    if (entry.event === 'close') {
      const code = Buffer.from([entry.code >> 8, entry.code & 0xff]);
      const isCut = entry.code === 1006;
      const bytes = isCut ? Buffer.alloc(0) : toWebSocketFrame(entry.from, code, 8);
      connections.at(-1)?.push({ at, from: entry.from, bytes, isLast: isCut });
    }
  }
  return connections;
}

const asciinema = await unpackDebian('asciinema');
const hasPython = await exec('python3', ['--version']).then(
  () => true,
  () => false,
);

it.skipIf(typeof asciinema === 'string' || !hasPython || !hasTerminals)(
  'exports what asciinema shows',
  async () => {
    if (typeof asciinema === 'string') return;
    using folder = makeFolder();
    const cast = folder.at('call.cast');
    await run(['export', JOINED, '--to', 'asciicast', '--out', cast]);
    // It wants a terminal, to write on it.
    const command = `python3 ${asciinema.at('usr/bin/asciinema')} cat ${cast}`;
    const { stdout } = await exec('script', ['-qefc', command, '/dev/null'], {
      env: { ...process.env, PYTHONPATH: asciinema.at('usr/lib/python3/dist-packages') },
    });

    expect(stdout).toContain('Marta from Harbour Couriers');
    expect(stdout.split('\r\n')).toHaveLength(14);
  },
);

const chromium = await findChromium();

it.skipIf(typeof chromium === 'string')('imports what Playwright records in Chromium', async () => {
  if (typeof chromium === 'string') return;
  using folder = makeFolder();
  await using platform = await playTo(JOINED);
  const browser = await startChromium(chromium);
  const path = folder.at('call.har');
  const context = await browser.newContext({ recordHar: { path, content: 'embed' } });
  const page = await context.newPage();
  await page.evaluate(follow, `${platform.url}?conversationToken=a-conversation-token`);
  await context.close();
  const out = folder.at('call.ndjson');
  const title = (await loadRecording(JOINED)).header.title ?? '';
  const imported = await run(['import', path, '--out', out, '--title', title]);
  const { stdout } = await run(['diff', '--json', JOINED, out]);

  expect(imported.stderr).toContain('har has no close codes');
  expect(readFileSync(out, 'utf8')).not.toContain('a-conversation-token');
  // A HAR has no close: that is all that differs.
  expect(JSON.parse(stdout)).toMatchObject({
    differences: [
      { change: 'removed', left: { line: 14 } },
      { change: 'added', right: { moment: { what: 'closed', code: 1006 } } },
    ],
  });
});

/** A page cannot send an access token, so it is a server that asks for none that plays the recording. */
async function playTo(path: string) {
  const { entries } = await loadRecording(path);
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (client) => {
    const rest = [...entries];
    const play = () => {
      for (let entry = rest.shift(); entry !== undefined; entry = rest.shift()) {
        if (entry.event === 'frame' && entry.from === 'client') return;
        if (entry.event === 'frame') client.send(toFrame(entry));
        if (entry.event === 'close') client.close(entry.code, entry.reason);
      }
    };
    client.on('message', play);
    play();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}/ws/v1/liveCalls`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await Promise.resolve();
    },
  };
}

/** Follows a call in a page, as an app there would. */
function follow(url: string): Promise<unknown> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.addEventListener('message', ({ data }) => {
      const { type } = JSON.parse(String(data)) as { type: string };
      if (type !== 'event:end') return;
      socket.send('{"type":"client:joinCall","id":"00000000-0000-4000-8000-000000000001"}');
    });
    socket.addEventListener('close', resolve);
  });
}

it.skipIf(typeof chromium === 'string')("exports what Chrome's network panel takes", async () => {
  if (typeof chromium === 'string') return;
  using folder = makeFolder();
  await run(['export', REJOINED, '--to', 'har', '--out', folder.at('call.har')]);
  const browser = await startChromium(chromium);
  const page = await browser.newPage();
  await page.goto('devtools://devtools/bundled/devtools_app.html');
  // What its `Import HAR` does; as text, since a test's own imports are not the page's.
  const shown = await page.evaluate(`(async () => {
    const { HARFormat, Importer } = await import('devtools://devtools/bundled/models/har/har.js');
    const { log } = new HARFormat.HARRoot(${readFileSync(folder.at('call.har'), 'utf8')});
    return Importer.Importer.requestsFromHARLog(log).map((request) => ({
      url: request.url(),
      status: request.statusCode,
      type: request.resourceType().name(),
      frames: request.frames().map(({ type, text, time }) => [type, JSON.parse(text).type, time]),
    }));
  })()`);
  const zero = Date.parse('2026-11-22T09:00:00.000Z') / 1_000;
  const url = 'wss://calls.example/ws/v1/liveCalls';
  expect(shown).toMatchObject([
    { url, status: 101, type: 'websocket', frames: { length: 3 } },
    { url, status: 503, type: 'websocket', frames: [] },
    { url, status: 101, type: 'websocket', frames: { length: 6 } },
  ]);
  expect((shown as { frames: unknown[] }[])[2]?.frames.slice(2, 4)).toEqual([
    ['send', 'client:joinCall', expect.closeTo(zero + 5.289, 3)],
    ['receive', 'ack', expect.closeTo(zero + 5.37, 3)],
  ]);
});
