#!/usr/bin/env bash
# sdp-transform 3.0.0 loses a media line that names how many ports it takes, and writes "undefined".
#
# Guess: port 54400 and what follows the slash apart, or kept in the port: RFC 8866 §5.14 has
# "m=<media> <port>/<number of ports> …", and media gateways of telephone calls write it.
# Seen: type, port, protocol and payloads are missing without an error; written again, the line is broken.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund sdp-transform@3.0.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { parse, write } from 'sdp-transform';

const lines = (media) =>
  ['v=0', 'o=- 1 0 IN IP4 203.0.113.1', 's=-', 'c=IN IP4 203.0.113.1', 't=0 0', media, 'a=rtpmap:0 PCMU/8000', ''].join('\r\n');
for (const media of ['m=audio 54400 RTP/AVP 0', 'm=audio 54400/2 RTP/AVP 0']) {
  const session = parse(lines(media));
  const [{ type, port, payloads }] = session.media;
  console.log(`${media} -> ${type} ${port} ${payloads}`);
  console.log(write(session).split('\r\n').find((line) => line.startsWith('m=')).trimEnd());
}
JS

cat > seen << 'SEEN'
m=audio 54400 RTP/AVP 0 -> audio 54400 0
m=audio 54400 RTP/AVP 0
m=audio 54400/2 RTP/AVP 0 -> undefined undefined undefined
m=undefined NaN undefined
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
