import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Transport } from '@livecall/core';
import type { DialledClient, ServeRequest } from '@livecall/server';
import { concat, NEVER, of, tap } from 'rxjs';
import { expect, it, onTestFinished, vi } from 'vitest';

import { recordedCalls } from './recorded-calls.js';

const transport: Transport = concat(of({ frames$: NEVER, send: () => undefined }), NEVER);
const client: DialledClient = {
  isThere: () => of(true),
  isClosing: () => false,
  closed$: NEVER,
  hangUp: () => undefined,
  answerWith: () => undefined,
};

function dial(conversationToken: string): ServeRequest {
  const target = `/ws/v1/liveCalls?conversationToken=${conversationToken}`;
  const plain = { accessToken: 'a', productVersion: undefined, userId: undefined };
  return { conversationToken, ...plain, target, rawHeaders: [], client };
}

it('keeps a thousand calls that nobody is on, and completes the oldest of more', () => {
  const outDir = mkdtempSync(join(tmpdir(), 'livecall-resting-'));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => {
    vi.restoreAllMocks();
    rmSync(outDir, { recursive: true });
  });
  const calls = recordedCalls({ url: 'ws://127.0.0.1', outDir, rejoinWithin: 30_000 });
  const ended = () => {
    const files = readdirSync(outDir).map((name) => readFileSync(join(outDir, name), 'utf8'));
    return files.filter((text) => text.includes('"event":"end"')).length;
  };
  const comeAndGo = (conversationToken: string) => {
    calls.recorded(transport, dial(conversationToken)).subscribe().unsubscribe();
  };

  for (let number = 1; number <= 1_000; number += 1) comeAndGo(`conversation-${number}`);
  expect(ended()).toBe(0);
  comeAndGo('conversation-1001');
  expect(ended()).toBe(1);
  // The first is over, and this is another call of its conversation; the second is not.
  comeAndGo('conversation-2');
  expect(readdirSync(outDir)).toHaveLength(1_001);
  comeAndGo('conversation-1');
  expect(readdirSync(outDir)).toHaveLength(1_002);

  calls.end();
  expect(ended()).toBe(1_002);
});

it('lets each dial of a call be followed that cannot be recorded', () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  const told: string[] = [];
  const calls = recordedCalls({
    url: 'ws://127.0.0.1',
    outDir: join(tmpdir(), 'livecall-no-such-folder'),
    rejoinWithin: 30_000,
    onCall: (path) => {
      told.push(`begins: ${path ?? 'without a recording'}`);
      return {
        tapTransport: tap(() => told.push('connected')),
        onLine: (line) => told.push(line),
        onEnd: () => told.push('over'),
      };
    },
  });

  const dialled = calls.recorded(transport, dial('conversation-1')).subscribe();
  expect(told).toEqual(['begins: without a recording', 'connected']);
  dialled.unsubscribe();
  calls.recorded(transport, dial('conversation-1')).subscribe().unsubscribe();
  expect(told.slice(2)).toEqual(['over', 'begins: without a recording', 'connected', 'over']);
  expect(said).toHaveBeenCalledTimes(2);
});
