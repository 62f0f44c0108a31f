import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { loadRecording } from '../format/read-recording.js';
import { parseRecording } from '../format/parse-recording.js';
import { lineOf } from '../format/recording.js';
import { ack, scenario } from '../scenario.js';
import { diffRecordings } from '../workbench/diff-recordings.js';
import { importHar } from './import-har.js';
import { importTshark } from './import-tshark.js';
import { importWebsocat } from './import-websocat.js';
import { UNKNOWN_END } from './imported.js';
import { toCsv } from './to-csv.js';
import { toHar } from './to-har.js';
import { toSrt, toVtt } from './to-subtitles.js';
import { VERSION } from './version.js';

const START = '{"type":"event:start","phone":"+12025550100"}';
const JOIN = '{"type":"client:joinCall","id":"1"}';

const rows = (recording: { readonly entries: readonly object[] }) =>
  recording.entries.map((entry) => JSON.stringify(entry));

it('gives a recording back that was written as HAR', async () => {
  for (const name of ['joined-call', 'dropped-and-rejoined', 'refused-401', 'malformed-frames']) {
    const recording = await loadRecording(`recordings/${name}.ndjson`);
    const { recording: imported, lacks } = importHar(toHar(recording));

    const same = { ...imported, header: recording.header };
    expect(diffRecordings(recording, same, { ids: true, timesMs: 0.01 })).toMatchObject({
      isSame: true,
      header: [],
    });
    expect(imported.header).toMatchObject({ endpoint: recording.header.endpoint });
    expect(lacks.filter((lack) => !lack.startsWith('reasons for failed'))).toEqual([]);
  }
});

const chrome = (time: number, entry: object = {}) =>
  JSON.stringify({
    log: {
      creator: { name: 'WebInspector', version: '537.36' },
      entries: [
        {
          startedDateTime: '2026-11-28T14:16:20.000Z',
          request: { url: 'https://a.example/' },
          response: { status: 200 },
        },
        {
          startedDateTime: '2026-11-28T14:16:24.000Z',
          _resourceType: 'websocket',
          request: {
            url: 'wss://calls.example/ws/v1/liveCalls?conversationToken=a-conversation-token',
            headers: [{ name: 'Authorization', value: 'Bearer an-access-token' }],
          },
          response: { status: 101 },
          _webSocketMessages: [
            { type: 'receive', time, opcode: 1, data: START },
            { type: 'send', time, opcode: 1, data: JOIN },
            { type: 'receive', time, opcode: 2, data: 'AQL/' },
          ],
          ...entry,
        },
      ],
    },
  });

it.each([
  ['in seconds', 1795875384.25],
  ['in milliseconds', 1795875384250],
])('reads the times of a HAR %s', (_unit, time) => {
  const { recording, lacks, tokens } = importHar(chrome(time));

  expect(recording.header).toEqual({
    livecall: 1,
    recordedAt: '2026-11-28T14:16:24.000Z',
    endpoint: 'wss://calls.example/ws/v1/liveCalls',
    redacted: [],
  });
  expect(rows(recording)).toEqual([
    '{"at":0,"event":"open","status":101}',
    `{"at":250,"event":"frame","from":"server","json":${START}}`,
    `{"at":250,"event":"frame","from":"client","json":${JOIN}}`,
    '{"at":250,"event":"frame","from":"server","base64":"AQL/"}',
    `{"at":250,"event":"mark","label":"${UNKNOWN_END}"}`,
    '{"at":250,"event":"close","from":"server","code":1006,"reason":""}',
    '{"at":250,"event":"end"}',
  ]);
  expect(lacks).toEqual([
    'close codes: how a connection ended is not in a HAR, and it stands as cut (1006)',
  ]);
  expect(tokens).toEqual(['a-conversation-token', 'an-access-token']);
});

it.each([
  ['https://calls.example/ws/v1/liveCalls?a=b', 'wss://calls.example/ws/v1/liveCalls'],
  ['http://127.0.0.1:8080/ws/v1/liveCalls', 'ws://127.0.0.1:8080/ws/v1/liveCalls'],
])('takes %s, as mitmproxy writes it, for the WebSocket that it was', (url, endpoint) => {
  expect(importHar(chrome(0, { request: { url } })).recording.header).toMatchObject({ endpoint });
});

it('says which HAR has no messages, and which no times', () => {
  const omitted = importHar(chrome(0, { _webSocketMessages: undefined }));
  const minimal = importHar(chrome(-1));

  expect(omitted.lacks[0]).toMatch(/^messages: .*content: 'embed'/);
  expect(omitted.recording.entries.map(({ event }) => event)).toEqual([
    ...['open', 'mark', 'close', 'end'],
  ]);
  expect(minimal.lacks[0]).toMatch(/^times: /);
  expect(minimal.recording.entries.map(({ at }) => at)).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

it('has refused and failed dials of a HAR', () => {
  const refused = { response: { status: 503, headers: [{ name: 'retry-after', value: '2' }] } };
  const failed = { response: { status: 0, _error: 'net::ERR_CONNECTION_REFUSED' } };

  expect(rows(importHar(chrome(0, { ...refused, _webSocketMessages: [] })).recording)[0]).toBe(
    '{"at":0,"event":"refused","status":503,"retryAfterMs":2000}',
  );
  const { recording, lacks } = importHar(chrome(0, { ...failed, _webSocketMessages: [] }));
  expect(rows(recording)[0]).toBe('{"at":0,"event":"failed","reason":"unreachable"}');
  expect(lacks[0]).toMatch(/^reasons for failed dials: /);
});

it.each([
  ['no JSON', 'It is no HAR: it is not JSON.'],
  ['null', 'It is no HAR: there are no `log.entries` in it.'],
  ['{"log":{"entries":[]}}', 'There is no WebSocket in this HAR.'],
])('does not take %s for a HAR', (text, problem) => {
  expect(() => importHar(text)).toThrow(problem);
});

it('asks which connection is meant where there are several at a time', () => {
  const { log } = JSON.parse(chrome(1795875384.25)) as { log: { entries: object[] } };
  const several = JSON.stringify({ log: { entries: [...log.entries, ...log.entries] } });

  expect(() => importHar(several)).toThrow('There are 2 connections in it, some at a time');
  expect(importHar(several, { connection: 2 }).recording.entries).toHaveLength(7);
  expect(() => importHar(several, { connection: 3 })).toThrow(
    'There are 2 connections in it, and none is number 3.',
  );
  expect(() => importHar(JSON.stringify({ log }), { connection: 2 })).toThrow(
    'There is 1 connection in it, and none is number 2.',
  );
});

it('reads what websocat says, and nothing that it does not', () => {
  const { recording, lacks } = importWebsocat(
    [
      '[INFO  websocat::lints] Auto-inserting the line mode',
      '[INFO  websocat::ws_client_peer] get_ws_client_peer',
      '[INFO  websocat::ws_client_peer] Connected to ws',
      START,
      JOIN,
      'not JSON',
      '[INFO  websocat::ws_peer] Received WebSocket close message',
      '',
    ].join('\n'),
  );

  expect(rows(recording).slice(0, -2)).toEqual([
    '{"at":0,"event":"open","status":101}',
    `{"at":0,"event":"frame","from":"server","json":${START}}`,
    `{"at":0,"event":"frame","from":"client","json":${JOIN}}`,
    '{"at":0,"event":"frame","from":"server","text":"not JSON"}',
    `{"at":0,"event":"mark","label":"${UNKNOWN_END}"}`,
  ]);
  expect(lacks.map((lack) => lack.split(':')[0])).toEqual([
    ...['clocks', 'close codes', 'refused handshakes', 'senders of messages'],
  ]);
  expect(() => importWebsocat('websocat: Connection refused')).toThrow('has connected; was it -v?');
});

it.each(['[]', '{}', 'no JSON', '[{"_source":{}}]'])('does not take %s for a capture', (text) => {
  expect(() => importTshark(text)).toThrow(/tshark/);
});

it('says what a capture has not in words that stand behind `has no`', () => {
  const socket = (fields: object, payload?: object) => ({
    'websocket.mask': '0',
    ...fields,
    ...(payload && { 'websocket.payload': payload }),
  });
  const packet = {
    _source: {
      layers: {
        frame: { 'frame.time_epoch': '1795875384.25' },
        tcp: { 'tcp.stream': '0' },
        websocket: [
          socket({ 'websocket.opcode': '1' }, { 'websocket.payload.text': START }),
          socket({ 'websocket.opcode': '1', 'websocket.payload_length': '9' }),
          socket({ 'websocket.opcode': '0' }),
        ],
      },
    },
  };

  expect(importTshark(JSON.stringify([packet])).lacks).toEqual([
    'texts of some messages, which are compressed or cut off: they are left out',
    'fragments put together: of a message in several, only the first is in the recording',
    'end of the connection: the capture was over before it, and it stands as cut (1006)',
    'handshake: the capture began after it, and the URL is not known',
  ]);
});

it('writes subtitles that nothing that is said can break', () => {
  const call = scenario({ title: 'a <b> & c' })
    .start()
    .caller('Hello, <there> & you --> me\n\nand\u0007 more?', { after: 61_500 })
    .assistant('Yes.', { after: 200 })
    .toRecording();

  expect(toVtt(call)).toBe(
    [
      'WEBVTT - a &lt;b&gt; &amp; c',
      '',
      'NOTE',
      'Times are estimated: an utterance ends when its transcript came.',
      '',
      '00:00:59.100 --> 00:01:01.500',
      '<v Caller>Hello, &lt;there&gt; &amp; you -&gt; me and more?</v>',
      '',
      '00:01:01.500 --> 00:01:02.500',
      '<v Assistant>Yes.</v>',
      '',
      '',
    ].join('\n'),
  );
  expect(toSrt(call).split('\n').slice(0, 4)).toEqual([
    ...['1', '00:00:59,100 --> 00:01:01,500', 'Caller: Hello, <there> & you -> me and more?', ''],
  ]);
});

it('writes CSV that a spreadsheet takes for no formula', async () => {
  const call = scenario()
    .start({ phone: '+12025550100' })
    .caller('=HYPERLINK("http://a.example")')
    .caller('- "no", a\nline')
    .onJoin(ack({ after: 70 }))
    .drop(1006);
  const recording = await parseRecording('call', call.toNdjson());

  expect(toCsv(recording).split('\r\n')).toEqual([
    'line,at_ms,what,who,text',
    '2,0,connected,,1',
    '3,0,call started,server,+12025550100',
    `4,0,said,other,"'=HYPERLINK(""http://a.example"")"`,
    '5,0,said,other,"\'- ""no"", a\nline"',
    '6,0,asked,client,client:joinCall',
    '7,70,acknowledged,server,client:joinCall after 70 ms',
    '8,70,closed,server,1006',
    '',
  ]);
  expect(lineOf(6)).toBe(8);
});

it('writes CSV that a terminal can show', () => {
  const call = scenario()
    .caller('\u001b[2J\u001b]0;gone\u0007red\u001b[0m \u202etrap\u009b1m')
    .caller('\u001b[0m=1+1')
    .caller('one\r\ntwo\rthree\tfour')
    .toRecording();

  expect(toCsv(call).split('\r\n').slice(2, 5)).toEqual([
    '3,0,said,other,red  trap',
    "4,0,said,other,'=1+1",
    '5,0,said,other,"one\ntwo\nthree\tfour"',
  ]);
});

it('writes times without the noise of floats, and which livecall it was', async () => {
  const rejoined = await loadRecording('recordings/dropped-and-rejoined.ndjson');
  const entries = rejoined.entries.map((entry) => ({ ...entry, at: entry.at + 0.123 }));
  const har = toHar({ ...rejoined, entries });
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');

  expect(har.match(/"(time|wait|receive)": \d+\.\d{4,}(?!\d*,\n\s*"opcode")/g)).toBeNull();
  expect(JSON.parse(har)).toMatchObject({
    log: { creator: { name: 'livecall', version: VERSION } },
  });
  expect(JSON.parse(manifest)).toMatchObject({ version: VERSION });
});
