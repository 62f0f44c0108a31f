import { readdirSync, readFileSync } from 'node:fs';

import { loadRecording, toFrame } from '@livecall/tools';

import { accessToken } from '../fixtures/canary-tokens.js';
import { toWireFrame } from '../fixtures/wire-frame.js';

const paths = readdirSync('recordings')
  .filter((name) => name.endsWith('.ndjson'))
  .map((name) => `recordings/${name}`);

/** The recordings of this house, as they stand in their files. */
export const recordings: readonly Buffer[] = paths.map((path) => readFileSync(path));

/** Every frame of them, as it crossed the wire. */
export const frames: readonly Buffer[] = (await Promise.all(paths.map(loadRecording)))
  .flatMap(({ entries }) => entries)
  .flatMap((entry) => (entry.event === 'frame' ? [Buffer.from(toFrame(entry))] : []));

const HANDSHAKE = [
  'GET /ws/v1/liveCalls?conversationToken=abc HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  `Authorization: Bearer ${accessToken}`,
  '\r\n',
].join('\r\n');

/** What a client sends: its handshake, and frames behind it. */
export const dials: readonly Buffer[] = [
  [],
  [toWireFrame('text', '{"type":"client:joinCall","id":"1"}', { isMasked: true })],
  [toWireFrame('ping', 'are you there', { isMasked: true })],
  [
    toWireFrame('text', 'in two ', { isMasked: true, isFinal: false }),
    toWireFrame('continuation', 'parts', { isMasked: true }),
    toWireFrame('close', Buffer.from([0x03, 0xe8]), { isMasked: true }),
  ],
  [toWireFrame('binary', Buffer.alloc(70_000), { isMasked: true })],
].map((sent) => Buffer.concat([Buffer.from(HANDSHAKE), ...sent]));
