#!/usr/bin/env bash
# node-wav 0.0.2 decodes a WAV file that stands further in its buffer to nothing: undefined, no error.
#
# Guess: the sound, wherever the bytes stand, or an error.
# Seen: the end is taken to be the length, though the reading begins at byteOffset. A small prompt in a
# Buffer of Node's pool, or one that was cut out of a longer message, is gone without a word.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund node-wav@0.0.2 >> npm.log 2>&1

cat > run.mjs << 'JS'
import wav from 'node-wav';

const bytes = wav.encode([new Float32Array(160)], { sampleRate: 8000, float: false, bitDepth: 16 });
for (const offset of [0, 4000]) {
  const larger = new Uint8Array(offset + bytes.length);
  larger.set(bytes, offset);
  const decoded = wav.decode(larger.subarray(offset));
  console.log(`at ${offset}: ${decoded === undefined ? 'undefined' : `${decoded.channelData[0].length} samples`}`);
}
JS

cat > seen << 'SEEN'
at 0: 160 samples
at 4000: undefined
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
