#!/usr/bin/env bash
# @asyncapi/modelina 5.10.1 takes a schema of JSON Schema 2020-12 for no JSON Schema.
#
# Guess: types, as of draft-07: the schema has nothing in it that differs between the two.
# Seen: with "$schema" of 2019-09 or 2020-12 it is refused as no JSON Schema; of draft-07, or without a
# word of its draft, types are made. Whoever publishes schemas of the current draft for such generators
# has them in a document of AsyncAPI, too, where no draft is named.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund @asyncapi/modelina@5.10.1 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { TypeScriptGenerator } from '@asyncapi/modelina';

const ack = {
  title: 'Ack',
  type: 'object',
  properties: { ackId: { type: 'string' } },
  required: ['ackId'],
};
const drafts = {
  'no draft': undefined,
  'draft-07': 'http://json-schema.org/draft-07/schema#',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
};
for (const [name, $schema] of Object.entries(drafts)) {
  const made = new TypeScriptGenerator().generate($schema === undefined ? ack : { $schema, ...ack });
  console.log(name, await made.then(([{ modelName }]) => modelName, ({ message }) => message));
}
JS

cat > seen << 'SEEN'
no draft Ack
draft-07 Ack
2019-09 Input is not a JSON Schema, so it cannot be processed.
2020-12 Input is not a JSON Schema, so it cannot be processed.
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
