#!/usr/bin/env bash
# awesome-phonenumber 7.8.0 has no number for the codes that belong to no country: +800, +870.
#
# Guess: as the libphonenumber that it is built from: valid, with E.164 and type.
# Seen: not valid, not possible, no number, in region "001". International freephone and satellite
# callers are taken for nonsense, where google-libphonenumber 3.2.47 knows them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund awesome-phonenumber@7.8.0 google-libphonenumber@3.2.47 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { parsePhoneNumber } = require('awesome-phonenumber');
const { PhoneNumberUtil } = require('google-libphonenumber');

const util = PhoneNumberUtil.getInstance();
for (const code of ['800', '870', '1']) {
  const region = code === '1' ? 'US' : '001';
  const example = code === '1' ? util.getExampleNumber(region) : util.getExampleNumberForNonGeoEntity(Number(code));
  const text = `+${code}${example.getNationalNumber()}`;
  const { valid, number, regionCode } = parsePhoneNumber(text);
  console.log(`the example of +${code}: ${regionCode} ${valid} ${number === undefined ? 'no number' : 'a number'} | google ${util.isValidNumber(util.parse(text))}`);
}
JS

cat > seen << 'SEEN'
the example of +800: 001 false no number | google true
the example of +870: 001 false no number | google true
the example of +1: US true a number | google true
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
