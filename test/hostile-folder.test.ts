import { cpSync, existsSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { accessToken, conversationToken, expectNoToken } from './fixtures/canary-tokens.js';
import { makeFolder } from './fixtures/folder.js';
import type { Folder } from './fixtures/folder.js';
import { livecall, run } from './fixtures/livecall.js';
import { rawClient, toHandshake } from './fixtures/raw-client.js';

/* `livecall replay FOLDER`, and conversation tokens that ask for more than is in it. */

const recording = fileURLToPath(new URL('../recordings/joined-call.ndjson', import.meta.url));

/** A folder of two recordings, a secret beside it, and links of every kind. */
function makeServed(): Folder {
  const folder = makeFolder();
  mkdirSync(folder.at('served/inner.ndjson'), { recursive: true });
  mkdirSync(folder.at('served-too'));
  for (const name of [
    'served/first.ndjson',
    'served/second.ndjson',
    'served/inner.ndjson/hidden.ndjson',
    'secret.ndjson',
    'served-too/beside.ndjson',
  ]) {
    cpSync(recording, folder.at(name));
  }
  return folder;
}

it.concurrent('serves what is in its folder, and nothing that a token leads to', async () => {
  using folder = makeServed();
  // A folder of this name is no recording.
  renameSync(folder.at('served/inner.ndjson'), folder.at('served/inner'));
  symlinkSync('first.ndjson', folder.at('served/within.ndjson'));
  symlinkSync('../secret.ndjson', folder.at('served/relative.ndjson'));
  symlinkSync(folder.at('secret.ndjson'), folder.at('served/absolute.ndjson'));
  symlinkSync('relative.ndjson', folder.at('served/twice.ndjson'));
  symlinkSync('../served-too/beside.ndjson', folder.at('served/beside.ndjson'));
  symlinkSync('..', folder.at('served/up'));
  await using command = livecall(['replay', folder.at('served')]);
  const port = Number(new URL(await command.line(1)).port);
  const statusOf = async (token: string, isEncoded = false) => {
    const query = isEncoded ? token : encodeURIComponent(token);
    using client = await rawClient(
      port,
      toHandshake({ target: `/ws/v1/liveCalls?conversationToken=${query}` }),
    );
    return await client.status();
  };

  for (const token of ['first', 'second', 'within']) expect(await statusOf(token)).toBe(101);
  for (const token of [
    ...['relative', 'absolute', 'twice', 'beside', 'secret'],
    ...['../secret', '../secret.ndjson', './first', 'first.ndjson', '/first', 'first/', 'FIRST'],
    ...['..\\secret', 'up/secret', 'inner/hidden', 'inner', '..', '.', '*', '%', '~/secret'],
    ...['first\0', '../secret\0.ndjson', '\0', 'first\n', ' first', 'first '],
    ...['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'prototype'],
    ...[folder.at('secret'), folder.at('secret.ndjson'), `file://${folder.at('secret.ndjson')}`],
    ...['/etc/passwd', '../../../../../../etc/passwd', '-', 'x'.repeat(10_000)],
    ...[accessToken, conversationToken],
  ]) {
    expect([token, await statusOf(token)]).toEqual([token, 404]);
  }
  for (const query of [
    ...['..%2Fsecret', '%2e%2e%2fsecret', '%252e%252e%252fsecret', '..%5csecret', '..%c0%afsecret'],
    ...['%00', 'first%00', '%E0%A4%A', '%', '%u002e', 'other&conversationToken=first'],
  ]) {
    expect([query, await statusOf(query, true)]).toEqual([query, 404]);
  }
  command.signal('SIGINT');
  const { stderr } = await command.ends();
  for (const name of ['relative', 'absolute', 'twice', 'beside']) {
    expect(stderr).toContain(
      `${folder.at(`served/${name}.ndjson`)}: left out, since it is a link out of the folder`,
    );
  }
  // What was asked for is not repeated: it may be a live token.
  expectNoToken(stderr);
  expect(stderr).not.toMatch(/passwd|hasOwnProperty|xxxx/);
});

it.concurrent('has nothing to serve where all leads out of its folder', async () => {
  using folder = makeServed();
  mkdirSync(folder.at('links'));
  symlinkSync('../secret.ndjson', folder.at('links/secret.ndjson'));

  expect(await run(['replay', folder.at('links')])).toMatchObject({ exitCode: 66, stdout: '' });
});

it.concurrent('serves a link that is named by itself, and a folder that is one', async () => {
  using folder = makeServed();
  renameSync(folder.at('served/inner.ndjson'), folder.at('inner'));
  symlinkSync('secret.ndjson', folder.at('link.ndjson'));
  symlinkSync('served', folder.at('folder'));
  await using command = livecall(['replay', folder.at('link.ndjson'), folder.at('folder')]);

  expect(await command.says('replaying ')).toContain('replaying link, first, second;');
});

it.concurrent('says what is wrong with a link to nowhere', async () => {
  using folder = makeServed();
  renameSync(folder.at('served/inner.ndjson'), folder.at('inner'));
  symlinkSync('nowhere', folder.at('served/gone.ndjson'));
  const ended = await run(['replay', folder.at('served')]);

  expect(ended).toMatchObject({ exitCode: 66, stdout: '' });
  expect(ended.stderr).toContain('gone.ndjson');
});

it.concurrent('records over no link, wherever it leads', async () => {
  using folder = makeFolder();
  symlinkSync(folder.at('elsewhere'), folder.at('out'));
  const args = ['record', '--url', 'ws://127.0.0.1:9/', '--out', folder.at('out')];

  expect(await run(args)).toMatchObject({ exitCode: 73, stdout: '' });
  expect(existsSync(folder.at('elsewhere'))).toBe(false);
});
