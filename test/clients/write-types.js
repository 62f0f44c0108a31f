// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/*
 * Types and decoders of the messages for the clients beside this file, from the AsyncAPI document
 * and nothing else: `npm run schemas`. What the document does not say, no client can know.
 */

/**
 * @typedef {{ readonly description: string; readonly type?: string; readonly const?: string;
 *   readonly enum?: readonly string[]; readonly anyOf?: readonly { readonly type: string }[] }} Field
 * @typedef {{ readonly title: string; readonly description: string; readonly required: readonly string[];
 *   readonly properties: Readonly<Record<string, Field>> }} Schema
 * @typedef {{ readonly title: string; readonly description: string; readonly type: string;
 *   readonly fields: readonly Property[] }} Message
 * @typedef {Field & { readonly key: string; readonly isRequired: boolean }} Property
 */

const asyncApi = JSON.parse(
  readFileSync(new URL('../../packages/core/schemas/asyncapi.json', import.meta.url), 'utf8'),
);
const { liveCalls } = asyncApi.channels;
/** @type {Readonly<Record<string, Schema>>} */
const schemas = asyncApi.components.schemas;

/**
 * The messages that the operations of one action have.
 *
 * @param {'send' | 'receive'} action
 */
const messagesOf = (action) => {
  const operations = Object.values(asyncApi.operations);
  const refs = operations.flatMap((operation) => [
    ...(operation.action === action ? operation.messages : []),
    // The answer to what is sent is received.
    ...(operation.action === action || action === 'send' ? [] : (operation.reply?.messages ?? [])),
  ]);
  return [...new Set(refs.map(({ $ref }) => $ref.split('/').at(-1)))].map((key) => {
    const { payload } = liveCalls.messages[key];
    return toMessage(/** @type {Schema} */ (schemas[payload.$ref.split('/').at(-1)]));
  });
};

/**
 * @param {Schema} schema
 * @returns {Message}
 */
function toMessage({ title, description, required, properties }) {
  const { type, ...others } = properties;
  const fields = Object.entries(others).map(([key, field]) => ({
    ...field,
    key,
    isRequired: required.includes(key),
  }));
  return { title, description, type: type?.const ?? '', fields };
}

const received = messagesOf('receive');
const sent = messagesOf('send');

/** @param {Field} field */
const typesOf = ({ type, anyOf = [] }) =>
  type === undefined ? anyOf.map((each) => each.type) : [type];

/** @param {string} key */
const toSnake = (key) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
/** @param {string} key */
const toPascal = (key) => key.charAt(0).toUpperCase() + key.slice(1);
/** @param {string} key */
const toGoName = (key) => toPascal(key).replace(/Id$/, 'ID');
/** @param {unknown} text */
const quote = (text) => JSON.stringify(text);

/** @type {readonly { readonly status: number; readonly verdict: string }[]} */
const refusals = liveCalls['x-refusals'];
/** @type {readonly { readonly code: number; readonly verdict: string }[]} */
const closeCodes = liveCalls['x-close-codes'];

const WRITTEN = 'Written by write-types.js from asyncapi.json: npm run schemas';

/* Python */

/** @type {Readonly<Record<string, string>>} */
const pythonTypes = { string: 'str', number: 'float', null: 'None' };

/** @param {Property} field */
const toPythonType = (field) =>
  field.enum === undefined
    ? typesOf(field)
        .map((type) => pythonTypes[type])
        .join(' | ')
    : `Literal[${field.enum.map(quote).join(', ')}]`;

/** @param {Property} field */
const toPythonField = (field) =>
  `    ${toSnake(field.key)}: ${toPythonType(field)}${field.isRequired ? '' : ' = None'}
    """${field.description}"""`;

/** @param {Property} field */
const toPythonCheck = (field) => {
  const isOne =
    field.enum === undefined
      ? `_is(${typesOf(field).map(quote).join(', ')})`
      : `_one_of(${field.enum.map(quote).join(', ')})`;
  return `(${quote(field.key)}, ${quote(toSnake(field.key))}, ${field.isRequired ? 'True' : 'False'}, ${isOne})`;
};

/** @param {Message} message */
const toPythonClass = ({ title, description, type, fields }) => `@dataclass(frozen=True)
class ${title}:
    """${description}"""

    type: ClassVar[str] = ${quote(type)}
${fields.map(toPythonField).join('\n')}
`;

const python = `# ${WRITTEN}
from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Callable, ClassVar, Literal

PATH = ${quote(liveCalls.address)}
VERDICT_BY_STATUS = {${refusals.map(({ status, verdict }) => `${status}: ${quote(verdict)}`).join(', ')}}
VERDICT_BY_CLOSE_CODE = {
${closeCodes.map(({ code, verdict }) => `    ${code}: ${quote(verdict)},`).join('\n')}
}


${[...received, ...sent].map(toPythonClass).join('\n\n')}

@dataclass(frozen=True)
class UnknownMessage:
    """${schemas['UnknownMessage']?.description}"""

    type: str


class NoMessage(ValueError):
    """What came is no message: \`path\` is the field that does not fit."""

    def __init__(self, path: str) -> None:
        super().__init__(f"no message of the protocol, at {path or 'the whole of it'}")
        self.path = path


def _is(*names: str) -> Callable[[Any], bool]:
    types = {"string": (str,), "number": (int, float), "null": (type(None),)}
    fitting = tuple(each for name in names for each in types[name])
    # A bool is an int, here alone.
    return lambda value: isinstance(value, fitting) and not isinstance(value, bool)


def _one_of(*values: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in values


_RECEIVED: dict[str, tuple[type, tuple[tuple[str, str, bool, Callable[[Any], bool]], ...]]] = {
${received
  .map(
    ({ title, type, fields }) =>
      `    ${quote(type)}: (${title}, (${fields.map((field) => `${toPythonCheck(field)},`).join(' ')})),`,
  )
  .join('\n')}
}


def decode(text: str) -> ${[...received.map(({ title }) => title), 'UnknownMessage'].join(' | ')}:
    """Reads what the server sends; raises NoMessage."""
    try:
        # NaN and Infinity are no JSON, here alone.
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NoMessage("") from None
    if not isinstance(value, dict):
        raise NoMessage("")
    kind = value.get("type")
    if not isinstance(kind, str):
        raise NoMessage("type")
    if kind not in _RECEIVED:
        return UnknownMessage(kind)
    message, fields = _RECEIVED[kind]
    for key, _, is_required, fits in fields:
        if key in value and not fits(value[key]) or key not in value and is_required:
            raise NoMessage(key)
    return message(**{name: value[key] for key, name, _, _ in fields if key in value})


def encode(command: ${sent.map(({ title }) => title).join(' | ')}) -> str:
    """Writes what a client sends."""
    return json.dumps({"type": command.type, **command.__dict__})


def _refuse(constant: str) -> None:
    raise ValueError(constant)
`;

/* Go */

/** @param {Property} field */
const toGoType = (field) => (typesOf(field).length > 1 ? 'json.RawMessage' : 'string');

/** @param {Property} field */
const toGoChecks = (field) =>
  field.enum === undefined
    ? `[]string{${typesOf(field).map(quote).join(', ')}}, nil`
    : `[]string{"string"}, []string{${field.enum.map(quote).join(', ')}}`;

/** @param {Property} field */
const toGoRead = (field) => {
  const name = toGoName(field.key);
  const call = `field(fields, ${quote(field.key)}, ${field.isRequired}, ${toGoChecks(field)})`;
  return toGoType(field) === 'string'
    ? `	if raw, err := ${call}; err != nil {
		return nil, err
	} else if err := json.Unmarshal(raw, &message.${name}); err != nil {
		return nil, NoMessage(${quote(field.key)})
	}`
    : `	if raw, err := ${call}; err != nil {
		return nil, err
	} else {
		message.${name} = raw
	}`;
};

/** @param {Message} message */
const toGoStruct = ({ title, description, type, fields }) => `// ${title}: ${description}
type ${title} struct {
${fields
  .map((field) => {
    const tag = '`json:"' + field.key + '"`';
    return `	// ${field.description}
	${toGoName(field.key)} ${toGoType(field)} ${tag}`;
  })
  .join('\n')}
}

// Type is its \`type\` on the wire.
func (${title}) Type() string { return ${quote(type)} }
`;

/** @param {Message} message */
const toGoReader = ({
  title,
  fields,
}) => `func read${title}(fields map[string]json.RawMessage) (Message, error) {
	message := ${title}{}
${fields.map(toGoRead).join('\n')}
	return message, nil
}
`;

const go = `// ${WRITTEN}
package main

import (
	"bytes"
	"encoding/json"
)

// Path is the endpoint's.
const Path = ${quote(liveCalls.address)}

// VerdictByStatus says what a client does about a handshake that was refused.
var VerdictByStatus = map[int]string{${refusals.map(({ status, verdict }) => `${status}: ${quote(verdict)}`).join(', ')}}

// VerdictByCloseCode says what a client does about a close.
var VerdictByCloseCode = map[int]string{
${closeCodes.map(({ code, verdict }) => `	${code}: ${quote(verdict)},`).join('\n')}
}

// Message is whatever either side sends.
type Message interface{ Type() string }

${[...received, ...sent].map(toGoStruct).join('\n')}
// UnknownMessage: ${schemas['UnknownMessage']?.description}
type UnknownMessage struct{ Kind string }

// Type is its \`type\` on the wire.
func (message UnknownMessage) Type() string { return message.Kind }

// NoMessage is what came and is none: the field that does not fit.
type NoMessage string

func (path NoMessage) Error() string { return "no message of the protocol, at " + string(path) }

// Decode reads what the server sends; the error is a NoMessage.
func Decode(text []byte) (Message, error) {
	// A struct would take \`ACKID\` for \`ackId\`, null for text and nothing for "": a map does not.
	var fields map[string]json.RawMessage
	if json.Unmarshal(text, &fields) != nil || fields == nil {
		return nil, NoMessage("")
	}
	raw, err := field(fields, "type", true, []string{"string"}, nil)
	if err != nil {
		return nil, err
	}
	var kind string
	if json.Unmarshal(raw, &kind) != nil {
		return nil, NoMessage("type")
	}
	switch kind {
${received.map(({ title, type }) => `	case ${quote(type)}:\n		return read${title}(fields)`).join('\n')}
	default:
		return UnknownMessage{kind}, nil
	}
}

// Encode writes what a client sends.
func Encode(command Message) ([]byte, error) {
	text, err := json.Marshal(command)
	if err != nil {
		return nil, err
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, err
	}
	fields["type"], err = json.Marshal(command.Type())
	if err != nil {
		return nil, err
	}
	return json.Marshal(fields)
}

${received.map(toGoReader).join('\n')}
// field finds a field of one of these types, and of one of these values where there are some.
func field(fields map[string]json.RawMessage, key string, isRequired bool, types, values []string) (json.RawMessage, error) {
	raw, isThere := fields[key]
	if !isThere {
		if isRequired {
			return nil, NoMessage(key)
		}
		return nil, nil
	}
	raw = bytes.TrimSpace(raw)
	for _, each := range types {
		if each != typeOf(raw) {
			continue
		}
		if values == nil {
			return raw, nil
		}
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return nil, NoMessage(key)
		}
		for _, value := range values {
			if text == value {
				return raw, nil
			}
		}
	}
	return nil, NoMessage(key)
}

// typeOf is JSON Schema's name of a value's type.
func typeOf(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "string"
	case 'n':
		return "null"
	case 't', 'f':
		return "boolean"
	case '[':
		return "array"
	case '{':
		return "object"
	default:
		return "number"
	}
}
`;

/** Each file's text, by its path from here. */
export const types = { 'python/messages.py': python, 'go/messages.go': go };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of Object.entries(types)) {
    writeFileSync(new URL(path, import.meta.url), text);
  }
}
