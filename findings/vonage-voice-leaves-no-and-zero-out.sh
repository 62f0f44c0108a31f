#!/usr/bin/env bash
# The call control classes of @vonage/voice 1.24.1 leave out whatever is `false` or 0.
#
# Guess: what was given is written; only what was not is left out. A conversation that does not start on entering and a
# loop of 0 are what the platform's reference has for waiting rooms and endless music, and the defaults are other ones.
# Seen: startOnEnter false and loop 0 are gone from the JSON, and the platform takes true and 1: the attendees talk
# before the moderator is there, and the music on hold plays once. The same as a plain object is passed on whole.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund @vonage/voice@1.24.1 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { Conversation, NCCOBuilder, Stream, Talk } from '@vonage/voice';

const written = (name, action, key) => {
  const [{ [key]: value }] = new NCCOBuilder().addAction(action).build();
  console.log(`${name}: ${value ?? 'not written'}`);
};
const music = 'https://media.example/music.mp3';
for (const starts of [true, false]) {
  written(`Conversation, startOnEnter ${starts}`, new Conversation('support', music, starts), 'startOnEnter');
}
for (const loop of [2, 0]) {
  written(`Stream, loop ${loop}`, new Stream(music, 0.5, true, loop), 'loop');
  written(`Talk, loop ${loop}`, new Talk('Please hold the line', true, loop), 'loop');
}
written('an object, startOnEnter false', { action: 'conversation', name: 'support', startOnEnter: false }, 'startOnEnter');
written('an object, loop 0', { action: 'stream', streamUrl: [music], loop: 0 }, 'loop');
JS

cat > seen << 'SEEN'
Conversation, startOnEnter true: true
Conversation, startOnEnter false: not written
Stream, loop 2: 2
Talk, loop 2: 2
Stream, loop 0: not written
Talk, loop 0: not written
an object, startOnEnter false: false
an object, loop 0: 0
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
