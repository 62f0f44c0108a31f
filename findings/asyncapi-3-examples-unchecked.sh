#!/usr/bin/env bash
# @asyncapi/parser 3.6.6 holds a message's examples to its payload in AsyncAPI 2.6 and not in 3.0 or 3.1.
#
# Guess: an error in all of them, as the rule has been there since 2.x.
# Seen: with 3.0 and 3.1 an example of the wrong type is no diagnostic at all. Whoever moves a document up
# loses the check without a word, and needs one of their own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund @asyncapi/parser@3.6.6 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { Parser } from '@asyncapi/parser';

const message = {
  payload: { type: 'object', properties: { ackId: { type: 'string' } }, required: ['ackId'] },
  examples: [{ payload: { ackId: 7 } }],
};
const info = { title: 'Calls', version: '1.0.0' };
const two = { asyncapi: '2.6.0', info, channels: { calls: { subscribe: { message } } } };
const three = (asyncapi) => ({
  asyncapi,
  info,
  channels: { calls: { address: '/calls', messages: { ack: message } } },
  operations: { hear: { action: 'receive', channel: { $ref: '#/channels/calls' } } },
});
for (const document of [two, three('3.0.0'), three('3.1.0')]) {
  const { diagnostics } = await new Parser().parse(JSON.stringify(document));
  const errors = diagnostics.filter(({ severity }) => severity === 0);
  console.log(document.asyncapi, errors.map(({ code, message }) => `${code}: ${message}`).join(', ') || 'no error');
}
JS

cat > seen << 'SEEN'
2.6.0 asyncapi2-message-examples: "ackId" property type must be string
3.0.0 no error
3.1.0 no error
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
