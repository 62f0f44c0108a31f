#!/usr/bin/env bash
# sip.js 0.21.2 writes a URI that holds a number with parameters back as another one.
#
# Guess: as it was read: RFC 3261 §19.1.6 puts the parameters of a telephone-subscriber into the user part
# as they are, and §25.1 allows ";" and "=" there without an escape.
# Seen: they are escaped. A gateway that compares the user part, or looks for ";ext=" in it, finds none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund sip.js@0.21.2 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { Grammar } from 'sip.js';

for (const uri of ['sip:+12025550100;ext=5@example.com;user=phone', 'sip:+12025550100@example.com;user=phone']) {
  console.log(`${uri} -> ${Grammar.URIParse(uri)}`);
}
JS

cat > seen << 'SEEN'
sip:+12025550100;ext=5@example.com;user=phone -> sip:+12025550100%3Bext%3D5@example.com;user=phone
sip:+12025550100@example.com;user=phone -> sip:+12025550100@example.com;user=phone
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
