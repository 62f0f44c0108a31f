import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { expect, it } from 'vitest';

import { either, number, oneOf, optional, phone, text, words } from '../field.js';
import type { AnyField } from '../field.js';
import type { InvalidFrameError } from '../invalid-frame-error.js';
import { explainMessage, message, toJsonSchema } from '../message.js';
import type { AnyMessage, Message } from '../message.js';
import * as codecs from './codecs.js';
import { ClientMessage, explain, ServerMessage, toCodec, UnknownMessage } from './codecs.js';
import { clientMessages } from './commands.js';
import { decodeClientFrame, decodeFrame } from './decode-frame.js';
import { serverMessages } from './messages.js';

/** Of no endpoint: it has every kind of field. */
interface Parcel {
  readonly type: 'parcel';
  readonly weight: number;
  readonly size: 'small' | 'large';
  readonly shelf: number | string;
  readonly receiver: string;
  readonly note?: string | null | undefined;
}
const Parcel: Message<Parcel> = message('Parcel', 'parcel', {
  weight: number,
  size: oneOf('Size', ['small', 'large']),
  shelf: either('Shelf', number, text),
  receiver: phone,
  note: optional(words),
});

const ofServer: readonly AnyMessage[] = Object.values(serverMessages);
const ofClient: readonly AnyMessage[] = Object.values(clientMessages);

/* Values that are, or nearly are, a message */

const anything = fc.oneof(
  { weight: 3, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.constantFrom('assistant', 'other', 'user', 'small', 'toString') },
  { weight: 1, arbitrary: fc.constantFrom(null, undefined, true, 0, -1.5, '') },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const fitting = ({ is }: AnyField) => anything.filter(is);

/** Every field fits. */
const whole = ({ type, fields }: AnyMessage): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .tuple(
      fc.record(Object.fromEntries(fields.map(([key, field]) => [key, fitting(field)]))),
      fc.record({ sentiment: anything }, { requiredKeys: [] }),
    )
    .map(([own, others]) => ({ type, ...own, ...others }));

/** One step away from it: a field is something else, is gone, or has a name that is nearly its own. */
const near = (declaration: AnyMessage) => {
  const key = fc.constantFrom('type', ...declaration.fields.map(([name]) => name));
  return fc.tuple(whole(declaration), key, anything).chain(([fields, name, value]) => {
    const { [name]: own, ...others } = fields;
    return fc.constantFrom<unknown>(
      others,
      { ...fields, [name]: value },
      { ...fields, [name]: [own] },
      { ...others, [name.toUpperCase()]: own },
      [fields],
      own,
    );
  });
};

const valuesOf = (declaration: AnyMessage) =>
  fc.oneof(
    { weight: 2, arbitrary: whole(declaration) },
    { weight: 4, arbitrary: near(declaration) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );

const toJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
const explained = (decoded: t.Validation<unknown>) =>
  E.isLeft(decoded) ? explain(decoded.left) : undefined;

it.each([...ofServer, ...ofClient, Parcel as AnyMessage])(
  'checks, decodes, explains and describes $name as one and the same',
  (declaration) => {
    const codec = toCodec(declaration as Message<unknown>);
    const fitsSchema = new Ajv2020({ strict: true }).compile(toJsonSchema(declaration));
    const seen = { whole: 0, broken: 0 };
    fc.assert(
      fc.property(valuesOf(declaration), (value) => {
        const is = declaration.is(value);
        seen[is ? 'whole' : 'broken'] += 1;
        const decoded = codec.decode(value);

        expect(codec.is(value)).toBe(is);
        expect(E.isRight(decoded)).toBe(is);
        if (E.isRight(decoded)) expect(decoded.right).toBe(value);
        expect(explainMessage(declaration, value)).toStrictEqual(explained(decoded));

        const json = toJson(value);
        expect(fitsSchema(json)).toBe(declaration.is(json));
      }),
    );

    // Or the property says nothing.
    expect(seen.whole).toBeGreaterThan(50);
    expect(seen.broken).toBeGreaterThan(50);
  },
);

it.each<
  [string, readonly AnyMessage[], t.Mixed, (frame: string) => E.Either<InvalidFrameError, unknown>]
>([
  ['of the server', ofServer, ServerMessage, decodeFrame],
  ['of a client', ofClient, ClientMessage, decodeClientFrame],
])(
  'decodes a frame %s as its codec does, and says the same of it',
  (_of, messages, codec, decode) => {
    fc.assert(
      fc.property(fc.oneof(...messages.map(valuesOf)).map(toJson), (json) => {
        const expected: t.Validation<unknown> = codec.decode(json);
        const decoded = decode(JSON.stringify(json));

        expect(E.isRight(decoded)).toBe(E.isRight(expected));
        if (E.isRight(decoded)) expect(decoded).toStrictEqual(expected);
        else expect(decoded.left).toMatchObject(explained(expected) ?? {});
      }),
    );
  },
);

it('has a codec for each message, of its name', () => {
  const names = [...ofServer, ...ofClient].map(({ name }) => name);

  expect(names.length).toBeGreaterThanOrEqual(8);
  for (const name of [
    ...names,
    'UnknownMessage',
    'ServerMessage',
    'ClientMessage',
    'Role',
    'Offset',
  ]) {
    expect((codecs as unknown as Record<string, t.Mixed>)[name]?.name).toBe(name);
  }
});

/* ServerMessage */

const published = new Set<string>(Object.keys(serverMessages));

it('decodes every unpublished type as unknown, with all that was received', () => {
  const type = fc
    .oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'unknown', 'Ack'))
    .filter((name) => !published.has(name));
  const fields = fc.record({ type, msg: anything, sentiment: anything }, { noNullPrototype: true });
  fc.assert(
    fc.property(fields, (received) => {
      const decoded = ServerMessage.decode(received);

      expect(decoded).toEqual(E.right({ type: 'unknown', received }));
      expect(E.isRight(decoded) && ServerMessage.is(decoded.right)).toBe(true);
      expect(E.isRight(decoded) && UnknownMessage.is(decoded.right)).toBe(true);
    }),
  );
});

it('refuses whatever has no type', () => {
  const typeless = fc.oneof(
    fc.record({ type: fc.jsonValue().filter((type) => typeof type !== 'string'), msg: anything }),
    fc.jsonValue().filter((json) => typeof json !== 'object' || json === null || !('type' in json)),
  );
  fc.assert(
    fc.property(typeless, (json) => {
      expect(E.isLeft(ServerMessage.decode(json))).toBe(true);
    }),
  );
});

it('encodes what it decoded as it was received', () => {
  const value = fc.oneof(
    ...ofServer.map(whole),
    fc.record({ type: fc.string(), msg: anything }, { noNullPrototype: true }),
  );
  fc.assert(
    fc.property(value, (fields) => {
      const decoded = ServerMessage.decode(fields);

      if (E.isRight(decoded)) expect(ServerMessage.encode(decoded.right)).toBe(fields);
    }),
  );
});
