#!/usr/bin/env bash
# wavefile 11.0.0 moves the cue points of a recording when it is brought to another sample rate.
#
# Guess: a mark stays where it was in the talk: it is set and listed in milliseconds, and the sound is as long as before.
# Seen: a point keeps the number of its sample. Of a recording brought from 16 to 8 kHz, as telephones have it, each
# mark is told at twice its time, those of the second half behind the end. Coding it in µ-law leaves them right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund wavefile@11.0.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import wavefile from 'wavefile';

const recording = () => {
  const wav = new wavefile.WaveFile();
  wav.fromScratch(1, 16000, '16', new Int16Array(32000));
  wav.setCuePoint({ position: 500, label: 'answered' });
  wav.setCuePoint({ position: 1500, label: 'hung up' });
  return wav;
};
const tell = (name, wav) => {
  const read = new wavefile.WaveFile(wav.toBuffer());
  const long = (read.getSamples().length / read.fmt.sampleRate) * 1000;
  const marks = read.listCuePoints().map(({ label, position }) => `${label} at ${position} ms`);
  console.log(`${name}: ${long} ms long, ${marks.join(', ')}`);
};
tell('as it was', recording());
for (const rate of [8000, 48000]) {
  const wav = recording();
  wav.toSampleRate(rate);
  tell(`at ${rate} Hz`, wav);
}
const coded = recording();
coded.toMuLaw();
tell('µ-law', coded);
JS

cat > seen << 'SEEN'
as it was: 2000 ms long, answered at 500 ms, hung up at 1500 ms
at 8000 Hz: 2000 ms long, answered at 1000 ms, hung up at 3000 ms
at 48000 Hz: 2000 ms long, answered at 166.66666666666666 ms, hung up at 500 ms
µ-law: 2000 ms long, answered at 500 ms, hung up at 1500 ms
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
