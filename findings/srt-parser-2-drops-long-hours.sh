#!/usr/bin/env bash
# srt-parser-2 1.2.3 reads no cue whose hours have three digits, not even one that it wrote.
#
# Guess: read as any other, or an error: its writer takes such times without a word.
# Seen: from 100 hours on, cues are left out and what stands before them is kept; no error, no count. A
# transcript whose times are counted from the start of a stream that is never closed ends there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund srt-parser-2@1.2.3 >> npm.log 2>&1

cat > run.mjs << 'JS'
import SrtParser2 from 'srt-parser-2';

const parser = new (SrtParser2.default ?? SrtParser2)();
const cue = (id, start, end) => ({ id, startTime: start, startSeconds: 0, endTime: end, endSeconds: 0, text: `part ${id}` });
const written = parser.toSrt([cue('1', '99:59:58,000', '99:59:59,000'), cue('2', '100:00:01,000', '100:00:02,000')]);
console.log(`written: ${written.split('\r\n').filter((line) => line.includes('-->')).join(', ')}`);
console.log(`read: ${parser.fromSrt(written).map(({ startTime }) => startTime).join(', ')}`);
JS

cat > seen << 'SEEN'
written: 99:59:58,000 --> 99:59:59,000, 100:00:01,000 --> 100:00:02,000
read: 99:59:58,000
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
