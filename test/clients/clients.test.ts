import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { decodeFrame } from '@livecall/core';
import type { Frame } from '@livecall/core';
import { serverMessages, tellMessage } from '@livecall/core/internal';
import { toFrame } from '@livecall/recording';
import { loadRecording } from '@livecall/tools';
import type { Recording } from '@livecall/tools';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { toGo, toPython } from '../fixtures/foreign-program.js';
import type { ForeignProgram } from '../fixtures/foreign-program.js';
import { livecall, tokens } from '../fixtures/livecall.js';
import { nearMessages } from '../fixtures/near-messages.js';
import { installNpm } from '../fixtures/npm.js';

/*
 * Clients in other languages, of which only the AsyncAPI document knows the endpoint, follow what
 * `livecall replay` serves: npm run test:clients.
 */

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const clients = {
  Python: await toPython('python3-websockets', at('python/follow.py')),
  Go: await toGo('follow', at('go/follow.go'), at('go/messages.go')),
};

const names = readdirSync(new URL('../../recordings/', import.meta.url))
  .filter((name) => name.endsWith('.ndjson') && name !== 'recorder-died.ndjson')
  .map((name) => name.replace('.ndjson', ''));

/** Runs a client to its end. */
async function run(
  { command, env }: ForeignProgram,
  args: readonly string[],
  input = '',
): Promise<{ readonly exitCode: unknown; readonly lines: readonly string[] }> {
  const [file, ...own] = command;
  const child = spawn(file, [...own, ...args], {
    env: { PATH: process.env['PATH'], HOME: '/tmp', ...tokens, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stdin.end(input);
  const [exitCode] = (await once(child, 'close')) as [unknown];
  return { exitCode, lines: stdout.split('\n').slice(0, -1) };
}

/** What a client prints of a recording, and what it is told to do. */
function toPlan({ entries }: Recording) {
  const lines: string[] = [];
  const args: string[] = [];
  const pending = new Map<unknown, string>();
  let heard = 0;
  for (const entry of entries) {
    if (entry.event === 'open') lines.push('connected');
    if (entry.event === 'refused') lines.push(`refused with ${entry.status}`);
    if (entry.event === 'close') lines.push(`closed with ${entry.code}`);
    if (entry.event !== 'frame') continue;
    if (entry.from === 'server') {
      heard += 1;
      lines.push(toLine(toFrame(entry), pending));
    } else {
      const { type, id } = JSON.parse(String(toFrame(entry))) as { type: string; id: string };
      pending.set(id, type);
      args.push(`${type === 'client:joinCall' ? 'join' : 'end'}=${heard}`);
    }
  }
  return { lines, args };
}

/** What a client prints of a frame. */
function toLine(frame: Frame, pending: ReadonlyMap<unknown, string>): string {
  const decoded = decodeFrame(frame);
  if (decoded._tag === 'Left') return 'no message of the protocol';
  const message = decoded.right;
  if (message.type === 'ack') return `acknowledged: ${pending.get(message.ackId)}`;
  const told = tellMessage(message);
  switch (told.what) {
    case 'call started':
      return `call started: ${told.phone}`;
    case 'said':
      return `${told.role}: ${told.text}`;
    case 'screening ended':
      return `screening ended: ${told.message}`;
    case 'call ended':
      return 'call ended';
    case 'error reported':
      return `error reported: ${told.description}`;
    case 'unknown message':
      return `unknown message: ${told.type}`;
  }
}

/** How a decoder calls what it made of a text; a dash where it is no message. */
function toTitle(text: string): string {
  const decoded = decodeFrame(text);
  if (decoded._tag === 'Left') return '-';
  const { type } = decoded.right;
  return type === 'unknown' ? 'UnknownMessage' : serverMessages[type].name;
}

for (const [language, client] of Object.entries(clients)) {
  it.for(names)(`follows %s as it was recorded, in ${language}`, async (name, { skip }) => {
    if (typeof client === 'string') return skip(client);
    const path = at(`../../recordings/${name}.ndjson`);
    const plan = toPlan(await loadRecording(path));
    await using server = livecall(['replay', path, '--once']);
    const url = `${await server.line(1)}?conversationToken=${name}`;

    const { lines, exitCode } = await run(client, [url, ...plan.args]);

    expect(lines).toEqual(plan.lines);
    expect(exitCode).toBe(lines.includes('call ended') ? 0 : 1);
    const { exitCode: departed, stderr } = await server.ends();
    expect(stderr).toContain('played to the end, as recorded');
    expect(departed).toBe(0);
  });

  it(`takes for a message what livecall takes for one, in ${language}`, async ({ skip }) => {
    if (typeof client === 'string') return skip(client);
    const texts = fc.sample(nearMessages, { numRuns: 5000, seed: 20_261_128 });

    const { lines } = await run(client, ['-'], texts.map((text) => `${text}\n`).join(''));

    expect(lines).toHaveLength(texts.length);
    const told = texts.map((text, index) => `${lines[index]} ${text}`);
    expect(told).toEqual(texts.map((text) => `${toTitle(text)} ${text}`));
    expect(new Set(lines).size).toBe(Object.keys(serverMessages).length + 2);
  });
}

it('has an AsyncAPI document with which its parser finds nothing wrong', async ({ skip }) => {
  const installed = await installNpm('@asyncapi/parser@3.6.6');
  if (typeof installed === 'string') return skip(installed);
  const { Parser } = createRequire(import.meta.url)(installed('@asyncapi/parser')) as {
    readonly Parser: new () => AsyncApiParser;
  };
  const text = readFileSync(at('../../packages/core/schemas/asyncapi.json'), 'utf8');

  const { document, diagnostics } = await new Parser().parse(text);

  const told = diagnostics.map(({ code, message }) => `${code}: ${message}`);
  // It recommends 3.1, of which few tools know yet.
  expect(told.filter((line) => !line.startsWith('asyncapi-latest-version'))).toEqual([]);
  expect(document?.operations().all()).toHaveLength(Object.keys(serverMessages).length + 1);
});

interface AsyncApiParser {
  parse(text: string): Promise<{
    readonly document?: { operations(): { all(): readonly unknown[] } };
    readonly diagnostics: readonly { readonly code: string | number; readonly message: string }[];
  }>;
}
