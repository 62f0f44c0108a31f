#!/usr/bin/env bash
# ical.js 2.2.1 takes every telephone number of a vCard for a URI, and takes off the mark of those that are one.
#
# Guess: "text", unless VALUE=uri says otherwise, and VALUE=uri is written again: the type of TEL is text by default
# (RFC 6350 §6.4.1), and jCard has to name the type that there is (RFC 7095 §3.3).
# Seen: "uri" for a number with spaces and brackets; and "tel:…;ext=12" is written without VALUE=uri, so that the next
# reader has a text that begins with "tel:", and shows, or compares a caller with, that.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund ical.js@2.2.1 vcf@2.1.2 >> npm.log 2>&1

cat > run.mjs << 'JS'
import ICAL from 'ical.js';
import Vcf from 'vcf';

const card = (tel) => ['BEGIN:VCARD', 'VERSION:4.0', 'FN:Front desk', tel, 'END:VCARD', ''].join('\r\n');
const byVcf = (text) => JSON.stringify(new Vcf().parse(text).get('tel').toJSON().slice(2));
for (const tel of ['TEL:+1 (202) 555-0143', 'TEL;VALUE=uri:tel:+1-202-555-0143;ext=12']) {
  const jCard = ICAL.parse(card(tel));
  const written = ICAL.stringify(jCard);
  console.log(tel);
  console.log(`  to vcf: ${byVcf(card(tel))}`);
  console.log(`  to ical.js: ${JSON.stringify(jCard[1].find(([name]) => name === 'tel').slice(2))}`);
  console.log(`  written by ical.js: ${written.split('\r\n').find((line) => line.startsWith('TEL'))}`);
  console.log(`  which to vcf is: ${byVcf(written)}`);
}
JS

cat > seen << 'SEEN'
TEL:+1 (202) 555-0143
  to vcf: ["text","+1 (202) 555-0143"]
  to ical.js: ["uri","+1 (202) 555-0143"]
  written by ical.js: TEL:+1 (202) 555-0143
  which to vcf is: ["text","+1 (202) 555-0143"]
TEL;VALUE=uri:tel:+1-202-555-0143;ext=12
  to vcf: ["uri","tel:+1-202-555-0143;ext=12"]
  to ical.js: ["uri","tel:+1-202-555-0143;ext=12"]
  written by ical.js: TEL:tel:+1-202-555-0143;ext=12
  which to vcf is: ["text","tel:+1-202-555-0143;ext=12"]
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
