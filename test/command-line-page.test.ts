import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, expect, it } from 'vitest';

import { makeApp } from './fixtures/app.js';
import { makeFolder } from './fixtures/folder.js';
import { CALL_END, START } from './fixtures/frames.js';
import { run } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';
import { readExamples } from './fixtures/read-examples.js';

/* docs/command-line.md */

const path = fileURLToPath(new URL('../docs/command-line.md', import.meta.url));
const page = readFileSync(path, 'utf8');
const app = makeApp();
afterAll(() => {
  app[Symbol.dispose]();
});

it('has the exit codes of the help', async () => {
  const table = [...page.matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)].map(([, code, meaning]) => [
    code,
    meaning,
  ]);
  const { stdout } = await run(['--help']);
  const [, list = ''] = stdout.split('Exit codes:\n');
  const help = [...list.matchAll(/^ {2}(\d+) +(.*(?:\n {7}.*)*)/gm)].map(([, code, meaning]) => [
    code,
    meaning?.replace(/\n +/g, ' '),
  ]);

  expect(table).toEqual(help);
  expect(table).toHaveLength(13);
});

/** One of each moment, and what a terminal must not be told. */
const everything = [
  '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z","title":"\u009b31m\u202e"}',
  '{"at":0,"event":"refused","status":503}',
  '{"at":1,"event":"failed","reason":"unreachable","code":"ECONNREFUSED"}',
  '{"at":2,"event":"open","status":101}',
  '{"at":3,"event":"frame","from":"server","json":{"type":"event:start","phone":"+12025550100","timestamp":"2026-11-22T09:00:00.010Z"}}',
  '{"at":4,"event":"frame","from":"server","json":{"type":"transcript","msg":"\u009b2J\u202ehello\u007f","role":"other"}}',
  '{"at":5,"event":"frame","from":"server","json":{"type":"event:end","msg":"screened","timestamp":"2026-11-22T09:00:00.010Z"}}',
  '{"at":6,"event":"frame","from":"client","json":{"type":"client:joinCall","id":"1"}}',
  '{"at":7,"event":"frame","from":"server","json":{"type":"ack","ackId":"1"}}',
  '{"at":8,"event":"frame","from":"server","json":{"type":"ack","ackId":"2"}}',
  '{"at":9,"event":"frame","from":"server","json":{"type":"error","description":"busy"}}',
  '{"at":10,"event":"frame","from":"server","json":{"type":"event:hold"}}',
  '{"at":11,"event":"frame","from":"server","text":"no JSON"}',
  '{"at":12,"event":"mark","label":"a mark"}',
  '{"at":13,"event":"frame","from":"server","json":{"type":"event:callEnd","timestamp":"2026-11-22T09:00:00.010Z"}}',
  '{"at":14,"event":"close","from":"server","code":1000,"reason":""}',
  '{"at":15,"event":"end"}',
];

it('has the shapes of what is written with --json', async () => {
  using folder = makeFolder();
  const whole = folder.write('all.ndjson', `${everything.join('\n')}\n`);
  const empty = folder.write('empty.ndjson', '');
  const shown = await run(['show', '--json', whole]);
  const checked = await run(['check', '--json', '--secrets', whole, empty]);
  const problems = checked.stdout.trim().split('\n');
  const listed = await run(['list', '--json', whole, 'recordings']);
  const found = await run(['search', '--json', 'hello', whole, 'recordings']);
  const counted = await run(['search', '--json', '--count', 'hello', whole]);
  const stats = await run(['stats', '--json', whole, 'recordings']);
  const diff = await run(['diff', '--json', '--times', '1ms', whole, JOINED]);
  app.write(
    'json.ts',
    `${readExamples(path)['json'] ?? ''}
     export const shown: Shown = ${shown.stdout};
     export const problems: readonly Problem[] = [${problems.join(',')}];
     export const listed: readonly Listed[] = [${toList(listed.stdout)}];
     export const found: readonly Found[] = [${toList(found.stdout)}];
     export const stats: Stats = ${stats.stdout};
     export const diff: Diff = ${diff.stdout};
     export const counted: readonly Counted[] = [${toList(counted.stdout)}];`,
  );

  expect(await app.compile()).toBe('');
  const { moments } = JSON.parse(shown.stdout) as { moments: readonly { what: string }[] };
  const told = new Set(moments.map(({ what }) => what));
  const documented = [...page.matchAll(/what: '([a-z ]+)'/g)].map(([, what]) => what);
  expect([...told].sort()).toEqual([...new Set(documented)].sort());
  expect(Object.keys(JSON.parse(shown.stdout) as object)).toEqual([
    ...['file', 'header', 'moments', 'isComplete', 'durationMs'],
  ]);
  expect(problems.map((line) => 'line' in (JSON.parse(line) as object))).toContain(false);
});

const JOINED = 'recordings/joined-call.ndjson';

function toList(stdout: string): string {
  return stdout.trim().split('\n').join(',');
}

it('shows a terminal nothing that it obeys', async () => {
  using folder = makeFolder();
  const whole = folder.write('all.ndjson', `${everything.join('\n')}\n`);
  for (const args of [
    ...[['show'], ['show', '--json'], ['check'], ['check', '--json', '--secrets']],
    ...[['list'], ['list', '--json'], ['search', 'hello'], ['search', '--json', 'hello']],
    ...[['stats'], ['stats', '--json'], ['diff', JOINED], ['diff', '--json', JOINED]],
  ]) {
    const { stdout } = await run([...args, whole]);

    // eslint-disable-next-line no-control-regex -- these are what is looked for
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
  const { stdout } = await run(['show', '--json', whole]);
  const { moments } = JSON.parse(stdout) as { moments: readonly { text?: string }[] };
  expect(moments[4]?.text).toBe('\u009b2J\u202ehello\u007f');
});

it('writes lines of the recording with record --json, which a terminal can show', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform((client) => {
    client.send(START);
    client.send(JSON.stringify({ type: 'transcript', msg: '\u009b2J\u202ehello', role: 'other' }));
    client.send(CALL_END);
    client.close(1000);
  });
  const args = ['record', '--json', '--url', platform.url, '--out', folder.at('call.ndjson')];
  const { stdout } = await run(args);
  const lines = stdout.trim().split('\n');
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
    JSON.parse(readFileSync('recordings/recording.schema.json', 'utf8')) as object,
  );

  for (const line of lines) expect(validate(JSON.parse(line)), line).toBe(true);
  expect(stdout).not.toMatch(/[\u007f-\u009f\u202a-\u202e]/);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
    folder.lines('call.ndjson').map((line) => JSON.parse(line) as unknown),
  );
});
