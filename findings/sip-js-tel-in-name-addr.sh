#!/usr/bin/env bash
# The grammar of sip.js 0.21.2 reads no header whose address is a tel: URI.
#
# Guess: parsed, as RFC 3261 §25.1 has an absoluteURI there and RFC 3325 §9.1 wants a tel: URI beside the
# sip: one in P-Asserted-Identity, which is where a carrier puts the caller's number.
# Seen: undefined, for the header and for the URI by itself; with sip: and sips: it is read.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund sip.js@0.21.2 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { Grammar } from 'sip.js';

for (const uri of ['sip:+12025550100@example.com', 'sips:+12025550100@example.com', 'tel:+12025550100']) {
  console.log(`${uri}: ${Grammar.nameAddrHeaderParse(`"Caller" <${uri}>`)} | ${Grammar.URIParse(uri)}`);
}
JS

cat > seen << 'SEEN'
sip:+12025550100@example.com: "Caller" <sip:+12025550100@example.com> | sip:+12025550100@example.com
sips:+12025550100@example.com: "Caller" <sips:+12025550100@example.com> | sips:+12025550100@example.com
tel:+12025550100: undefined | undefined
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
