import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';
import { expect, it } from 'vitest';

import { serverMessages } from '../packages/core/src/protocol/messages.js';

/* What a page loads of the built packages. */

/** Bundles an entry of a page's for a browser, as small as it gets. */
async function bundle(contents: string, external: string[] = []) {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    external,
    format: 'esm',
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
  return { text, modules, gzipped: gzipSync(bytes).length };
}

it('decodes a frame in 200 bytes a message, gzipped, and without a package', async () => {
  const { gzipped, modules } = await bundle("export { decodeFrame } from '@livecall/core';");

  expect(gzipped).toBeLessThanOrEqual(200 * Object.keys(serverMessages).length);
  expect(modules.filter((path) => path.includes('/node_modules/'))).toEqual([]);
});

it.each([
  ['with RxJS', [], 13_000],
  ['beside RxJS', ['rxjs'], 9_000],
])('follows a call in so many bytes, gzipped, %s', async (_with, external, bytes) => {
  const { gzipped, modules } = await bundle("export { liveCall } from '@livecall/core';", external);

  expect(gzipped).toBeLessThanOrEqual(bytes);
  const packages = modules.filter((path) => path.includes('/node_modules/'));
  expect(packages.filter((path) => !/node_modules\/(?:rxjs|tslib)\//.test(path))).toEqual([]);
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
