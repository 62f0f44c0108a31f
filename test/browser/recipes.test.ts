import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath, pathToFileURL } from 'node:url';

import type { Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { build, transform } from 'esbuild';
import { expect, it as baseIt } from 'vitest';
import type { WebSocket } from 'ws';

import { makeApp } from '../fixtures/app.js';
import type { App } from '../fixtures/app.js';
import { findChromium, startChromium } from '../fixtures/chromium.js';
import { START } from '../fixtures/frames.js';
import { startPlatform } from '../fixtures/platform.js';
import type { Platform } from '../fixtures/platform.js';
import { readExamples } from '../fixtures/read-examples.js';
import { startRelay } from '../fixtures/relayed.js';

/* The recipes of docs/recipes.md, and the page of docs/relay.md, compiled as they stand there, in a page of a real browser. */

const read = (page: string) =>
  readExamples(fileURLToPath(new URL(`../../docs/${page}`, import.meta.url)));
/** The page without a library is where its relay is. */
const examples: Readonly<Record<string, string>> = {
  ...read('recipes.md'),
  plain: read('relay.md')['page'] ?? '',
};
const found = await findChromium();

/** What runs on a server; test/sse-recipe.test.ts has it. */
const served = ['sse', 'sse-express', 'sse-fastify'];

const angular = (zone: string, provider: string) => `
  import '@angular/compiler';
  ${zone}
  import { Component, computed, inject, ${provider}, signal } from '@angular/core';
  import { bootstrapApplication } from '@angular/platform-browser';
  import { LiveCalls } from './angular.js';
  class Call {
    call = inject(LiveCalls).follow(signal('8f0c'));
    words = computed(() => this.call()?.utterances.map(({ text }) => text).join(' '));
  }
  Component({ selector: 'main', template: '<p>{{ words() }}</p>' })(Call);
  const app = await bootstrapApplication(Call, { providers: [${provider}()] });
  window.leave = () => app.destroy();
`;

/** Pages that use a recipe. */
const pages: Readonly<Record<string, string>> = {
  'angular, zoneless': angular('', 'provideZonelessChangeDetection'),
  'angular, with a zone': angular("import 'zone.js';", 'provideZoneChangeDetection'),
  plain: `
    import { follow } from './plain.js';
    const said = [];
    follow('8f0c', (line) => {
      said.push(line.replace('other: ', ''));
      document.querySelector('main').innerHTML = '<p>' + said.join(' ') + '</p>';
    });
    window.leave = () => location.replace('about:blank');
  `,
  'sse-page': `
    import { watchCall } from './sse-page.js';
    const shown = watchCall('/calls/8f0c').subscribe(({ utterances }) => {
      document.querySelector('main').innerHTML =
        '<p>' + utterances.map(({ text }) => text).join(' ') + '</p>';
    });
    window.leave = () => shown.unsubscribe();
  `,
  react: `
    import { createElement, StrictMode } from 'react';
    import { createRoot } from 'react-dom/client';
    import { useLiveCall } from './react.js';
    const Call = () => createElement('p', {}, useLiveCall('8f0c')?.utterances.map(({ text }) => text).join(' '));
    const root = createRoot(document.querySelector('main'));
    root.render(createElement(StrictMode, {}, createElement(Call)));
    window.leave = () => root.unmount();
  `,
  vue: `
    import { createApp, h } from 'vue';
    import { useLiveCall } from './vue.js';
    const app = createApp({
      setup() {
        const call = useLiveCall('8f0c');
        return () => h('p', call.value?.utterances.map(({ text }) => text).join(' '));
      },
    });
    app.mount('main');
    window.leave = () => app.unmount();
  `,
  'native-observable': `
    import { liveCall } from '@livecall/core';
    import { relayTransport } from '@livecall/core/browser';
    import { map } from 'rxjs';
    import { fromNative, toNative } from './native-observable.js';
    const call = liveCall(relayTransport({ url: '/livecall/8f0c' }));
    const native = toNative(call.transcript$).map(({ msg }) => msg);
    const said = [];
    const shown = fromNative(native).pipe(map((msg) => said.push(msg))).subscribe(() => {
      document.querySelector('main').innerHTML = '<p>' + said.join(' ') + '</p>';
    });
    shown.add(call.connect());
    window.leave = () => shown.unsubscribe();
  `,
};

const it = baseIt.extend<{ app: App }>({
  // eslint-disable-next-line no-empty-pattern
  app: async ({}, use) => {
    using app = makeApp();
    const options = JSON.parse(app.read('tsconfig.json')) as { compilerOptions: object };
    Object.assign(options.compilerOptions, {
      ...{ lib: ['es2022', 'dom'], skipLibCheck: true },
      experimentalDecorators: true,
    });
    app.write('tsconfig.json', JSON.stringify(options));
    for (const [name, code] of Object.entries(examples)) app.write(`${name}.ts`, code);
    app.write('app.ts', APP);
    await use(app);
  },
});

const APP = `
export interface User { readonly id: string }
export const accessToken = 'any';
export const findUser = async (_cookie?: string): Promise<User | undefined> => ({ id: 'jo' });
export const findCall = async (_user: User, id = '') => ({ id, conversationToken: 'any' });
`;

interface FollowedCalls {
  send(id: string, request: IncomingMessage, response: ServerResponse): void;
}

/** The calls that the recipe for a server follows; it lets go of them soon. */
async function followedCalls(app: App, { url }: Platform): Promise<FollowedCalls> {
  const code = (examples['sse'] ?? '').replace('AFTER_MS = 60_000', 'AFTER_MS = 10_000');
  const { code: script } = await transform(code, { loader: 'ts' });
  const path = app.write('sse.js', script);
  const module = (await import(pathToFileURL(path).href)) as {
    followedCalls: (toTransport: (id: string) => Transport) => FollowedCalls;
  };
  return module.followedCalls((conversationToken) =>
    webSocketTransport({ url, accessToken: 'any', conversationToken }),
  );
}

it('has recipes that compile', async ({ app }) => {
  expect(await app.compile()).toBe('');
  const used = Object.keys(pages).map((name) => name.replace(/,.*/, ''));
  expect(new Set([...used, ...served])).toEqual(new Set(Object.keys(examples)));
});

it.for(Object.entries(pages))(
  'shows a call with the recipe for %s',
  async ([name, code], { app, skip }) => {
    if (typeof found === 'string') return skip(found);
    let client: WebSocket | undefined;
    await using platform = await startPlatform((opened) => {
      client = opened;
      opened.send(START);
      for (const msg of ['Who is calling?', 'A parcel.']) {
        opened.send(JSON.stringify({ type: 'transcript', msg, role: 'other' }));
      }
    });
    await using running = await startRelay(platform);
    const { outputFiles } = await build({
      entryPoints: [app.write('page.js', code)],
      bundle: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
      define: { 'process.env.NODE_ENV': '"development"', __VUE_OPTIONS_API__: 'false' },
      write: false,
    });
    const calls = await followedCalls(app, platform);
    const ids: unknown[] = [];
    running.server.removeAllListeners('request');
    running.server.on('request', (request, response) => {
      if (request.url === '/calls/8f0c') {
        ids.push(request.headers['last-event-id']);
        calls.send('8f0c', request, response);
      } else if (request.url === '/page.js') {
        response.setHeader('Content-Type', 'text/javascript').end(outputFiles[0]?.text);
      } else {
        response
          .setHeader('Content-Type', 'text/html')
          .end('<!doctype html><main></main><script type="module" src="/page.js"></script>');
      }
    });
    const browser = await startChromium(found);
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(running.url.replace(/^ws(.*)\/livecall$/, 'http$1/'));
    await page.getByText('Who is calling? A parcel.', { exact: true }).waitFor();
    if (name === 'sse-page') {
      // The browser dials again by itself, with the id of the last change that it had.
      running.way.cut();
      client?.send(JSON.stringify({ type: 'transcript', msg: 'Put it down.', role: 'user' }));
      await page.getByText('Who is calling? A parcel. Put it down.', { exact: true }).waitFor();
      expect(ids).toEqual([undefined, expect.stringMatching(/^[\da-f]{8}-2$/)]);
    }
    await page.evaluate('leave()');

    // Also the call that StrictMode made first has been hung up on.
    await platform.empty();
    expect(faults).toEqual([]);
    expect(running.relay.stats()).toMatchObject({ pages: 0, away: 0, connections: 0 });
  },
);
