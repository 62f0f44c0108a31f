import { expect, it } from 'vitest';

import { number, oneOf, optional, text, words } from './field.js';
import type { Field } from './field.js';
import { explainMessage, message, toJsonSchema } from './message.js';
import type { Message } from './message.js';

interface Note {
  readonly type: 'note';
  readonly by?: string | null | undefined;
  readonly mood: 'calm' | 'upset';
  readonly text: string;
  readonly page: number;
}
const Note: Message<Note> = message('Note', 'note', {
  by: optional(text),
  mood: oneOf('Mood', ['calm', 'upset']),
  text: words,
  page: number,
});
const note: Note = { type: 'note', mood: 'calm', text: 'a parcel', page: 1 };

it.each<unknown>([
  note,
  { ...note, by: 'Ada' },
  { ...note, by: null },
  { ...note, by: undefined },
  { ...note, page: 0.5, unpublished: true },
])('takes %j', (value) => {
  expect(Note.is(value)).toBe(true);
  expect(explainMessage(Note, value)).toBeUndefined();
});

it.each<[value: unknown, path: string, expected: string]>([
  [null, '', 'Note'],
  [undefined, '', 'Note'],
  ['note', '', 'Note'],
  [[note], '', 'Note'],
  [{}, 'type', '"note"'],
  [{ ...note, type: 'Note' }, 'type', '"note"'],
  [{ ...note, type: ['note'] }, 'type', '"note"'],
  [{ ...note, by: 7 }, 'by', 'string'],
  [{ ...note, mood: 'angry' }, 'mood', 'Mood'],
  [{ ...note, mood: undefined }, 'mood', 'Mood'],
  [{ ...note, text: null }, 'text', 'string'],
  [{ ...note, page: '1' }, 'page', 'number'],
])('does not take %j, for its %j', (value, path, expected) => {
  expect(Note.is(value)).toBe(false);
  expect(explainMessage(Note, value)).toStrictEqual({ path, expected });
});

it('speaks of the first field that does not fit', () => {
  expect(explainMessage(Note, { type: 'note', by: 7, page: '1' })).toStrictEqual({
    path: 'by',
    expected: 'string',
  });
});

it('takes a message that has no fields but its type', () => {
  interface Ping {
    readonly type: 'ping';
  }
  const Ping: Message<Ping> = message('Ping', 'ping', {});

  expect([{ type: 'ping', at: 3 }, { type: 'pong' }, 'ping'].map(Ping.is)).toEqual([
    true,
    false,
    false,
  ]);
});

it('gives its JSON Schema', () => {
  expect(toJsonSchema(Note)).toStrictEqual({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Note',
    type: 'object',
    required: ['type', 'mood', 'text', 'page'],
    properties: {
      type: { const: 'note' },
      mood: { enum: ['calm', 'upset'] },
      text: { type: 'string' },
      page: { type: 'number' },
      by: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    },
  });
});

it('is held to its interface by the compiler', () => {
  interface Small {
    readonly type: 'small';
    readonly size: 'small' | 'large';
    readonly by?: string | null | undefined;
  }
  const size = oneOf('Size', ['small', 'large']);
  const by = optional(text);
  const wide: Field<string> = text;

  const declarations: readonly Message<Small>[] = [
    message('Small', 'small', { size, by }),
    // @ts-expect-error another tag
    message('Small', 'tall', { size, by }),
    // @ts-expect-error a field is missing
    message('Small', 'small', { size }),
    // @ts-expect-error a field too many
    message('Small', 'small', { size, by, colour: text }),
    // @ts-expect-error wider than the interface
    message('Small', 'small', { size: wide, by }),
    // @ts-expect-error narrower than the interface
    message('Small', 'small', { size: oneOf('Size', ['small']), by }),
    // @ts-expect-error never missing, where the interface lets it be
    message('Small', 'small', { size, by: text }),
  ];

  expect(declarations).toHaveLength(7);
});
