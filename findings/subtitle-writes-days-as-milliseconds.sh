#!/usr/bin/env bash
# subtitle 4.2.2 writes a time of 24 hours or more as one that no player reads, its own parser's result too.
#
# Guess: 25:00:01,000, as its parser reads it: hours have two digits or more in WebVTT, and SRT players follow.
# Seen: the hours begin again at 0 and the whole days stand in the milliseconds, "01:00:01,86400000". A
# transcript of a line that is held open over a day is broken by reading and writing it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund subtitle@4.2.2 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { formatTimestamp, parseSync, stringifySync } from 'subtitle';

const cue = (start, end) => `1\n${start} --> ${end}\nPlease hold.\n`;
for (const [start, end] of [
  ['23:59:58,000', '23:59:59,000'],
  ['25:00:01,000', '25:00:02,000'],
]) {
  const read = parseSync(cue(start, end));
  console.log(`read ${start} as ${read[0].data.start} ms, written ${stringifySync(read, { format: 'SRT' }).split('\n')[1]}`);
}
console.log(`a day in WebVTT: ${formatTimestamp(86_400_000, { format: 'WebVTT' })}`);
JS

cat > seen << 'SEEN'
read 23:59:58,000 as 86398000 ms, written 23:59:58,000 --> 23:59:59,000
read 25:00:01,000 as 90001000 ms, written 01:00:01,86400000 --> 01:00:02,86400000
a day in WebVTT: 00:00:00.86400000
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
