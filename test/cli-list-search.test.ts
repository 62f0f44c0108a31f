import { copyFileSync, linkSync } from 'node:fs';

import { scenario } from '@livecall/tools';
import { expect, it } from 'vitest';

import { makeFolder } from './fixtures/folder.js';
import { run } from './fixtures/livecall.js';

/* `livecall list` and `livecall search`: which of many recordings. */

const parse = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

it('lists the recordings of a folder, and of those in it', async () => {
  using folder = makeFolder();
  folder.makeFolder('nest');
  folder.write('b.ndjson', scenario({ title: 'a\u001b[2J courier' }).start().callEnd().toNdjson());
  folder.write('nest/c.ndjson', scenario().refuse(401).toNdjson());
  folder.write(
    'a.ndjson',
    scenario().start().caller('Hello?', { after: 90_000 }).drop(1006).toNdjson(),
  );
  folder.write('broken.ndjson', '{}\n');
  const { exitCode, stdout, stderr } = await run(['list'], { cwd: folder.path });

  expect({ exitCode, stderr }).toEqual({
    exitCode: 65,
    stderr:
      'livecall: broken.ndjson:1: is not a livecall recording: its first line should be a header, {"livecall":1,…}\n',
  });
  expect(stdout).toMatchInlineSnapshot(`
    "RECORDED (UTC)     LENGTH  OUTCOME      CONN  SAID  COMMANDS  RECORDING
    2026-01-01 00:00    1m30s  cut             1     1            a.ndjson
    2026-01-01 00:00      0ms  ended           1     0            b.ndjson  a courier
    2026-01-01 00:00      0ms  refused 401     0     0            nest/c.ndjson
    "
  `);
});

it('sorts a list and takes of it what is asked for', async () => {
  const args = ['list', 'recordings', '--json'];
  const longest = await run([...args, '--sort', 'length', '--reverse', '--outcome', 'ended,cut']);
  const titled = await run([
    ...args,
    '--title',
    'COURIER',
    '--longer',
    '2s',
    '--since',
    '2026-11-22',
  ]);

  const [first, ...others] = parse(longest.stdout);
  expect(first).toEqual({
    file: 'recordings/screened-spam-call.ndjson',
    title: 'a robocall sells car warranties; the assistant ends it without the subscriber',
    recordedAt: '2026-11-22T09:00:00.000Z',
    durationMs: expect.any(Number) as number,
    outcome: { how: 'ended' },
    phone: '+12025550100',
    connections: 1,
    utterances: 6,
    commands: [],
  });
  expect(others).toHaveLength(7);
  expect(parse(titled.stdout)).toMatchObject([{ file: 'recordings/joined-call.ndjson' }]);
});

it('says where words were said', async () => {
  const found = await run(['search', 'a párcel that needs', 'recordings']);
  const none = await run(['search', 'zebra', 'recordings']);
  const counted = await run([
    'search',
    'the',
    'recordings',
    '--words',
    '--count',
    '--role',
    'other',
  ]);

  expect(found).toEqual({
    exitCode: 0,
    stderr: '',
    stdout:
      "recordings/joined-call.ndjson:5  00:01.180  caller      Hi, it's Marta from Harbour Couriers. I have a parcel that needs a signature.\n",
  });
  expect(none).toEqual({ exitCode: 1, stderr: '', stdout: '' });
  expect(counted.stdout).toMatch(/^recordings\/dropped-and-rejoined.ndjson:2$/m);
});

it('finds in many recordings, on all cores, what it finds in one', async () => {
  using folder = makeFolder();
  let call = scenario().start();
  for (let index = 0; index < 500; index += 1) {
    call = call.caller(`${'Is this about the order that I gave you? '.repeat(54)}Number ${index}.`);
  }
  folder.write('0.ndjson', call.caller('A PARCEL.').toNdjson());
  const names = Array.from({ length: 64 }, (_name, index) => String(index));
  for (const name of names.slice(1)) {
    copyFileSync(folder.at('0.ndjson'), folder.at(`${name}.ndjson`));
  }
  folder.write('a.ndjson', 'no recording\n');
  const cwd = folder.path;
  const searched = await run(['search', 'a parcel', '--json'], { cwd });
  const listed = await run(['list', '--json'], { cwd });

  const files = names.map((name) => `${name}.ndjson`).sort();
  const hit = { line: 504, at: 0, role: 'other', text: 'A PARCEL.' };
  expect(searched).toMatchObject({
    exitCode: 65,
    stderr: expect.stringMatching(/a\.ndjson:1/) as string,
  });
  expect(parse(searched.stdout)).toEqual(files.map((file) => ({ file, ...hit })));
  expect(parse(listed.stdout)).toMatchObject(files.map((file) => ({ file, utterances: 501 })));
});

it('ends with 1 where only some were asked for, and none is so', async () => {
  using folder = makeFolder();
  const listed = (...flags: readonly string[]) => run(['list', ...flags], { cwd: folder.path });
  folder.write('a.ndjson', scenario().start().callEnd().toNdjson());
  const none = { exitCode: 1, stdout: '', stderr: '' };

  expect(await listed('--outcome', 'cut')).toEqual(none);
  expect(await listed('--longer', '1h', '--json', '--sort', 'length')).toEqual(none);
  expect(await listed('--outcome', 'ended')).toMatchObject({ exitCode: 0 });
  expect(await listed()).toMatchObject({ exitCode: 0 });
});

it('gives what several threads find in the order of the files', async () => {
  using folder = makeFolder();
  const said = '{"at":1,"event":"frame","from":"server","json":{"type":"transcript","msg":"';
  const quiet = `${said}We speak of something else.","role":"other"}}\n`;
  // As many bytes as are worth threads.
  const first = folder.write(
    'call-00.ndjson',
    [
      '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}\n',
      quiet.repeat((4 * 2 ** 20) / quiet.length),
      `${said}A pARcel, then.","role":"other"}}\n`,
    ].join(''),
  );
  const names = Array.from(
    { length: 20 },
    (_none, index) => `call-${String(index).padStart(2, '0')}.ndjson`,
  );
  for (const name of names.slice(1)) linkSync(first, folder.at(name));
  const search = await run(['search', 'parcel', '--json'], { cwd: folder.path });
  const list = await run(['list', '--json'], { cwd: folder.path });

  expect(search.exitCode).toBe(0);
  expect(parse(search.stdout).map(({ file, text }) => [file, text])).toEqual(
    names.map((name) => [name, 'A pARcel, then.']),
  );
  expect(parse(list.stdout).map(({ file }) => file)).toEqual(names);
});
