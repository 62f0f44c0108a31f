import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { decodeFrame, liveCallProtocol } from '@livecall/core';
import * as codecs from '@livecall/core/codecs';
import { clientMessages, serverMessages } from '@livecall/core/internal';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { nearMessages } from './fixtures/near-messages.js';

/* The endpoint as it is published for other languages. */

const folder = new URL('../packages/core/schemas/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const script = fileURLToPath(new URL('../write-schemas.js', folder));
const { schemas } = (await import(script)) as {
  readonly schemas: Readonly<Record<string, string>>;
};

it('has a file for each schema, as its script writes it, and no others', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(schemas).sort());
  for (const [name, text] of Object.entries(schemas)) {
    expect(read(name) === text, `${name} is as npm run schemas writes it`).toBe(true);
  }
});

it('has the types of the clients in Python and Go as they come of the AsyncAPI document', async () => {
  const clients = new URL('clients/', import.meta.url);
  const written = fileURLToPath(new URL('write-types.js', clients));
  const { types } = (await import(written)) as { readonly types: Readonly<Record<string, string>> };
  for (const [path, text] of Object.entries(types)) {
    const isCurrent = readFileSync(new URL(path, clients), 'utf8') === text;
    expect(isCurrent, `${path} is as npm run schemas writes it`).toBe(true);
  }
  expect(Object.keys(types)).toHaveLength(2);
});

it('has a schema of every message, of its name', () => {
  const titles = Object.keys(schemas).map(
    (name) => (JSON.parse(read(name)) as { title?: string }).title,
  );
  const names = Object.values({ ...serverMessages, ...clientMessages }).map(({ name }) => name);

  expect(names.length).toBeGreaterThanOrEqual(8);
  expect(titles).toEqual(expect.arrayContaining([...names, 'ServerMessage', 'ClientMessage']));
});

/* A value that either accepts, the other accepts. */

interface Decoder {
  readonly decode: (value: unknown) => { readonly _tag: string };
}
const decoders = codecs as unknown as Readonly<Record<string, Decoder>>;

it('accepts by each schema what its codec accepts, and nothing else', () => {
  const held = Object.keys(schemas)
    .filter((name) => name !== 'asyncapi.json')
    .map((name) => JSON.parse(read(name)) as { readonly title: string })
    .map((schema) => ({
      title: schema.title,
      fits: new Ajv2020({ strict: true }).compile(schema),
      decoder: decoders[schema.title],
      seen: { accepted: 0, refused: 0 },
    }));
  fc.assert(
    fc.property(nearMessages, (text) => {
      const json: unknown = JSON.parse(text);
      for (const { title, fits, decoder, seen } of held) {
        const accepts = decoder?.decode(json)._tag === 'Right';
        seen[accepts ? 'accepted' : 'refused'] += 1;
        expect([title, fits(json)]).toEqual([title, accepts]);
      }
      const [ofServer, ofClient] = [decodeFrame(text), liveCallProtocol.decodeCommand(text)];
      expect(ofServer._tag).toBe(decoders['ServerMessage']?.decode(json)._tag);
      expect(ofClient._tag).toBe(decoders['ClientMessage']?.decode(json)._tag);
    }),
    { numRuns: 1000 },
  );

  // Or the property says nothing.
  for (const { title, seen } of held) {
    expect([title, seen.accepted > 10 && seen.refused > 10]).toEqual([title, true]);
  }
});

/* AsyncAPI */

interface Operation {
  readonly action: string;
  readonly messages: readonly { readonly $ref: string }[];
  readonly reply?: { readonly messages: readonly { readonly $ref: string }[] };
}
interface AsyncApi {
  readonly info: { readonly version: string };
  readonly channels: {
    readonly liveCalls: {
      readonly messages: Readonly<
        Record<
          string,
          {
            readonly name: string;
            readonly payload: { readonly $ref: string };
            readonly examples: readonly { readonly payload: unknown }[];
          }
        >
      >;
      readonly 'x-refusals': readonly unknown[];
      readonly 'x-close-codes': readonly unknown[];
    };
  };
  readonly operations: Readonly<Record<string, Operation>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}
const types = Object.keys({ ...serverMessages, ...clientMessages });
const asyncApi = JSON.parse(read('asyncapi.json')) as AsyncApi;
const { liveCalls } = asyncApi.channels;

it('has the schemas in the AsyncAPI document as they stand by themselves', () => {
  const toPlain = (schema: object) =>
    JSON.parse(
      JSON.stringify({ ...schema, $schema: undefined, $defs: undefined }).replaceAll(
        '#/components/schemas/',
        '#/$defs/',
      ),
    ) as { readonly title: string };
  const alone = Object.keys(schemas)
    .filter((name) => name !== 'asyncapi.json')
    .map((name) => toPlain(JSON.parse(read(name)) as object));
  const within = Object.values(asyncApi.components.schemas).map(toPlain);

  for (const schema of alone) expect(within).toContainEqual(schema);
  // The one more is what is not published, which is in that of the server.
  expect(within).toHaveLength(alone.length + 1);
});

it('gives examples of every message, that fit', () => {
  const document = { $id: 'livecall', components: asyncApi.components };
  const ajv = new Ajv2020({ strict: true, keywords: ['components'] }).addSchema(document);
  for (const { name, payload, examples } of Object.values(liveCalls.messages)) {
    expect(examples.length, name).toBeGreaterThan(0);
    for (const example of examples) {
      expect([name, ajv.validate({ $ref: `livecall${payload.$ref}` }, example.payload)]).toEqual([
        name,
        true,
      ]);
    }
  }
  expect(Object.values(liveCalls.messages).map(({ name }) => name)).toEqual(types);
});

it('says of every message who sends it, and what answers a command', () => {
  const told = Object.values(asyncApi.operations).flatMap(({ action, messages, reply }) => [
    ...messages.map(({ $ref }) => `${action} ${toName($ref)}`),
    ...(reply?.messages ?? []).map(({ $ref }) => `answered by ${toName($ref)}`),
  ]);

  expect(told).toEqual([
    'send client:joinCall',
    'answered by ack',
    'send client:endCall',
    'answered by ack',
    ...Object.keys(serverMessages)
      .filter((type) => type !== 'ack')
      .map((type) => `receive ${type}`),
  ]);
});

function toName(ref: string): string | undefined {
  return liveCalls.messages[ref.replace('#/channels/liveCalls/messages/', '')]?.name;
}

it('says what a client does about each refusal and each close', () => {
  expect(liveCalls['x-refusals']).toMatchObject([
    { status: 400, verdict: 'fatal' },
    { status: 401, verdict: 'refresh-token' },
    { status: 404, verdict: 'fatal' },
    { status: 500, verdict: 'retry' },
  ]);
  expect(liveCalls['x-close-codes']).toContainEqual({
    code: 1000,
    meaning: 'normal closure',
    verdict: 'retry',
  });
  expect(liveCalls['x-close-codes']).toHaveLength(15);
});
