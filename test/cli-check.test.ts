import { closeSync, openSync, readdirSync } from 'node:fs';

import { scenario } from '@livecall/tools';
import { expect, it, onTestFinished } from 'vitest';

import { makeFolder } from './fixtures/folder.js';
import { run } from './fixtures/livecall.js';

/* `livecall check`: what is wrong with recordings. */

it('says what is wrong with the recordings of this house, and nothing else', async () => {
  const names = readdirSync('recordings').filter((name) => name.endsWith('.ndjson'));
  const { exitCode, stdout, stderr } = await run(['check', ...names], { cwd: 'recordings' });

  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
  expect(stdout).toMatchInlineSnapshot(`
    "malformed-frames.ndjson:4: invalid frame from the server: not JSON
    malformed-frames.ndjson:5: invalid frame from the server: not JSON
    malformed-frames.ndjson:6: invalid frame from the server: not a message
    malformed-frames.ndjson:7: invalid frame from the server: \`type\` is not of type string
    malformed-frames.ndjson:8: invalid frame from the server: \`msg\` is not of type string
    malformed-frames.ndjson:9: invalid frame from the server: \`role\` is not of type Role
    malformed-frames.ndjson:10: invalid frame from the server: \`ackId\` is not of type string
    malformed-frames.ndjson:12: invalid frame from the server: not JSON
    malformed-frames.ndjson:13: invalid frame from the server: not JSON
    recorder-died.ndjson:7: the last line is torn; readers drop it
    recorder-died.ndjson:7: there is no end after this line: the recorder died
    "
  `);
});

it('says nothing of recordings that are sound', async () => {
  const names = readdirSync('recordings').filter(
    (name) => name.endsWith('.ndjson') && !/malformed|died/.test(name),
  );

  expect(names.length).toBeGreaterThan(8);
  expect(await run(['check', ...names], { cwd: 'recordings' })).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: '',
  });
});

it('goes on after a line that cannot be read', async () => {
  using folder = makeFolder();
  const [header = '', start = '', frame = '', ...rest] = scenario()
    .start()
    .send({ type: 'ack', ackId: 'nobody asked' })
    .callEnd()
    .toNdjson()
    .split('\n');
  folder.write(
    'worn.ndjson',
    [header, start, '{"at":', frame, '{"at":1,"event":"frame","from":"server"}', ...rest].join(
      '\n',
    ),
  );
  const { exitCode, stdout, stderr } = await run(['check', 'worn.ndjson'], { cwd: folder.path });

  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
  expect(stdout).toMatchInlineSnapshot(`
    "worn.ndjson:3: is not a line of JSON in UTF-8
    worn.ndjson:5: is no frame with one of json, text and base64
    worn.ndjson:6: an ack for no command above
    "
  `);
});

it('says which of several is none', async () => {
  using folder = makeFolder();
  folder.write('sound.ndjson', scenario().start().callEnd().toNdjson());
  folder.write('none.ndjson', '{"log":{"version":"1.2"}}\n');
  const { exitCode, stdout, stderr } = await run(['check', 'none.ndjson', 'sound.ndjson'], {
    cwd: folder.path,
  });

  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
  expect(stdout).toBe(
    'none.ndjson:1: is not a livecall recording: its first line should be a header, {"livecall":1,…}\n',
  );
});

it('ends with 66 where there is no such file', async () => {
  expect(await run(['check', 'recordings/nowhere.ndjson'])).toEqual({
    exitCode: 66,
    stdout: '',
    stderr: 'livecall: recordings/nowhere.ndjson: no such file\n',
  });
});

it('tells a program what is wrong with --json', async () => {
  const { exitCode, stdout } = await run(
    ['check', 'recorder-died.ndjson', 'joined-call.ndjson', '--json'],
    { cwd: 'recordings' },
  );

  expect(exitCode).toBe(1);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ).toEqual([
    { file: 'recorder-died.ndjson', line: 7, problem: 'the last line is torn; readers drop it' },
    {
      file: 'recorder-died.ndjson',
      line: 7,
      problem: 'there is no end after this line: the recorder died',
    },
  ]);
});

it('tells what reads well and should be written otherwise', async () => {
  using folder = makeFolder();
  folder.write(
    'odd.ndjson',
    [
      '{"livecall":1,"recordedAt":"yesterday"}',
      '{"at":0,"event":"open","status":101}',
      '{"at":1,"event":"frame","from":"server","text":"{\\"type\\":\\"hold\\"}"}',
      '{"at":2,"event":"close","from":"server","code":1000,"reason":""}',
      '{"at":2,"event":"end"}',
      '',
    ].join('\n'),
  );
  const { exitCode, stdout } = await run(['check', 'odd.ndjson'], { cwd: folder.path });

  expect(exitCode).toBe(1);
  expect(stdout.split('\n')).toEqual([
    'odd.ndjson:1: `recordedAt` is no date, 2026-01-31T12:00:00Z for one',
    'odd.ndjson:3: `text` is JSON, and should stand as `json`',
    '',
  ]);
});

it('checks all recordings of a folder, and standard input', async () => {
  using folder = makeFolder();
  const call = scenario().start().callEnd().toNdjson();
  folder.write('a.ndjson', call);
  folder.write('b.ndjson', call.slice(0, -3));
  folder.write('notes.txt', 'not a recording');

  expect((await run(['check', folder.path])).stdout).toContain(`${folder.at('b.ndjson')}:`);
  expect(await run(['check', '-'], { input: call })).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: '',
  });
  expect((await run(['show', '-'], { input: call })).stdout).toContain('call from');
});

it('says that the last line is blank', async () => {
  using folder = makeFolder();
  folder.write('blank.ndjson', `${scenario().start().callEnd().toNdjson()}\n`);

  expect(await run(['check', 'blank.ndjson'], { cwd: folder.path })).toEqual({
    exitCode: 1,
    stdout: 'blank.ndjson:7: the last line is blank; readers pass over it\n',
    stderr: '',
  });
});

it('looks into the folders of a folder, passes over hidden names, and says how many there were', async () => {
  using folder = makeFolder();
  const call = scenario().start().callEnd().toNdjson();
  folder.write('a.ndjson', call);
  folder.write('._a.ndjson', 'Mac OS X');
  folder.makeFolder('sub');
  folder.write('sub/.#b.ndjson', 'somebody edits it');
  folder.makeFolder('.git');
  folder.write('.git/c.ndjson', 'no recording');
  folder.write('sub/b.ndjson', call);

  expect(await run(['check', '.'], { cwd: folder.path })).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'livecall: checked 2 recordings, nothing wrong\n',
  });
  folder.write('sub/b.ndjson', call.slice(0, -3));
  expect(await run(['check', '.'], { cwd: folder.path })).toMatchObject({
    exitCode: 1,
    stdout: expect.stringMatching(/^sub\/b\.ndjson:6: /) as unknown,
    stderr: 'livecall: checked 2 recordings, 1 of them not sound\n',
  });
});

it.skipIf(process.platform !== 'linux')(
  'tells a recorder that writes from one that died',
  async () => {
    using folder = makeFolder();
    const file = folder.write(
      'call.ndjson',
      scenario().start().toNdjson().split('\n').slice(0, 2).join('\n'),
    );
    const descriptor = openSync(file, 'a');
    onTestFinished(() => {
      closeSync(descriptor);
    });

    expect(await run(['check', file])).toEqual({
      exitCode: 1,
      stdout: `${file}:2: is still being written to: there is no end yet\n`,
      stderr: '',
    });
    expect((await run(['show', file])).stdout).toContain(
      'incomplete: it is still being written to',
    );
  },
);
