import { readFileSync } from 'node:fs';

import { createSecrets, recordingSink } from '@livecall/recording';
import type { RecordingSinkOptions } from '@livecall/recording';
import { expect, it } from 'vitest';

/* What docs/privacy.md says of numbers, and of what stays, row by row and line by line. */

const page = readFileSync(new URL('../docs/privacy.md', import.meta.url), 'utf8');

interface Row {
  readonly country: string;
  readonly example: string;
  readonly becomes: string;
}

/** The rows of the tables that have an example and a country. */
const rows = page.split('\n').flatMap((line): readonly Row[] => {
  const [, country, example, becomes] =
    /^\|[^|]*\| ([A-Z]{2}) +\| `([^`]+)` +\|(?: (?:`([^`]+)`|itself) +\|)?$/.exec(line) ?? [];
  return country === undefined || example === undefined
    ? []
    : [{ country, example, becomes: becomes ?? example }];
});

/** What is written of messages that somebody says, one after the other. */
function write(
  messages: readonly object[],
  options: RecordingSinkOptions = {},
): readonly unknown[] {
  const lines: string[] = [];
  const sink = recordingSink((line) => lines.push(line), options);
  for (const json of messages) sink.write({ event: 'frame', from: 'server', json });
  return lines.slice(1).map((line) => (JSON.parse(line) as { json: unknown }).json);
}

const say = (msg: string): object => ({ type: 'transcript', role: 'other', msg });

/** The rows of what looks like a credential. */
const credentials = page.split('\n').flatMap((line): readonly Omit<Row, 'country'>[] => {
  const [, example, becomes] =
    /^\|[^|`]*(?:`[^|]*)?\| `([^`]+)` +\| (?:`([^`]+)`|itself) +\|$/.exec(line) ?? [];
  return example === undefined ? [] : [{ example, becomes: becomes ?? example }];
});

it.each(credentials)('has of the credential in $example made $becomes', ({ example, becomes }) => {
  expect(credentials.length).toBeGreaterThan(10);
  expect(write([say(example)])).toEqual([say(becomes)]);
});

it('has rows of all three kinds', () => {
  expect(rows.filter(({ example, becomes }) => example !== becomes).length).toBeGreaterThan(25);
  expect(rows.filter(({ example, becomes }) => example === becomes).length).toBeGreaterThan(25);
});

it.each(rows)('has of $example in $country made $becomes', ({ country, example, becomes }) => {
  expect(write([say(example)], { defaultCountry: country })).toEqual([say(becomes)]);
});

it('does not find a number that stands in a field later only', () => {
  const start = { type: 'event:start', phone: '+498924582687', timestamp: '' };
  const messages = [say('unter der 2458 2687'), start, say('unter der 089 2458 2687')];

  expect(write(messages, { defaultCountry: 'DE' })).toEqual([
    say('unter der 2458 2687'),
    { ...start, phone: '+12025550100' },
    say('unter der +12025550100'),
  ]);
});

it('finds numbers in 240 digits that are said in a row, and none in more', () => {
  const number = 'four one five five five five two six seven one';
  const said = (count: number) => Array.from({ length: count }, () => number).join(' ');

  expect(write([say(said(24))])).toEqual([
    say(Array.from({ length: 24 }, () => '202-555-0100').join(' ')),
  ]);
  expect(write([say(said(25))])).toEqual([say(said(25))]);
  expect(write([say(`${said(13)}, ${said(13)}`)])[0]).not.toEqual(say(`${said(13)}, ${said(13)}`));
});

it('leaves names, addresses, accounts, cards, dates of birth, and all other words', () => {
  const said = say(
    'Dana Whitfield, 12 Elm Street, account 4471902883, card 4539 1488 0343 6467, born 12 October 1974',
  );

  expect(write([said])).toEqual([said]);
});

it('leaves when the call was', () => {
  const lines: string[] = [];
  const sink = recordingSink((line) => lines.push(line));
  const timestamp = '2026-11-28T14:30:05Z';
  sink.write({
    event: 'frame',
    from: 'server',
    json: { type: 'event:start', phone: '+14155552671', timestamp },
  });

  expect(JSON.parse(lines[0] ?? '')).toHaveProperty('recordedAt', expect.stringMatching(/^\d{4}-/));
  expect(lines[1]).toContain(timestamp);
});

it('leaves tokens of less than 8 characters, and those that are not in use and look like none', () => {
  const secrets = createSecrets(['seven77', 'eight888']);

  expect(write([say('seven77 eight888 k9ferret')], { secrets })).toEqual([
    say('seven77 [redacted] k9ferret'),
  ]);
});

it('leaves of masked words how long they are, the title, marks, reasons and descriptions', () => {
  const lines: string[] = [];
  const sink = recordingSink((line) => lines.push(line), {
    title: 'asks for Dana',
    maskTranscripts: true,
  });
  sink.write({ event: 'open', status: 101 });
  sink.write({ event: 'frame', from: 'server', json: say('Is Dana in?') });
  sink.write({ event: 'frame', from: 'server', json: { type: 'error', description: 'for Dana' } });
  sink.write({ event: 'mark', label: 'Dana comes' });
  sink.write({ event: 'close', from: 'server', code: 1011, reason: 'Dana left' });
  const written = lines.map((line) => JSON.parse(line) as Record<string, unknown>);

  expect(written).toMatchObject([
    { title: 'asks for Dana' },
    { event: 'open' },
    { json: { msg: 'xx xxxx xx?' } },
    { json: { description: 'for Dana' } },
    { label: 'Dana comes' },
    { reason: 'Dana left' },
  ]);
});
