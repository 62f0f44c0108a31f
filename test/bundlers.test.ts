import { createContext, runInContext } from 'node:vm';
import { join } from 'node:path';

import { build as esbuild } from 'esbuild';
import { build, createLogger } from 'vite';
import { expect, it } from 'vitest';
import webpack from 'webpack';

import { makeApp } from './fixtures/app.js';

/* What the bundlers that pages are made with say of the built packages. */

/** A page's script, and everything that a bundler had to say. */
interface Bundled {
  readonly script: string;
  readonly said: readonly string[];
}

const bundlers: Readonly<Record<string, (folder: string) => Promise<Bundled>>> = {
  esbuild: async (folder) => {
    const { outputFiles, warnings } = await esbuild({
      ...{ entryPoints: [join(folder, 'page.js')], bundle: true, platform: 'browser' },
      ...{ format: 'iife', write: false, logLevel: 'silent' },
    });
    return { script: outputFiles[0]?.text ?? '', said: warnings.map(({ text }) => text) };
  },
  vite: async (root) => {
    const said: string[] = [];
    const logger = createLogger('warn');
    const tell = (message: string) => said.push(message);
    const built = await build({
      root,
      configFile: false,
      customLogger: { ...logger, info: () => undefined, warn: tell, warnOnce: tell, error: tell },
      build: {
        write: false,
        modulePreload: false,
        rolldownOptions: { input: join(root, 'page.js') },
      },
    });
    const outputs = [built].flat().flatMap((one) => ('output' in one ? one.output : []));
    const script = outputs.map((one) => (one.type === 'chunk' ? one.code : '')).join('\n');
    return { script, said };
  },
  webpack: (context) =>
    new Promise((resolve, reject) => {
      const compiler = webpack({
        context,
        entry: './page.js',
        mode: 'production',
        output: { path: join(context, 'built'), filename: 'page.js' },
        // Which takes most of the time, and finds nothing; its size is held in bundle.test.ts.
        optimization: { minimize: false },
        performance: { hints: false },
      });
      compiler.run((error, stats) => {
        const { warnings = [], errors = [] } = stats?.toJson() ?? {};
        const said = [...warnings, ...errors].map(({ message }) => message);
        compiler.close(() => {
          if (error !== null) reject(error);
          else resolve({ script: 'built/page.js', said });
        });
      });
    }),
};

async function bundle(name: string, page: string): Promise<Bundled> {
  using app = makeApp();
  app.write('page.js', page);
  const { script, said } = (await bundlers[name]?.(app.path)) ?? { script: '', said: [] };
  return { said, script: script === 'built/page.js' ? app.read(script) : script };
}

it.each(Object.keys(bundlers))('is bundled without a word of warning by %s', async (name) => {
  const { script, said } = await bundle(
    name,
    `import * as core from '@livecall/core';
     import * as browser from '@livecall/core/browser';
     import * as codecs from '@livecall/core/codecs';
     import * as format from '@livecall/recording/format';
     import * as replay from '@livecall/tools/replay';
     globalThis.all = { core, browser, codecs, format, replay };`,
  );

  expect(said).toEqual([]);
  expect(script).toContain('livecall.page.');
  // Of the files that a page has a double of.
  expect(script).not.toContain('UNABLE_TO_VERIFY');
});

it.each(Object.keys(bundlers))(
  "tells at once who bundles Node's transport for a page with %s",
  async (name) => {
    const { script, said } = await bundle(
      name,
      `import { webSocketTransport } from '@livecall/core/node';
       try {
         webSocketTransport({});
       } catch (error) {
         globalThis.said = error.message;
       }`,
    );
    const context = createContext({});
    runInContext(script, context);

    expect(said).toEqual([]);
    expect(context['said']).toContain('use relayTransport of @livecall/core/browser');
  },
);
