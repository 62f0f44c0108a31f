#!/usr/bin/env bash
# JsSIP 3.13.8 dials a number as people write it with its spaces and brackets in the address.
#
# Guess: they are taken out, as JsSIP does with the same number behind "tel:" (RFC 3966 §3 has visual
# separators, which are no part of a number).
# Seen: escaped spaces and the brackets go into the user part, and a gateway looks for a subscriber of
# that name. A number out of a transcript or a contact is called only when it was normalised before.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund jssip@3.13.8 >> npm.log 2>&1

cat > run.mjs << 'JS'
import JsSIP from 'jssip';

for (const target of ['tel:+1-202-555-0100', 'tel:+1(202)555-0100', '+1 202 555 0100', '(202) 555-0100', '+12025550100'])
  console.log(`${target} → ${JsSIP.Utils.normalizeTarget(target, 'example.com')}`);
JS

cat > seen << 'SEEN'
tel:+1-202-555-0100 → sip:+12025550100@example.com
tel:+1(202)555-0100 → sip:+12025550100@example.com
+1 202 555 0100 → sip:+1%20202%20555%200100@example.com
(202) 555-0100 → sip:(202)%20555-0100@example.com
+12025550100 → sip:+12025550100@example.com
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
