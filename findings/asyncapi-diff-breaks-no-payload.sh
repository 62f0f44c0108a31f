#!/usr/bin/env bash
# @asyncapi/diff 0.5.0 takes no change within the payload of a message for a breaking one.
#
# Guess: a field of another type, one that is gone and one that is required anew are breaking, as its table for
# AsyncAPI 3 has every change of /channels/*/messages/*/payload.
# Seen: the table is held to whole paths. What changes inside is "unclassified", where another address or content
# type is breaking. A release that asks breaking() lets through what breaks every client.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund @asyncapi/diff@0.5.0 @asyncapi/parser@3.6.6 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { diff } from '@asyncapi/diff';
import { Parser } from '@asyncapi/parser';

const payload = {
  type: 'object',
  properties: { type: { const: 'ack' }, ackId: { type: 'string' }, status: { enum: ['ok', 'failed'] } },
  required: ['type', 'ackId'],
};
const document = ({ address = '/calls', ...message }) => ({
  asyncapi: '3.0.0',
  info: { title: 'Calls', version: '1.0.0' },
  channels: { calls: { address, messages: { ack: { contentType: 'application/json', payload, ...message } } } },
  operations: { hear: { action: 'receive', channel: { $ref: '#/channels/calls' } } },
});
const properties = (changed) => ({ payload: { ...payload, properties: { ...payload.properties, ...changed } } });
const changes = {
  'another address': { address: '/v2/calls' },
  'another content type': { contentType: 'application/cbor' },
  'a string that is a number now': properties({ ackId: { type: 'integer' } }),
  'another constant': properties({ type: { const: 'acknowledged' } }),
  'a field that is gone': { payload: { ...payload, properties: { type: { const: 'ack' } }, required: ['type'] } },
  'one value less': properties({ status: { enum: ['ok'] } }),
  'required anew': { payload: { ...payload, required: [...payload.required, 'status'] } },
  'a string for an object': { payload: { type: 'string' } },
};
for (const [name, change] of Object.entries(changes)) {
  const { diagnostics } = await new Parser().parse(JSON.stringify(document(change)));
  const valid = diagnostics.every(({ severity }) => severity > 0);
  const output = diff(document({}), document(change));
  const found = ['breaking', 'nonBreaking', 'unclassified'].filter((kind) => output[kind]().length > 0);
  console.log(`${name}${valid ? '' : ' (not valid)'}: ${found.join(', ')}`);
}
JS

cat > seen << 'SEEN'
another address: breaking
another content type: breaking
a string that is a number now: unclassified
another constant: unclassified
a field that is gone: unclassified
one value less: unclassified
required anew: unclassified
a string for an object: unclassified
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
