import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';
import { expect, it } from 'vitest';

import * as findWrongOfPage from '../packages/core/src/browser/find-wrong.js';
import * as multicastOfPage from '../packages/core/src/browser/multicast.js';
import * as readTranscriptOfPage from '../packages/core/src/browser/read-transcript.js';
import * as utteranceLogOfPage from '../packages/core/src/browser/utterance-log.js';
import * as whyLastingOfPage from '../packages/core/src/browser/why-lasting.js';
import type * as findWrong from '../packages/core/src/find-wrong.js';
import type * as multicast from '../packages/core/src/multicast.js';
import { serverMessages } from '../packages/core/src/protocol/messages.js';
import type * as readTranscript from '../packages/core/src/protocol/read-transcript.js';
import type * as utteranceLog from '../packages/core/src/utterance-log.js';
import type * as whyLasting from '../packages/core/src/why-lasting.js';
import { makeApp } from './fixtures/app.js';

/* What a page loads of the built packages. */

/** What follows a call over a relay. */
const PAGE = `export { liveCall } from '@livecall/core';
export { relayTransport } from '@livecall/core/browser';`;

/** Bundles an entry of a page's for a browser, as small as it gets. */
async function bundle(
  contents: string,
  { external = [], format = 'esm' }: { external?: string[]; format?: 'esm' | 'iife' } = {},
) {
  const { metafile, outputFiles, warnings } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    external,
    format,
    minify: true,
    platform: 'browser',
    target: 'es2023',
    metafile: true,
    write: false,
  });
  const [{ text, contents: bytes } = { text: '', contents: new Uint8Array() }] = outputFiles;
  const modules = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [path] : [],
    ),
  );
  return { text, modules, warnings, gzipped: gzipSync(bytes).length };
}

it('decodes a frame in 190 bytes a message, gzipped, and without a package', async () => {
  const { gzipped, modules } = await bundle("export { decodeFrame } from '@livecall/core';");

  expect(gzipped).toBeLessThanOrEqual(190 * Object.keys(serverMessages).length);
  expect(modules.filter((path) => path.includes('/node_modules/'))).toEqual([]);
});

it.each([
  ['with RxJS', [], 11_700],
  ['beside RxJS', ['rxjs'], 8_235],
])('follows a call in so many bytes, gzipped, %s', async (_with, external, bytes) => {
  const { gzipped, modules } = await bundle("export { liveCall } from '@livecall/core';", {
    external,
  });

  expect(gzipped).toBeLessThanOrEqual(bytes);
  const packages = modules.filter((path) => path.includes('/node_modules/'));
  expect(packages.filter((path) => !/node_modules\/(?:rxjs|tslib)\//.test(path))).toEqual([]);
});

it.each([
  ['with RxJS', [], 14_930],
  ['beside RxJS', ['rxjs'], 11_520],
])('follows a call over a relay in so many bytes, gzipped, %s', async (_with, external, bytes) => {
  const { text, gzipped, modules, warnings } = await bundle(PAGE, { external });

  expect(gzipped).toBeLessThanOrEqual(bytes);
  expect(modules.filter((path) => /\/(?:node|fp-ts|io-ts|ws)\/|no-node/.test(path))).toEqual([]);
  // What to do about what only Node meets.
  expect(text).not.toMatch(/NODE_EXTRA_CA_CERTS|--allow-net|webSocketTransport|CONNECT|call log/);
  expect(warnings).toEqual([]);
});

it('folds what changes of a call in 350 bytes, gzipped, and costs nobody else any', async () => {
  const { gzipped, modules } = await bundle("export { foldChange } from '@livecall/core';");
  const whole = await bundle(PAGE);

  expect(gzipped).toBeLessThanOrEqual(350);
  expect(modules.map((path) => basename(path)).sort()).toEqual([
    'call-changes.js',
    'call-facts.js',
  ]);
  expect(whole.modules.filter((path) => path.endsWith('call-changes.js'))).toEqual([]);
});

it("tells at once who bundles Node's transport for a page", async () => {
  const { text, modules } = await bundle(
    `import { webSocketTransport } from '@livecall/core/node';
     try {
       webSocketTransport({});
     } catch (error) {
       globalThis.said = error.message;
     }`,
    { format: 'iife' },
  );
  const context = createContext({});
  runInContext(text, context);

  expect(modules.filter((path) => path.includes('/ws/'))).toEqual([]);
  expect(context['said']).toContain('use relayTransport of @livecall/core/browser');
});

it('has a stand-in for everything of Node that a page might name', async () => {
  const [node, page] = await Promise.all([
    import('../packages/core/src/node/index.js'),
    import('../packages/core/src/browser/no-node.js'),
  ]);

  expect(Object.keys(page).sort()).toEqual(Object.keys(node).sort());
});

/** What a page has in the place of a file: the compiler sees to it that nothing is missing. */
const doubles = {
  './dist/find-wrong.js': findWrongOfPage satisfies Names<typeof findWrong>,
  './dist/multicast.js': multicastOfPage satisfies Names<typeof multicast>,
  './dist/protocol/read-transcript.js': readTranscriptOfPage satisfies Names<typeof readTranscript>,
  './dist/utterance-log.js': utteranceLogOfPage satisfies Names<typeof utteranceLog>,
  './dist/why-lasting.js': whyLastingOfPage satisfies Names<typeof whyLasting>,
};
type Names<File> = Readonly<Record<keyof File, unknown>>;

it('has a double for each file that a page does without', async () => {
  const path = join(import.meta.dirname, '../packages/core/package.json');
  const { browser } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly browser: Readonly<Record<string, string>>;
  };
  const { modules } = await bundle(PAGE);

  expect(Object.keys(browser)).toEqual(Object.keys(doubles));
  for (const file of Object.keys(browser))
    expect(modules.filter((path) => path.endsWith(file.slice(1)))).toEqual([]);
});

it('is loaded with the messages that are named, and no others', async () => {
  const { text } = await bundle("export { Transcript } from '@livecall/core';");

  expect(text).toContain('"transcript"');
  for (const other of ['event:start', 'ackId', 'client:joinCall'])
    expect(text).not.toContain(other);
});

it('loads a protocol of an app without the one of a live call', async () => {
  const { text } = await bundle("export { isAnswerTo, message, text } from '@livecall/core';");

  expect(text).not.toContain('"transcript"');
});

/** What a page has, and Node too: of Node alone there is nothing in it. */
const page = () => {
  const { atob, btoa, clearInterval, clearTimeout, console, crypto, performance, queueMicrotask } =
    globalThis;
  const { setInterval, setTimeout, TextDecoder, TextEncoder, URL, URLSearchParams } = globalThis;
  return {
    ...{ atob, btoa, clearInterval, clearTimeout, console, crypto, performance, queueMicrotask },
    ...{ setInterval, setTimeout, TextDecoder, TextEncoder, URL, URLSearchParams },
  };
};

it('replays a scenario under a fault, and judges the client, where there is no Node', async () => {
  const { text } = await bundle(
    `import { liveCall } from '@livecall/core';
     import { ack, garbleFrames, parseFault, parseRecording, replay, scenario } from '@livecall/tools/replay';
     import { lastValueFrom, map, toArray } from 'rxjs';

     const call = scenario()
       .start()
       .send(new Uint8Array([123, 125]))
       .onJoin(ack())
       .caller('A parcel.')
       .callEnd()
       .close(1000);
     globalThis.result = (async () => {
       const server = replay(await parseRecording('call.ndjson', call.toNdjson()));
       const faults = [parseFault('duplicate:type=transcript'), garbleFrames({ nth: 2, as: 'wrong-types' })];
       const followed = liveCall(faults.reduce((transport, fault) => transport.pipe(fault), server));
       const heard = lastValueFrom(followed.messages$.pipe(map(({ message }) => message.type), toArray()));
       const errors = lastValueFrom(followed.errors$.pipe(map((error) => error._tag), toArray()));
       followed.connect();
       const { confirmedBy } = await lastValueFrom(followed.joinCall({ whenNotOpen: 'wait' }));
       return { heard: await heard, errors: await errors, confirmedBy, departed: await server.done() };
     })();
     globalThis.departed = (async () => {
       const server = replay(call.toRecording());
       const followed = liveCall(server);
       followed.endCall({ whenNotOpen: 'wait' }).subscribe({ error: () => undefined });
       followed.connect();
       return (await server.done())[0];
     })();`,
    { format: 'iife' },
  );
  const context = createContext(page());
  runInContext(text, context);

  expect(structuredClone(await (context['result'] as Promise<unknown>))).toEqual({
    heard: ['event:start', 'ack', 'transcript', 'transcript', 'event:callEnd'],
    errors: ['InvalidFrameError'],
    confirmedBy: 'ack',
    departed: [],
  });
  expect(structuredClone(await (context['departed'] as Promise<unknown>))).toMatchObject({
    kind: 'mismatch',
    expected: 'client:joinCall',
  });
});

it('compiles for a page, without the types of Node', async () => {
  using app = makeApp();
  const compilerOptions = {
    ...{ module: 'nodenext', target: 'es2022', lib: ['es2022', 'dom'], types: [] },
    // The types themselves are checked in published-types.test.ts.
    ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true, noEmit: true },
  };
  app.write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  app.write(
    'page.ts',
    `import { liveCall } from '@livecall/core';
     import { relayTransport } from '@livecall/core/browser';

     export const call = liveCall(relayTransport({ url: '/livecall', webSocket: WebSocket, window }));`,
  );

  expect(await app.compile()).toBe('');
});
