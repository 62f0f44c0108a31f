#!/usr/bin/env bash
# json-schema-to-typescript 16.0.0 makes never[] of a 2020-12 tuple.
#
# Guess: [string, number], or unknown[] with a warning, as prefixItems is what 2020-12 has for tuples.
# Seen: prefixItems is passed over while "items": false is not, so that the one type that comes of it
# refuses every value that the schema accepts. Written for draft-07 it is right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund json-schema-to-typescript@16.0.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { compile } from 'json-schema-to-typescript';

const pair = [{ type: 'string' }, { type: 'number' }];
const schemas = {
  '2020-12': { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'array', prefixItems: pair, items: false, minItems: 2 },
  'draft-07': { $schema: 'http://json-schema.org/draft-07/schema#', type: 'array', items: pair, additionalItems: false, minItems: 2 },
};
for (const [name, schema] of Object.entries(schemas)) {
  console.log(name, (await compile(schema, 'Word', { bannerComment: '' })).trim());
}
JS

cat > seen << 'SEEN'
2020-12 /**
 * @minItems 2
 */
export type Word = never[];
draft-07 /**
 * @minItems 2
 */
export type Word = [string, number];
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
