#!/usr/bin/env bash
# vcf 2.1.2 writes the label that an address book gave a number under another name: X-AB-LABEL for X-ABLabel.
#
# Guess: as it was read, or in capitals: names are without regard to case (RFC 6350 §3.3), and have no words.
# Seen: a name goes through camel case and comes back with one hyphen more; in jCard it stays "xAbLabel". Read and
# written once, "Front desk" is nobody's label any more.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund vcf@2.1.2 ical.js@2.2.1 >> npm.log 2>&1

cat > run.mjs << 'JS'
import ICAL from 'ical.js';
import VCard from 'vcf';

const lines = ['VERSION:3.0', 'FN:Example', 'item1.TEL:+12025550123', 'item1.X-ABLabel:Front desk'];
const card = ['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n');
const line = (text) => text.split('\r\n').find((each) => each.endsWith('Front desk'));
const name = (jcard) => jcard[1].find((property) => property[3] === 'Front desk')[0];

console.log(`read: ${line(card)}`);
const vcf = new VCard().parse(card);
console.log(`vcf: ${line(vcf.toString())}, jCard ${name(vcf.toJSON())}`);
const ical = ICAL.parse(card);
console.log(`ical.js: ${line(ICAL.stringify(ical))}, jCard ${name(ical)}`);
JS

cat > seen << 'SEEN'
read: item1.X-ABLabel:Front desk
vcf: item1.X-AB-LABEL:Front desk, jCard xAbLabel
ical.js: ITEM1.X-ABLABEL:Front desk, jCard x-ablabel
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
