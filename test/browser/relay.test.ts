import { HandshakeRefusedError } from '@livecall/core';
import { relay } from '@livecall/server';
import type { RelayOptions } from '@livecall/server';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it as baseIt } from 'vitest';
import type { WebSocket } from 'ws';

import { findChromium } from '../fixtures/chromium.js';
import { CALL_END } from '../fixtures/frames.js';
import { startPlatform } from '../fixtures/platform.js';
import type { Answer, Platform } from '../fixtures/platform.js';
import { startRawChromium } from '../fixtures/raw-chromium.js';
import type { RawChromium, RawPage } from '../fixtures/raw-chromium.js';
import { CALL, startRelay } from '../fixtures/relayed.js';
import type { RunningRelay } from '../fixtures/relayed.js';

/* A page of a real browser, and what browsers do to pages. */

const found = await findChromium();
let chromium: RawChromium;
let script: string;
beforeAll(async () => {
  if (typeof found === 'string') return;
  chromium = await startRawChromium(found);
  const { outputFiles } = await build({
    entryPoints: [new URL('../fixtures/page-script.js', import.meta.url).pathname],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  });
  script = outputFiles[0]?.text ?? '';
});
afterAll(async () => {
  if (typeof found !== 'string') await chromium[Symbol.asyncDispose]();
});

/** A page that follows what a platform says, over a way that can be interrupted. */
interface Followed {
  readonly platform: Platform;
  readonly running: RunningRelay;
  readonly page: RawPage;
  /** Says so many sentences more; their offsets count on from 1. */
  say(count: number): void;
  /** Ends the call. */
  end(): void;
  /** Waits for so many sentences in all, and gives the offsets of all. */
  heard(): Promise<readonly number[]>;
  /** Waits until the relay knows that the page is away. */
  away(): Promise<void>;
  states(): Promise<readonly string[]>;
}

const it = baseIt.extend<{
  start: (answer?: Answer, options?: Partial<RelayOptions>) => Promise<Followed>;
}>({
  start: async ({ skip }, use) => {
    if (typeof found === 'string') return skip(found);
    const stops: (() => Promise<void>)[] = [];
    await use(async (answer, options) => {
      let client: WebSocket | undefined;
      let said = 0;
      const platform = await startPlatform(
        answer ??
          ((opened) => {
            client = opened;
            opened.on('message', (data: Buffer) => {
              const { id } = JSON.parse(data.toString()) as { id: string };
              opened.send(JSON.stringify({ type: 'ack', ackId: id }));
            });
          }),
      );
      const running = await startRelay(platform, {
        heartbeat: { pingIntervalMs: 500, pongTimeoutMs: 500 },
        limits: { keepMs: 20_000 },
        ...options,
      });
      running.server.removeAllListeners('request');
      running.server.on('request', (request, response) => {
        if (request.url === '/script.js') {
          response.setHeader('Content-Type', 'text/javascript').end(script);
        } else {
          response
            .setHeader('Content-Type', 'text/html')
            .end(
              '<!doctype html><title>call</title><script type="module" src="/script.js"></script>',
            );
        }
      });
      const page = await chromium.open(running.url.replace(/^ws(.*)\/livecall$/, 'http$1/'));
      stops.push(
        async () => {
          await page.close();
        },
        async () => {
          await running[Symbol.asyncDispose]();
        },
        async () => {
          await platform[Symbol.asyncDispose]();
        },
      );
      await page.until('window.follow !== undefined');
      await page.evaluate('follow()');
      return {
        ...{ platform, running, page },
        say(count) {
          for (let n = 0; n < count; n += 1) client?.send(sentence((said += 1)));
        },
        end() {
          client?.send(CALL_END);
          client?.close(1000);
        },
        heard: async () => {
          await page.until(`seen.offsets.length >= ${said}`);
          return page.evaluate('seen.offsets');
        },
        away: async () => {
          while (running.relay.stats().pages > 0) await turn();
        },
        states: () => page.evaluate('seen.states'),
      };
    });
    for (const stop of stops) await stop();
  },
});

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

const sentence = (offset: number, msg = `Sentence ${offset}.`) =>
  JSON.stringify({ type: 'transcript', msg, role: 'other', offset });

const upTo = (count: number) => Array.from({ length: count }, (_none, index) => index + 1);

it.for<[answer: Answer, status: number, retryAfterMs?: number]>([
  [400, 400],
  [401, 401],
  [404, 404],
  [{ status: 429, headers: { 'Retry-After': '30' } }, 429, 30_000],
  [{ status: 503, headers: { 'Retry-After': '1' } }, 503, 1_000],
])(
  'tells a page of a refusal by its status: %j',
  async ([answer, status, retryAfterMs], { start }) => {
    const { page, states } = await start(answer);
    await page.until('seen.errors.length > 0');

    const [error] = await page.evaluate<readonly object[]>('seen.errors');
    expect(error).toMatchObject({ _tag: 'HandshakeRefusedError', status });
    expect(error).toHaveProperty(
      'message',
      new HandshakeRefusedError(status, retryAfterMs).message,
    );
    expect((await states()).slice(0, 3)).toEqual([
      ...['idle', 'connecting', [429, 503].includes(status) ? 'reconnecting' : 'failed'],
    ]);
  },
);

it('follows a call to its end, and joins it', async ({ start }) => {
  const { page, say, heard, end, states } = await start();
  await page.until("seen.states.includes('open1')");
  say(3);
  await page.evaluate('void join()');
  await page.until('seen.acks.length > 0');

  expect(await heard()).toEqual([1, 2, 3]);
  end();
  await page.until("seen.states.includes('call-ended')");
  expect(await states()).toEqual(['idle', 'connecting', 'open1', 'closing1', 'call-ended']);
  expect(await page.evaluate('seen.acks')).toEqual([1]);
});

it('hears a message of 2 MiB, and ten thousand at once', async ({ start }) => {
  let client: WebSocket | undefined;
  const { page, states } = await start(
    (opened) => {
      client = opened;
    },
    { dial: { socket: { maxPayloadBytes: 4 * 1024 * 1024 } } },
  );
  await page.until("seen.states.includes('open1')");
  client?.send(sentence(1, 'x'.repeat(2 * 1024 * 1024)));
  for (let n = 2; n <= 10_000; n += 1) client?.send(sentence(n));
  await page.until('seen.offsets.length >= 10000');

  expect(await page.evaluate('seen.offsets')).toEqual(upTo(10_000));
  expect(await page.evaluate('seen.longest')).toBe(2 * 1024 * 1024);
  expect(await states()).toEqual(['idle', 'connecting', 'open1']);
});

/* Being away */

type Absence = (followed: Followed, say: () => void) => Promise<void>;

const absences: Readonly<Record<string, Absence>> = {
  'is cut': ({ running }, say) => {
    running.way.cut();
    say();
    return Promise.resolve();
  },
  'has no network for a while': async ({ running, away }, say) => {
    running.way.refuse(true);
    running.way.cut();
    await away();
    say();
    running.way.refuse(false);
  },
  'is half-open': async ({ running, page, away }, say) => {
    running.way.stall();
    say();
    await page.until("seen.states.at(-1) === 'away1'");
    await away();
    running.way.flow();
  },
  'is half-open, with a command in it': async ({ running, page }, say) => {
    running.way.stall();
    await page.evaluate('void join()');
    say();
    await page.until("seen.states.at(-1) === 'away1'");
    running.way.flow();
  },
  'is frozen': async ({ page, away }, say) => {
    await page.freeze();
    await away();
    say();
    await page.show();
  },
  'is frozen for an instant': async ({ page }, say) => {
    await page.freeze();
    say();
    await page.show();
  },
  'is in the back/forward cache': async ({ page, running, away }, say) => {
    await page.leave(`${running.url.replace(/^ws(.*)\/livecall$/, 'http$1')}/other`);
    await away();
    say();
    await page.back();
  },
  'is hidden': async ({ page }, say) => {
    await page.hide();
    say();
    await page.show();
  },
  'is offline, and its socket dead': async ({ page, running, away }, say) => {
    await page.setOffline(true);
    running.way.cut();
    await away();
    say();
    await page.setOffline(false);
  },
  'has its main thread blocked': async ({ page, away }, say) => {
    const blocked = page.evaluate(
      '(() => { const until = performance.now() + 1500; while (performance.now() < until); })()',
    );
    await away();
    say();
    await blocked;
  },
};

/** What the page itself must have seen of an absence: else there was none. */
const proofs: Readonly<Record<string, readonly string[]>> = {
  'is frozen': ['freeze', 'resume'],
  'is frozen for an instant': ['freeze', 'resume'],
  'is in the back/forward cache': ['pagehide kept', 'pageshow kept'],
  'is hidden': ['visibilitychange'],
  'is offline, and its socket dead': ['offline', 'online'],
};

it.for(Object.entries(absences))(
  'misses nothing when it %s',
  async ([name, absence], { start }) => {
    const followed = await start();
    const { page, say, heard, states } = followed;
    await page.until("seen.states.includes('open1')");
    say(5);
    await heard();
    await absence(followed, () => {
      say(20);
    });
    await page.until("seen.states.at(-1) === 'open1'");
    say(5);

    expect(await heard()).toEqual(upTo(30));
    const isAway = name !== 'is hidden';
    expect((await states()).slice(2, 5)).toEqual(isAway ? ['open1', 'away1', 'open1'] : ['open1']);
    expect(await page.evaluate('seen.events')).toEqual(
      expect.arrayContaining([...(proofs[name] ?? [])]),
    );
    expect(await states()).not.toContain('reconnecting');
    expect(followed.platform.dials).toHaveLength(1);
  },
);

it('has every sentence of half an hour once, in order, though it was away ten times', async ({
  start,
}) => {
  const followed = await start();
  const { page, say, heard, end, states, platform } = followed;
  await page.until("seen.states.includes('open1')");
  let joins = 0;
  // A sentence every two seconds, and a minute of them while it is away; the clock is ours.
  for (const absence of Object.values(absences)) {
    say(60);
    await page.evaluate('void join()');
    joins += 1;
    await absence(followed, () => {
      say(30);
    });
    await page.until("seen.states.at(-1) === 'open1'");
  }
  expect(await heard()).toEqual(upTo(900));
  await page.until(`seen.acks.length >= ${joins + 1}`);
  end();
  await page.until("seen.states.includes('call-ended')");

  expect(new Set(await states())).toEqual(
    new Set(['idle', 'connecting', 'open1', 'away1', 'closing1', 'call-ended']),
  );
  expect(await page.evaluate('seen.acks')).toEqual(Array.from({ length: joins + 1 }, () => 1));
  const { frames } = await (await platform.dial(1)).end();
  expect(new Set(frames).size).toBe(joins + 1);
  expect(frames).toHaveLength(joins + 1);
  expect(platform.dials).toHaveLength(1);
});

/* Leaving */

it.for([
  ['closed', (page: RawPage) => page.closeTab()],
  ['loaded anew', (page: RawPage) => page.reload()],
] as const)(
  'hangs up on the platform at once when the tab is %s, and keeps no place for it',
  async ([, leave], { start }) => {
    const { page, platform, running } = await start();
    await page.until("seen.states.includes('open1')");
    await leave(page);

    expect(await (await platform.dial(1)).end()).toMatchObject({ code: 1000 });
    expect(running.relay.stats()).toMatchObject({ pages: 0, away: 0, connections: 0 });
  },
);

it('goes on in the next relay where the one before stops, as when the app is loaded anew', async ({
  start,
}) => {
  const { page, say, heard, platform, running, states } = await start();
  await page.until("seen.states.includes('open1')");
  say(3);
  await heard();
  const next = relay({ url: platform.url, authorize: () => CALL });
  const closing = running.relay.close({ drainMs: 50 });
  next.attach(running.server);
  await closing;
  await page.until("seen.states.includes('open2')");
  say(3);

  expect(await heard()).toEqual(upTo(6));
  expect((await states()).slice(2)).toEqual(['open1', 'reconnecting', 'open2']);
  await next.close();
});

it('keeps the place of a page that crashed', async ({ start }) => {
  const { page, running, away } = await start();
  await page.until("seen.states.includes('open1')");
  page.crash();
  await away();

  expect(running.relay.stats()).toMatchObject({ pages: 0, away: 1, connections: 1 });
});
