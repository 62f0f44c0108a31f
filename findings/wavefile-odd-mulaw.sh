#!/usr/bin/env bash
# wavefile 11.0.0 makes a recording of an odd number of samples one sample longer when it is µ-law coded.
#
# Guess: as many samples as before; the byte that pads an odd chunk (RIFF) is no sample and not counted.
# Seen: data and fact chunks count the padding as a sample, and so does the way back to 16 bits. Two
# halves of a call that are coded apart are 0.125 ms (8 kHz) longer than the call, at every cut.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund wavefile@11.0.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import wavefile from 'wavefile';

for (const samples of [100, 101]) {
  const wave = new wavefile.WaveFile();
  wave.fromScratch(1, 8000, '16', new Int16Array(samples));
  wave.toMuLaw();
  const coded = `fact ${wave.fact.dwSampleLength}, data ${wave.data.chunkSize}`;
  wave.fromMuLaw();
  console.log(`${samples} samples -> ${coded} -> ${wave.getSamples(false, Int16Array).length} samples`);
}
JS

cat > seen << 'SEEN'
100 samples -> fact 100, data 100 -> 100 samples
101 samples -> fact 102, data 102 -> 102 samples
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
