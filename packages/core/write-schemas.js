// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import {
  classify,
  ConnectionClosedError,
  HandshakeRefusedError,
  LIVE_CALLS_PATH,
  nameCloseCode,
  toJsonSchema,
} from '@livecall/core';
import { clientMessages, serverMessages } from '@livecall/core/internal';
import ts from 'typescript';

/*
 * The endpoint for whoever builds a client in another language, in `schemas`: `npm run schemas`.
 *
 * Everything in it is said elsewhere, and taken from there: the messages from their declarations,
 * what they mean from the docstrings, the refusals from PROTOCOL.md, what comes of an end from
 * `classify`, the examples from the recordings.
 */

/** @typedef {import('@livecall/core').AnyMessage} AnyMessage */
/** @typedef {import('@livecall/core').JsonSchema} JsonSchema */

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/** @param {string} path */
const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** @type {readonly AnyMessage[]} */
const ofServer = Object.values(serverMessages);
/** @type {readonly AnyMessage[]} */
const ofClient = Object.values(clientMessages);

/* What people are told of them */

/** What is said of each type, and of each field, by the type's name and the field's. */
const said = new Map(
  ['messages', 'commands'].flatMap((name) => readDocstrings(read(`src/protocol/${name}.ts`))),
);

/**
 * @param {string} code
 * @returns {[string, string][]}
 */
function readDocstrings(code) {
  /** @param {ts.Node & { jsDoc?: readonly ts.JSDoc[] }} node */
  const tellOf = ({ jsDoc }) => toPlain(ts.getTextOfJSDocComment(jsDoc?.at(-1)?.comment) ?? '');
  const { statements } = ts.createSourceFile('', code, ts.ScriptTarget.Latest, true);
  return statements
    .filter(ts.isInterfaceDeclaration)
    .flatMap((type) => [
      [type.name.text, tellOf(type)],
      ...type.members.flatMap((field) =>
        field.name !== undefined && ts.isIdentifier(field.name)
          ? [
              /** @type {[string, string]} */ ([
                `${type.name.text}.${field.name.text}`,
                tellOf(field),
              ]),
            ]
          : [],
      ),
    ]);
}

/**
 * Leaves out what is for TypeScript alone: a function in brackets, the braces of a link.
 *
 * @param {string} docstring
 */
function toPlain(docstring) {
  return docstring
    .replaceAll(/\s+\(\{@link \w+\}\)/g, '')
    .replaceAll(/\{@link (\w+)\}/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/* JSON Schema */

/**
 * @param {AnyMessage} declaration
 * @returns {JsonSchema}
 */
function describe(declaration) {
  const { title, properties, ...schema } = toJsonSchema(declaration);
  const fields = Object.entries(/** @type {Record<string, JsonSchema>} */ (properties));
  return {
    title,
    description: said.get(declaration.name),
    ...schema,
    properties: Object.fromEntries(
      fields.map(([key, field]) => {
        const description = said.get(`${declaration.name}.${key}`);
        const name = declaration.fields.find(([each]) => each === key)?.[1].name;
        return [
          key,
          {
            // What is not called by its type of JSON's has a name of its own, for the types of others.
            ...(name !== undefined && name !== field['type'] && { title: name }),
            ...toFlat(field),
            ...(description && { description }),
          },
        ];
      }),
    ),
  };
}

/**
 * A choice of choices as one choice: what makes types of a schema gives each choice a name.
 *
 * @param {JsonSchema} schema
 * @returns {JsonSchema}
 */
function toFlat({ anyOf, ...schema }) {
  if (!Array.isArray(anyOf)) return schema;
  return { anyOf: anyOf.map(toFlat).flatMap((each) => each['anyOf'] ?? [each]), ...schema };
}

/** @param {JsonSchema} schema */
const withoutDraft = ({ $schema, ...schema }) => schema;

/** @type {JsonSchema} */
const unknownMessage = {
  title: 'UnknownMessage',
  description:
    'A message of a type that is not published (yet). It is no error: a client passes it on, or over.',
  type: 'object',
  required: ['type'],
  properties: { type: { type: 'string', not: { enum: ofServer.map(({ type }) => type) } } },
};

const described = Object.fromEntries(
  [...ofServer, ...ofClient].map((declaration) => [
    declaration.name,
    withoutDraft(describe(declaration)),
  ]),
);

/**
 * @param {string} title
 * @param {string} description
 * @param {readonly string[]} names
 * @param {string} place where the definitions of the document are
 */
const oneOf = (title, description, names, place) => ({
  title,
  description,
  oneOf: names.map((name) => ({ $ref: `${place}${name}` })),
});
/** @param {string} place */
const unions = (place) => ({
  ServerMessage: oneOf(
    'ServerMessage',
    'Everything the server sends. Fields that are not published are allowed everywhere.',
    [...ofServer.map(({ name }) => name), 'UnknownMessage'],
    place,
  ),
  ClientMessage: oneOf(
    'ClientMessage',
    'Everything a client may send.',
    ofClient.map(({ name }) => name),
    place,
  ),
});

/**
 * A union with what it is made of, in one file.
 *
 * @param {'ServerMessage' | 'ClientMessage'} name
 */
function toDocument(name) {
  const union = unions('#/$defs/')[name];
  const all = /** @type {Record<string, JsonSchema>} */ ({
    ...described,
    UnknownMessage: unknownMessage,
  });
  const used = union.oneOf.map(({ $ref }) => $ref.replace('#/$defs/', ''));
  return {
    $schema: DRAFT,
    ...union,
    $defs: Object.fromEntries(used.map((each) => [each, all[each]])),
  };
}

/* AsyncAPI */

/** What a client does about an end, in one word: `Verdict` of livecall's. */
const closeCodes = Array.from({ length: 16 }, (_, index) => 1000 + index)
  .filter((code) => nameCloseCode(code) !== `${code}`)
  .map((code) => ({
    code,
    meaning: nameCloseCode(code).replace(/^\d+ \((.*)\)$/, '$1'),
    verdict: classify(new ConnectionClosedError(code)),
  }));

/** What PROTOCOL.md has under "Handshake": the published statuses. */
const [handshake = ''] = /^## Handshake$.*?^## /ms.exec(read('../../PROTOCOL.md')) ?? [];
const refusals = [...handshake.matchAll(/^\| ([45]\d\d) +\| (.*?) +\|$/gm)].map(
  ([, status, meaning]) => ({
    status: Number(status),
    meaning,
    verdict: classify(new HandshakeRefusedError(Number(status))),
  }),
);

/**
 * Messages of every type, as they stand in these recordings, each once.
 *
 * @type {readonly { readonly type: string }[]}
 */
const recorded = [
  ...new Set(
    ['joined-call', 'withheld-number', 'ended-by-subscriber', 'error-mid-call']
      .flatMap((name) => read(`../../recordings/${name}.ndjson`).trim().split('\n'))
      .map((line) => JSON.stringify(JSON.parse(line).json ?? {})),
  ),
].map((text) => JSON.parse(text));

const CHANNEL = '#/channels/liveCalls';
/** @param {string} name */
const toKey = (name) => name.charAt(0).toLowerCase() + name.slice(1);
/** @param {AnyMessage} declaration */
const toChannelMessage = (declaration) => ({
  $ref: `${CHANNEL}/messages/${toKey(declaration.name)}`,
});

/** @param {AnyMessage} declaration */
function toMessage({ name, type, fields }) {
  // What a command and its ack know each other by.
  const id = fields.map(([key]) => key).find((key) => key === 'id' || key === 'ackId');
  return {
    name: type,
    title: name,
    summary: said.get(name),
    ...(id !== undefined && { correlationId: { location: `$message.payload#/${id}` } }),
    payload: { $ref: `#/components/schemas/${name}` },
    examples: recorded
      .filter((message) => message.type === type)
      .slice(0, 2)
      .map((payload) => ({ payload })),
  };
}

const { version } = JSON.parse(read('package.json'));

const asyncApi = {
  asyncapi: '3.0.0',
  info: {
    title: 'Live calls',
    version,
    description:
      "The WebSocket of Hiya's AI Voice Platform on which a client follows a live call, may join it and may end it, as livecall knows it; what is not known is assumed nowhere. The application is the client: it sends commands and receives everything else.",
    license: { name: 'MIT' },
  },
  defaultContentType: 'application/json',
  servers: {
    platform: {
      host: '{host}',
      protocol: 'wss',
      description: 'The host is not published.',
      variables: {
        host: { description: 'The host of the platform, with its port if it has one.' },
      },
      security: [{ $ref: '#/components/securitySchemes/accessToken' }],
    },
  },
  channels: {
    liveCalls: {
      address: LIVE_CALLS_PATH,
      title: 'A live call',
      description: [
        'One connection follows one call. There is no resume: what is sent while no connection is open is lost.',
        'A message is a JSON object in one text frame, told by its `type`. Fields and types that are not published come one day: the first are kept or passed over, the second are no errors. A message whose published fields do not fit is not used, and the call goes on.',
        'A command has an `id` of its own each time, a UUID, which comes back in its ack. An `error` message names no command, and is the answer to none; without an ack it is not known whether a command was carried out, and to send it again may be to do it twice.',
        'The call is over after `event:callEnd`, or once a handshake is refused with 404; a close, 1000 too, is not its end. `x-refusals` and `x-close-codes` say what a client does about each: `retry` (with growing, random waits), `refresh-token` (once, with a new access token) or `fatal`. Any other status below 500 is fatal but 408 and 429, and so is any other close code. After `event:callEnd` none is dialled again.',
      ].join('\n\n'),
      servers: [{ $ref: '#/servers/platform' }],
      messages: Object.fromEntries(
        [...ofServer, ...ofClient].map((each) => [toKey(each.name), toMessage(each)]),
      ),
      bindings: {
        ws: {
          method: 'GET',
          query: {
            type: 'object',
            required: ['conversationToken'],
            properties: {
              conversationToken: {
                type: 'string',
                description: 'Of the call log entry (`liveConversationToken`). It is a secret.',
              },
            },
          },
          headers: {
            type: 'object',
            properties: {
              'x-hiya-product-version': {
                type: 'string',
                description: 'The version of the app, `major.minor.patch`.',
              },
              'x-hiya-account-user-id': {
                type: 'string',
                description: 'The user who is logged in, as in `/users/{user_id}`.',
              },
            },
          },
          bindingVersion: '0.1.0',
        },
      },
      'x-refusals': refusals,
      'x-close-codes': closeCodes,
    },
  },
  operations: {
    ...Object.fromEntries(
      ofClient.map((command) => [
        toKey(command.name),
        {
          action: 'send',
          channel: { $ref: CHANNEL },
          summary: said.get(command.name),
          messages: [toChannelMessage(command)],
          reply: { channel: { $ref: CHANNEL }, messages: [toChannelMessage(serverMessages.ack)] },
        },
      ]),
    ),
    ...Object.fromEntries(
      ofServer
        .filter((each) => each !== serverMessages.ack)
        .map((each) => [
          `receive${each.name}`,
          {
            action: 'receive',
            channel: { $ref: CHANNEL },
            summary: said.get(each.name),
            messages: [toChannelMessage(each)],
          },
        ]),
    ),
  },
  components: {
    schemas: { ...described, UnknownMessage: unknownMessage, ...unions('#/components/schemas/') },
    securitySchemes: {
      accessToken: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description:
          'In the `Authorization` header of the handshake; it lives about an hour. The query has the conversation token beside it.',
      },
    },
  },
};

/** @param {string} name */
const toFile = (name) => name.replaceAll(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

/** Each file's text, by its name. */
export const schemas = Object.fromEntries(
  Object.entries({
    asyncapi: asyncApi,
    'server-message': toDocument('ServerMessage'),
    'client-message': toDocument('ClientMessage'),
    ...Object.fromEntries(
      Object.entries(described).map(([name, schema]) => [
        toFile(name),
        { $schema: DRAFT, ...schema },
      ]),
    ),
  }).map(([name, document]) => [`${name}.json`, `${JSON.stringify(document, null, 2)}\n`]),
);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(schemas)) {
    writeFileSync(new URL(`schemas/${name}`, import.meta.url), text);
  }
}
