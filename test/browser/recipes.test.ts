import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { expect, it as baseIt } from 'vitest';

import { makeApp } from '../fixtures/app.js';
import type { App } from '../fixtures/app.js';
import { findChromium, startChromium } from '../fixtures/chromium.js';
import { START } from '../fixtures/frames.js';
import { startPlatform } from '../fixtures/platform.js';
import { readExamples } from '../fixtures/read-examples.js';
import { startRelay } from '../fixtures/relayed.js';

/* The recipes of docs/recipes.md, compiled as they stand there, in a page of a real browser. */

const examples = readExamples(fileURLToPath(new URL('../../docs/recipes.md', import.meta.url)));
const found = await findChromium();

/** Pages that use a recipe. */
const pages: Readonly<Record<string, string>> = {
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
    Object.assign(options.compilerOptions, { lib: ['es2022', 'dom'], skipLibCheck: true });
    app.write('tsconfig.json', JSON.stringify(options));
    for (const [name, code] of Object.entries(examples)) app.write(`${name}.ts`, code);
    await use(app);
  },
});

it('has recipes that compile', async ({ app }) => {
  expect(await app.compile()).toBe('');
  expect(Object.keys(examples)).toEqual(Object.keys(pages));
});

it.for(Object.entries(pages))(
  'shows a call with the recipe for %s',
  async ([name, code], { app, skip }) => {
    if (typeof found === 'string') return skip(found);
    await using platform = await startPlatform((client) => {
      client.send(START);
      for (const msg of ['Who is calling?', 'A parcel.']) {
        client.send(JSON.stringify({ type: 'transcript', msg, role: 'other' }));
      }
    });
    await using running = await startRelay(platform);
    const { outputFiles } = await build({
      entryPoints: [app.write(`page-${name}.js`, code)],
      bundle: true,
      format: 'esm',
      platform: 'browser',
      define: { 'process.env.NODE_ENV': '"development"', __VUE_OPTIONS_API__: 'false' },
      write: false,
    });
    running.server.removeAllListeners('request');
    running.server.on('request', (request, response) => {
      if (request.url === '/page.js') {
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
    await page.evaluate('leave()');

    // Also the call that StrictMode made first has been hung up on.
    await platform.empty();
    expect(faults).toEqual([]);
    expect(running.relay.stats()).toMatchObject({ pages: 0, away: 0, connections: 0 });
  },
);
