import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { endCall, joinCall } from '@livecall/core';
import type { Command } from '@livecall/core';

import { followFile } from './follow-file.js';
import { guardRequest } from './guard-request.js';
import type { LiveCalls } from './live-calls.js';
import type { RecordingList } from './recording-list.js';

/** What a console serves. */
export interface ServeConsoleOptions {
  /** The page, in one file. */
  readonly page: string;
  /** What every request must show. */
  readonly key: string;
  readonly recordings: RecordingList;
  /** The calls that the console's own process follows. */
  readonly live?: LiveCalls;
  /** The port to listen on; 0 takes a free one. */
  readonly port: number;
}

/** A console that listens. */
export interface ConsoleServer {
  readonly port: number;
  /** Stops: takes no more, and cuts what is still being read after so many milliseconds. */
  close(withinMs: number): Promise<void>;
}

/** A page that is none of the person's cannot do more than this. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** Serves the console's page and what it asks for, on 127.0.0.1 alone. */
export async function serveConsole(options: ServeConsoleOptions): Promise<ConsoleServer> {
  const { key, port } = options;
  const server = createServer((request, response) => {
    const refusal = guardRequest(request, { port: toPort(), key });
    if (refusal !== undefined) answer(response, refusal.status, refusal.reason);
    else {
      route(request, response, options).catch(() => {
        // The file was taken away, or the page has left.
        if (response.headersSent) response.destroy();
        else answer(response, 500, 'It cannot be read.');
      });
    }
  });
  const toPort = () => (server.address() as AddressInfo).port;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: toPort(),
    close: async (withinMs) => {
      const closed = once(server, 'close');
      server.close();
      const timer = setTimeout(() => {
        server.closeAllConnections();
      }, withinMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  { page, recordings, live }: ServeConsoleOptions,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1');
  const left = new AbortController();
  response.on('close', () => {
    left.abort();
  });
  switch (`${request.method ?? ''} ${pathname}`) {
    case 'GET /':
      response.writeHead(200, { ...HEADERS, 'content-type': 'text/html; charset=utf-8' }).end(page);
      return;
    case 'GET /api/recordings':
      await sendLines(response, recordings.list());
      return;
    case 'GET /api/search': {
      const role = toRole(searchParams.get('role'));
      const words = searchParams.get('words') ?? '';
      let found;
      try {
        found = recordings.search(words, role === undefined ? {} : { role });
      } catch {
        answer(response, 400, 'There is no word in what is to be searched for.');
        return;
      }
      await sendLines(response, found);
      return;
    }
    case 'GET /api/recording': {
      const path = recordings.pathOf(Number(searchParams.get('id')));
      if (path === undefined) break;
      // What is written to it meanwhile follows: the page leaves once it has the end.
      const chunks = followFile(path, { signal: left.signal });
      response.writeHead(200, { ...HEADERS, 'content-type': 'application/x-ndjson' });
      for await (const chunk of chunks) {
        if (!response.write(chunk)) await Promise.race([once(response, 'drain'), toAborted(left)]);
      }
      return;
    }
    case 'GET /api/live': {
      response.writeHead(200, { ...HEADERS, 'content-type': 'application/x-ndjson' });
      if (live === undefined) {
        response.end('null\n');
        return;
      }
      const following = live.status$.subscribe({
        next: (status) => response.write(`${JSON.stringify(status)}\n`),
        complete: () => response.end(),
      });
      left.signal.addEventListener('abort', () => {
        following.unsubscribe();
      });
      return;
    }
    case 'POST /api/command': {
      const command = toCommand(searchParams.get('type'));
      const call = live?.find(Number(searchParams.get('id')));
      if (call === undefined || command === undefined) break;
      answer(response, 200, JSON.stringify(await call.command(command)));
      return;
    }
    case 'POST /api/numbers': {
      const call = live?.find(Number(searchParams.get('id')));
      if (call === undefined) break;
      answer(response, 200, JSON.stringify(call.numbers()));
      return;
    }
    default:
  }
  answer(response, 404, 'There is nothing here.');
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

/** Sends one value a line, and lets everything else have its turn between two. */
async function sendLines(response: ServerResponse, values: Iterable<object>): Promise<void> {
  response.writeHead(200, { ...HEADERS, 'content-type': 'application/x-ndjson' });
  for (const value of values) {
    if (response.destroyed) return;
    response.write(`${JSON.stringify(value)}\n`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  response.end();
}

function toAborted({ signal }: AbortController): Promise<unknown> {
  return signal.aborted ? Promise.resolve() : once(signal, 'abort');
}

function toRole(text: string | null): 'assistant' | 'other' | 'user' | undefined {
  return (['assistant', 'other', 'user'] as const).find((role) => role === text);
}

function toCommand(text: string | null): Command['type'] | undefined {
  return [joinCall, endCall].find(({ type }) => type === text)?.type;
}
