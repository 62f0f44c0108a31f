#!/usr/bin/env bash
# drachtio-sip 0.6.3 gives "" as the caller's number where the caller's address is a tel: URI.
#
# Guess: the number in it: RFC 3325 §9.1 lets P-Asserted-Identity hold a tel: URI alone, and carriers send it so
# for a caller whose From is anonymous; the library does fall back on From when the header is not there.
# Seen: "", no fallback, no error; a tel: URI before the sip: one is passed over rightly. A voice
# application takes such callers for people who hide their number.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund drachtio-sip@0.6.3 >> npm.log 2>&1

cat > run.mjs << 'JS'
import drachtio from 'drachtio-sip';

const invite = (from, identity) =>
  new drachtio.SipMessage(
    [
      'INVITE sip:+12025550100@example.com SIP/2.0',
      'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
      `From: ${from};tag=1`,
      'To: <sip:+12025550100@example.com>',
      'Call-ID: 1@example.com',
      'CSeq: 1 INVITE',
      ...(identity === undefined ? [] : [`P-Asserted-Identity: ${identity}`]),
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  );
const known = '<sip:+12025550123@example.com>';
const anonymous = '<sip:anonymous@anonymous.invalid>';
for (const [from, identity] of [
  [known],
  [anonymous, known],
  [anonymous, '<tel:+12025550123>'],
  [known, '<tel:+12025550123>'],
  [anonymous, `<tel:+12025550123>, ${known}`],
])
  console.log(`${from} asserted ${identity ?? '-'}: "${invite(from, identity).callingNumber}"`);
JS

cat > seen << 'SEEN'
<sip:+12025550123@example.com> asserted -: "+12025550123"
<sip:anonymous@anonymous.invalid> asserted <sip:+12025550123@example.com>: "+12025550123"
<sip:anonymous@anonymous.invalid> asserted <tel:+12025550123>: ""
<sip:+12025550123@example.com> asserted <tel:+12025550123>: ""
<sip:anonymous@anonymous.invalid> asserted <tel:+12025550123>, <sip:+12025550123@example.com>: "+12025550123"
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
