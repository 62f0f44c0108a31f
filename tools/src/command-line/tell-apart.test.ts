import { diffRecordings, parseRecording } from '@livecall/recording';
import { expect, it } from 'vitest';

import { readingOf, tellApart } from './tell-apart.js';

const START = '{"type":"event:start","phone":"+12025550100"}';

/** What differs between two calls of one entry each, and whether that would be seen. */
const apart = async (here: string, there: string) => {
  const [left, right] = await Promise.all(
    [here, there].map((entry) =>
      parseRecording(
        'call',
        [
          '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}',
          '{"at":0,"event":"open","status":101}',
          `{"at":0,"event":"frame","from":"server",${entry}}`,
          '',
        ].join('\n'),
      ),
    ),
  );
  if (left === undefined || right === undefined) throw new Error('there are two');
  const { rows } = diffRecordings(left, right);
  const removed = rows.flatMap((row) => (row.what === 'removed' ? [row.left] : []))[0];
  const added = rows.flatMap((row) => (row.what === 'added' ? [row.right] : []))[0];
  if (removed === undefined || added === undefined) throw new Error('they are the same');
  return [
    readingOf(removed) === readingOf(added),
    tellApart(removed, added),
    tellApart(added, removed),
  ];
};

const said = (text: string, fields = '') =>
  `"json":{"type":"transcript","role":"user","offset":0,"msg":${text}${fields}}`;

it.each([
  ['a field', said('"a"'), said('"a"', ',"extra":true'), 'json.extra not there', 'json.extra true'],
  [
    'a field in a list, of an odd name',
    said('"a"', ',"e e":[1,{"b":2}]'),
    said('"a"', ',"e e":[1,{"b":3}]'),
    'json["e e"][1].b 2',
    'json["e e"][1].b 3',
  ],
  [
    'the white space',
    said('"a b"'),
    said('"a\\u00a0 b"'),
    'json.msg "a b"',
    String.raw`json.msg "a\u00a0 b"`,
  ],
  [
    'how an accent is written',
    said('"\u00e9"'),
    said('"e\u0301"'),
    String.raw`json.msg "\u00e9"`,
    String.raw`json.msg "e\u0301"`,
  ],
  [
    'what is not shown',
    said('"a"'),
    said('"a\\u200b\\u0007"'),
    'json.msg "a"',
    String.raw`json.msg "a\u200b\u0007"`,
  ],
  [
    'the order of the fields',
    `"json":${START}`,
    '"json":{"phone":"+12025550100","type":"event:start"}',
    `{"event":"frame","from":"server","json":${START}}`,
    '{"event":"frame","from":"server","json":{"phone":"+12025550100","type":"event:start"}}',
  ],
])('tells apart what reads alike by %s', async (_what, here, there, ours, theirs) => {
  expect(await apart(here, there)).toEqual([true, ours, theirs]);
});

it('knows what can be seen', async () => {
  expect((await apart(said('"a"'), said('"b"')))[0]).toBe(false);
});
