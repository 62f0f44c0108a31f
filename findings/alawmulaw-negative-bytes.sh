#!/usr/bin/env bash
# mulaw.encodeSample of alawmulaw 6.0.0 gives numbers from -256 to -1; alaw.encodeSample gives bytes.
#
# Guess: both give a byte, 0 to 255: their README says 8 bits of both.
# Seen: silence is -1 in one and 213 in the other. In a Uint8Array it comes right (255); compared with a
# byte of a stream, or looked up in a table of 256, it does not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund alawmulaw@6.0.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import alawmulaw from 'alawmulaw';

const { alaw, mulaw } = alawmulaw;
for (const sample of [0, 1000, -1000]) {
  console.log(`${sample}: mulaw ${mulaw.encodeSample(sample)}, alaw ${alaw.encodeSample(sample)}`);
}
console.log(`as an array: ${mulaw.encode(new Int16Array([0, 1000, -1000])).join(' ')}`);
JS

cat > seen << 'SEEN'
0: mulaw -1, alaw 213
1000: mulaw -50, alaw 250
-1000: mulaw -178, alaw 122
as an array: 255 206 78
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
