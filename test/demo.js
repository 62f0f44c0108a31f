// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

import { loadRecording, toComparable } from '@livecall/tools';

/*
 * The whole loop, on real sockets: a fake server plays a recording, `livecall record` follows it as
 * a client and writes a recording of its own, which is played and recorded once more.
 */

const bin = fileURLToPath(new URL('../tools/dist/bin.js', import.meta.url));
const source = relative(
  '',
  fileURLToPath(new URL('../recordings/joined-call.ndjson', import.meta.url)),
);
const folder = mkdtempSync(join(tmpdir(), 'livecall-demo-'));
// However it ends: a server that does not start leaves an `await` behind that no `finally` sees.
process.on('exit', () => {
  rmSync(folder, { recursive: true });
});

/** @param {string} text */
const say = (text) => process.stdout.write(`${text}\n`);

/**
 * Runs `livecall`, and shows the command line as one would type it.
 *
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
function livecall(args, options) {
  const typed = args.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg)).join(' ');
  say(`\n$ livecall ${typed.replaceAll(folder, '…')}`);
  return spawn(process.execPath, [bin, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    ...options,
  });
}

/**
 * Plays one recording as a server, and records it as a client.
 *
 * @param {string} from
 * @param {string} to
 */
async function replayAndRecord(from, to) {
  const server = livecall(['replay', from, '--once'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { stdout } = server;
  if (stdout === null) throw new Error('no output to read the URL from');
  const [url] = await once(createInterface(stdout), 'line');
  say(url);

  const { header, entries } = await loadRecording(from);
  const opened = entries.find(({ event }) => event === 'open');
  const joined = entries.find((entry) => entry.event === 'frame' && entry.from === 'client');
  const joinAfter = String(Math.round((joined?.at ?? 0) - (opened?.at ?? 0)));
  const args = ['record', '--url', url, '--out', to, '--title', header.title ?? ''];
  const client = livecall([...args, '--join-after', joinAfter], {
    env: {
      ...process.env,
      LIVECALL_ACCESS_TOKEN: 'demo-access-token',
      LIVECALL_CONVERSATION_TOKEN: 'demo-conversation',
    },
  });
  const codes = await Promise.all([once(client, 'exit'), once(server, 'exit')]);
  return codes.every(([code]) => code === 0);
}

say('1. A fake server plays a recorded call; livecall follows it, joins it, and records it.');
const first = join(folder, 'first.ndjson');
const second = join(folder, 'second.ndjson');
let isGood = await replayAndRecord(source, first);

say('\n2. The new recording is played and recorded once more.');
isGood = (await replayAndRecord(first, second)) && isGood;

say('\n3. The three are compared.');
const [expected, ...copies] = await Promise.all(
  [source, first, second].map(async (path) => toComparable(await loadRecording(path))),
);
for (const [index, copy] of copies.entries()) {
  const isEqual = isDeepStrictEqual(copy, expected);
  isGood &&= isEqual;
  const what = `${copy.entries.length} entries: every frame in order, the command, its ack, the close`;
  say(
    `   recording ${index + 1} ${isEqual ? `equals the source (${what})` : 'DIFFERS from the source'}`,
  );
}
say('   Not compared, since every run has its own: when, how long, the endpoint, the command ids.');

process.exitCode = isGood ? 0 : 1;
