// @ts-check
import { readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import {
  classify,
  ConnectionClosedError,
  HandshakeRefusedError,
  LIVE_CALLS_PATH,
  nameCloseCode,
} from '@livecall/core';
import { HANDSHAKE_NAMES, serverMessages } from '@livecall/core/internal';

import {
  described,
  DRAFT,
  ofClient,
  ofServer,
  read,
  said,
  toDocument,
  unions,
  unknownMessage,
} from './describe-messages.js';

/*
 * The endpoint for whoever builds a client in another language, in `schemas`: `npm run schemas`.
 *
 * Everything in it is said elsewhere, and taken from there: the messages from their declarations,
 * what they mean from the docstrings, the refusals from PROTOCOL.md, what comes of an end from
 * `classify`, the examples from the recordings.
 */

/** @typedef {import('@livecall/core').AnyMessage} AnyMessage */

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

/** From which recordings the examples are: these first, then all that are well-formed to their end. */
const FIRST = ['joined-call', 'withheld-number', 'ended-by-subscriber', 'error-mid-call'];
const ILL_FORMED = ['malformed-frames', 'recorder-died'];
const others = readdirSync(fileURLToPath(new URL('../../recordings', import.meta.url)))
  .flatMap((file) => /^(.*)\.ndjson$/.exec(file)?.[1] ?? [])
  .filter((name) => ![...FIRST, ...ILL_FORMED].includes(name))
  .sort();

/**
 * Messages of every type, as they stand in the recordings, each once.
 *
 * @type {readonly { readonly type: string }[]}
 */
const recorded = [
  ...new Set(
    [...FIRST, ...others]
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
            required: [HANDSHAKE_NAMES.conversationToken],
            properties: {
              [HANDSHAKE_NAMES.conversationToken]: {
                type: 'string',
                description: 'Of the call log entry (`liveConversationToken`). It is a secret.',
              },
            },
          },
          headers: {
            type: 'object',
            properties: {
              [HANDSHAKE_NAMES.productVersion]: {
                type: 'string',
                description: 'The version of the app, `major.minor.patch`.',
              },
              [HANDSHAKE_NAMES.userId]: {
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
