import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import type * as Core from '@livecall/core';
import type * as Codecs from '@livecall/core/codecs';
import { afterAll, expect, it } from 'vitest';

import { compile } from './fixtures/compile.js';

/* A message is added to a copy of core, as CONTRIBUTING says. */

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'livecall-contributing-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The changes in the page: to which file, what stands there, and what is to stand there. */
function* readPatches(page: string) {
  let file = '';
  for (const [, path, diff = ''] of page.matchAll(/<!-- patch: (\S+) -->|```diff\n(.*?)```/gs)) {
    if (path !== undefined) {
      file = path;
      continue;
    }
    const without = (sign: string) =>
      diff
        .split('\n')
        .filter((line) => !line.startsWith(sign))
        .map((line) => line.slice(1))
        .join('\n')
        .trimEnd();
    yield { file, before: without('+'), after: without('-') };
  }
}

it('adds a message as CONTRIBUTING says, and it is decoded, checked and described', async () => {
  const core = join(folder, 'packages', 'core');
  cpSync(join(root, 'packages', 'core', 'src'), join(core, 'src'), { recursive: true });
  for (const path of ['tsconfig.base.json', 'packages/core/tsconfig.json']) {
    cpSync(join(root, path), join(folder, path));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  symlinkSync(join(root, 'packages', 'core', 'node_modules'), join(core, 'node_modules'));
  writeFileSync(join(core, 'package.json'), '{"type":"module"}');

  const patches = [...readPatches(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'))];
  expect(patches).toHaveLength(7);
  for (const { file, before, after } of patches) {
    const parts = readFileSync(join(folder, file), 'utf8').split(before);
    expect(parts, `${file} has once: ${before}`).toHaveLength(2);
    writeFileSync(join(folder, file), parts.join(after));
  }
  expect((await compile(core)).complaint).toBe('');

  const load = async (name: string) =>
    (await import(pathToFileURL(join(core, 'dist', `${name}.js`)).href)) as Record<string, unknown>;
  const { decodeFrame } = (await load('protocol/decode-frame')) as typeof Core;
  const { toJsonSchema } = (await load('message')) as typeof Core;
  const { CallPark } = await load('protocol/messages');
  const { ServerMessage } = (await load('protocol/codecs')) as typeof Codecs;
  const park = { type: 'event:park', since: '2026-11-22T09:00:00Z' };

  expect(decodeFrame(JSON.stringify(park))).toEqual({ _tag: 'Right', right: park });
  expect(decodeFrame('{"type":"event:park"}')).toMatchObject({
    left: { path: 'since', expected: 'string' },
  });
  expect(ServerMessage.decode({ ...park, since: 7 })._tag).toBe('Left');
  expect(toJsonSchema(CallPark as never)).toMatchObject({ required: ['type', 'since'] });
});
