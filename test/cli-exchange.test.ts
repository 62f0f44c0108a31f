import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { parse as parseSubtitles } from '@plussub/srt-vtt-parser';
import { Ajv } from 'ajv';
import { parse as parseCsv } from 'csv-parse/sync';
import { expect, it } from 'vitest';

import { makeFolder } from './fixtures/folder.js';
import { run } from './fixtures/livecall.js';

/* `livecall export` and `import`, by what validates such files; test/other-tools has the tools. */

const require = createRequire(import.meta.url);
const REJOINED = 'recordings/dropped-and-rejoined.ndjson';

it('exports what validators take', async () => {
  using folder = makeFolder();
  const write = async (format: string, name: string) => {
    const out = folder.at(name);
    expect(await run(['export', REJOINED, '--to', format, '--out', out])).toMatchObject({
      exitCode: 0,
      stdout: '',
    });
    return readFileSync(out, 'utf8');
  };

  const vtt = await write('vtt', 'call.vtt');
  const { WebVTTParser } = require('webvtt-parser') as {
    WebVTTParser: new () => { parse: (text: string) => { cues: unknown[]; errors: unknown[] } };
  };
  expect(new WebVTTParser().parse(vtt)).toMatchObject({ errors: [], cues: { length: 5 } });
  expect(parseSubtitles(vtt).entries).toHaveLength(5);
  expect(parseSubtitles(await write('srt', 'call.srt')).entries[1]).toEqual({
    id: '2',
    from: 437,
    to: 1_968,
    text: 'Caller: Good morning, I am returning a call about the flat.',
  });
  expect(parseCsv(await write('csv', 'call.csv'), { columns: true })).toHaveLength(14);
  expect(await write('text', 'call.txt')).toContain('00:01.968  caller      Good morning');
  const har: unknown = JSON.parse(await write('har', 'call.har'));
  expect(validateHar(har)).toEqual([]);
});

/** What the schema of HAR 1.2 has against a file. */
function validateHar(har: unknown): readonly unknown[] {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json') as object);
  const schemas = require('har-schema') as Readonly<Record<string, object>>;
  for (const schema of Object.values(schemas)) ajv.addSchema(schema);
  const validate = ajv.getSchema('har.json#');
  expect(validate).toBeDefined();
  void validate?.(har);
  return validate?.errors ?? [];
}

it('takes nothing for granted, and writes no token', async () => {
  using folder = makeFolder();
  const har = folder.write('a.har', '{"log":{"entries":[]}}');
  const out = folder.at('a.ndjson');

  expect(await run(['import', har, '--out', out])).toEqual({
    exitCode: 65,
    stdout: '',
    stderr: `livecall: ${har}: There is no WebSocket in this HAR. One that was open before the recording began is not in it.\n`,
  });
  expect(folder.recordings()).toEqual([]);
  expect(await run(['import', REJOINED, '--out', folder.at('call.ndjson')])).toEqual({
    exitCode: 65,
    stdout: '',
    stderr: `livecall: ${REJOINED}: is a livecall recording already; \`livecall redact\` makes a copy of one.\n`,
  });
  const secret = 'a-token-of-some-length';
  const socket = {
    startedDateTime: '2026-11-28T14:16:24.000Z',
    request: { url: `wss://calls.example/?conversationToken=${secret}` },
    response: { status: 101 },
    _webSocketMessages: [
      { type: 'receive', time: 1, opcode: 1, data: `{"type":"x","a":"${secret}"}` },
    ],
  };
  folder.write('a.har', JSON.stringify({ log: { entries: [socket] } }));
  const imported = await run(['import', har, '--out', out, '--title', 'imported']);
  expect(imported).toMatchObject({ exitCode: 0 });
  expect(readFileSync(out, 'utf8')).not.toContain(secret);
  expect(readFileSync(out, 'utf8')).toContain('"redacted":["credentials","phones"]');
  expect(await run(['check', out])).toMatchObject({ exitCode: 0, stdout: '' });
});

it('says that credentials were taken out only where there were any', async () => {
  using folder = makeFolder();
  const log = '[INFO  websocat::ws_client_peer] Connected to ws\n{"type":"event:callEnd"}\n';
  const websocat = await run(['import', folder.write('a.log', log), '--out', '-']);
  const socket = {
    startedDateTime: '2026-11-28T14:16:24.000Z',
    request: { url: 'wss://calls.example/?lang=en' },
    response: { status: 101 },
  };
  const path = folder.write('a.har', JSON.stringify({ log: { entries: [socket] } }));
  const har = await run(['import', path, '--out', '-', '--keep-phones']);

  expect(websocat.stdout).toContain('"redacted":["phones"]');
  expect(har.stdout).toContain('"redacted":[]');
});

it('writes an asciicast whose times have no noise of floats', async () => {
  const { stdout } = await run(['export', REJOINED, '--to', 'asciicast']);
  const [, ...events] = stdout.trim().split('\n');

  expect(events.length).toBeGreaterThan(5);
  expect(events.filter((event) => !/^\[\d+(\.\d{1,6})?,"o"/.test(event))).toEqual([]);
});
