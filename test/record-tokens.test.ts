import { liveCall, retryConnection } from '@livecall/core';
import type { Connection, Token } from '@livecall/core';
import { relayTransport } from '@livecall/core/browser';
import { webSocketTransport } from '@livecall/core/node';
import { record, recordingFile } from '@livecall/recording';
import type { RecordingSink } from '@livecall/recording';
import { delayFrames, dropFrames, replay, scenario } from '@livecall/tools';
import { defer, delay, map, of, switchMap } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { makeFolder } from './fixtures/folder.js';
import { followCall } from './fixtures/follow.js';
import { CALL_END } from './fixtures/frames.js';
import { startPlatform } from './fixtures/platform.js';
import type { Platform } from './fixtures/platform.js';

/* A recorder that nobody told of any token, over a socket whose server says them back. */

/** Looks like no token. */
const ACCESS = 'plain-access-words-0001';
const CONVERSATION = 'plain conversation words 0002'.replaceAll(' ', '.');

/** A platform that says the tokens of all dials so far back, and refuses as many dials as it is told. */
const startEcho = (refusals: readonly number[] = []): Promise<Platform> => {
  const platform = startPlatform([
    ...refusals,
    (client) => {
      void platform.then(({ dials }) => {
        const tokens = dials.flatMap(({ path, headers }) => [
          headers.authorization?.slice('Bearer '.length) ?? '',
          new URL(path, 'ws://localhost').searchParams.get('conversationToken') ?? '',
        ]);
        const said = tokens.flatMap((token) => [token, Buffer.from(token).toString('base64')]);
        client.send(JSON.stringify({ type: 'debug', said, [tokens.join(' ')]: 1 }));
        client.send(Buffer.from(`\xff${tokens.join(' ')}`, 'latin1'));
        client.send(CALL_END);
        client.close(1000, tokens[0]);
      });
    },
  ]);
  return platform;
};

/** Puts the recorder somewhere over a transport. */
type ToRecorded = (sink: RecordingSink) => MonoTypeOperatorFunction<Connection>;

interface Tokens {
  readonly accessToken: Token;
  readonly conversationToken: Token;
}

/** Records a call to its end; gives what was written. */
async function recordCall(url: string, tokens: Tokens, toRecorded: ToRecorded): Promise<string> {
  using folder = makeFolder();
  const file = recordingFile(folder.at('call.ndjson'));
  if (file._tag === 'Left') throw file.left;
  const transport = webSocketTransport({ url, ...tokens });
  const call = liveCall(transport.pipe(toRecorded(file.right)), {
    retry: { baseDelayMs: 1, maxDelayMs: 1 },
    lingerMs: 1,
  });
  using following = followCall(call);
  await following.state('closed');
  file.right.end();
  return folder.lines('call.ndjson').join('\n');
}

function expectNone(written: string, tokens: readonly string[]): void {
  const bytes = written
    .split('\n')
    .map((line) => Buffer.from(/"base64":"([^"]*)"/.exec(line)?.[1] ?? '', 'base64'))
    .map((each) => each.toString('latin1'));
  for (const token of tokens) {
    for (const form of [token, Buffer.from(token).toString('base64')]) {
      expect([written, ...bytes].filter((text) => text.includes(form))).toEqual([]);
    }
  }
  expect(written).toContain('[redacted]');
  expect(written.split('\n')[0]).toContain('"redacted":["credentials","phones"]');
}

it.each<[how: string, toRecorded: ToRecorded]>([
  ['right over the transport', record],
  [
    'over operators',
    (sink) => (transport) =>
      transport.pipe(
        map((open) => open),
        record(sink),
      ),
  ],
  [
    'over a transport that is subscribed within another',
    (sink) => (transport) => defer(() => of(0).pipe(switchMap(() => transport))).pipe(record(sink)),
  ],
  [
    'over faults',
    (sink) => (transport) =>
      transport.pipe(delayFrames({ ms: 1 }), dropFrames({ share: 0 }), record(sink)),
  ],
  ['over what retries', (sink) => (transport) => transport.pipe(retryConnection(), record(sink))],
  ['over another recorder', (sink) => (transport) => transport.pipe(record(sink), record(sink))],
])('takes out the tokens that the server says back: %s', async (_how, toRecorded) => {
  await using platform = await startEcho();
  const written = await recordCall(
    platform.url,
    { accessToken: ACCESS, conversationToken: CONVERSATION },
    toRecorded,
  );

  expectNone(written, [ACCESS, CONVERSATION]);
});

it.each<[how: string, toRecorded: ToRecorded]>([
  ['below what retries', record],
  [
    'above it',
    (sink) => (transport) =>
      transport.pipe(retryConnection({ baseDelayMs: 1, maxDelayMs: 1 }), record(sink)),
  ],
])('takes out those of functions, of every dial there was: %s', async (_how, toRecorded) => {
  await using platform = await startEcho([401, 503]);
  let asked = 0;
  const given: string[] = [];
  const give = (word: string) => async () => {
    await Promise.resolve();
    asked += 1;
    given.push(`${word}-words-number-${asked}`);
    return given.at(-1) ?? '';
  };
  const written = await recordCall(
    platform.url,
    { accessToken: give('access'), conversationToken: give('conversation') },
    toRecorded,
  );

  expect(given.length).toBeGreaterThanOrEqual(6);
  expectNone(written, given);
});

it('does not say that credentials were taken out of a transport that does not tell its own', async () => {
  await using platform = await startEcho();
  const written = await recordCall(
    platform.url,
    { accessToken: ACCESS, conversationToken: CONVERSATION },
    // It is subscribed later, and does not take the request along.
    (sink) => (transport) =>
      of(0).pipe(
        delay(1),
        switchMap(() => transport),
        record(sink),
      ),
  );

  expect(written.split('\n')[0]).toContain('"redacted":["phones"]');
});

it('says so of a replay, which dials with none', async () => {
  using folder = makeFolder();
  const file = recordingFile(folder.at('call.ndjson'));
  if (file._tag === 'Left') throw file.left;
  const call = liveCall(
    replay(scenario().start().callEnd().toRecording()).pipe(record(file.right)),
  );
  using following = followCall(call);
  await following.state('closed');
  file.right.end();

  expect(folder.lines('call.ndjson')[0]).toContain('"redacted":["credentials","phones"]');
});

it('does not say so of a page, which does not know what its relay dials with', () => {
  using folder = makeFolder();
  const file = recordingFile(folder.at('call.ndjson'));
  if (file._tag === 'Left') throw file.left;
  const webSocket = class extends WebSocket {
    constructor() {
      super('ws://127.0.0.1:1');
    }
  };
  relayTransport({ url: 'wss://relay.example/calls', webSocket })
    .pipe(record(file.right))
    .subscribe()
    .unsubscribe();
  file.right.end();

  expect(folder.lines('call.ndjson')[0]).toContain('"redacted":["phones"]');
});
