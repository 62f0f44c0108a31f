#!/usr/bin/env bash
# @deepgram/captions 1.2.0 makes captions of the first channel of a call, and none of the second.
#
# Guess: both, by their times, each named as with speakers: who asks for `multichannel` gets one transcript a channel,
# and a call is recorded with the agent on one and the caller on the other.
# Seen: one side of the talk, without a remark, and "Channels: 2" at the head of the file. With `utterances` besides,
# both are there, and nobody is named.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund @deepgram/captions@1.2.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { webvtt } from '@deepgram/captions';

const words = (start, ...said) =>
  said.map((word, index) => {
    const from = start + index * 0.5;
    return { word, punctuated_word: word, start: from, end: from + 0.4, confidence: 0.99 };
  });
const agent = words(0, 'how', 'may', 'I', 'help');
const caller = words(2, 'I', 'have', 'a', 'question');
const channel = (said) => ({
  alternatives: [{ transcript: said.map(({ word }) => word).join(' '), confidence: 0.99, words: said }],
});
const utterance = (said, number) => ({
  start: said[0].start,
  end: said.at(-1).end,
  confidence: 0.99,
  channel: number,
  transcript: said.map(({ word }) => word).join(' '),
  words: said,
  id: `utterance-${number}`,
});
const metadata = { request_id: 'example', created: '2026-01-01T00:00:00Z', duration: 4, channels: 2 };
const channels = [channel(agent), channel(caller)];

for (const [name, results] of Object.entries({
  multichannel: { channels },
  'multichannel and utterances': { channels, utterances: [utterance(agent, 0), utterance(caller, 1)] },
})) {
  const lines = webvtt({ metadata, results }).split('\n').filter(Boolean);
  console.log(`${name}: ${lines.slice(lines.indexOf('Channels: 2')).join(' | ')}`);
}
JS

cat > seen << 'SEEN'
multichannel: Channels: 2 | 00:00:00.000 --> 00:00:01.900 | how may I help
multichannel and utterances: Channels: 2 | 00:00:00.000 --> 00:00:01.900 | how may I help | 00:00:02.000 --> 00:00:03.900 | I have a question
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
