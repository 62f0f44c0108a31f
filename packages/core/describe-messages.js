// @ts-check
import { readFileSync } from 'node:fs';

import { toJsonSchema } from '@livecall/core';
import { clientMessages, serverMessages } from '@livecall/core/internal';
import ts from 'typescript';

/* The messages as JSON Schemas, with what is said of them in their docstrings. */

/** @typedef {import('@livecall/core').AnyMessage} AnyMessage */
/** @typedef {import('@livecall/core').JsonSchema} JsonSchema */

export const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/** @param {string} path from this folder */
export const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** @type {readonly AnyMessage[]} */
export const ofServer = Object.values(serverMessages);
/** @type {readonly AnyMessage[]} */
export const ofClient = Object.values(clientMessages);

/* What people are told of them */

/** What is said of each type, and of each field, by the type's name and the field's. */
export const said = new Map(
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
export const unknownMessage = {
  title: 'UnknownMessage',
  description:
    'A message of a type that is not published (yet). It is no error: a client passes it on, or over.',
  type: 'object',
  required: ['type'],
  properties: { type: { type: 'string', not: { enum: ofServer.map(({ type }) => type) } } },
};

export const described = Object.fromEntries(
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
export const unions = (place) => ({
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
export function toDocument(name) {
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
