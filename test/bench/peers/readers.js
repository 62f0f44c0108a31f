import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

import { readRecording } from '@livecall/tools';

import { runCheck } from '../../../tools/dist/command-line/commands/check.js';

/* Each reads a recording to its end, and gives how many frames there were. */

const NEWLINE = 0x0a;

async function splitting(path) {
  let frames = 0;
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      if (JSON.parse(bytes.toString('utf8', start, end)).event === 'frame') frames += 1;
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
  return frames;
}

async function readline(path) {
  let frames = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (JSON.parse(line).event === 'frame') frames += 1;
  }
  return frames;
}

function livecall(path) {
  return new Promise((resolve, reject) => {
    let frames = 0;
    readRecording(path).subscribe({
      next: (line) => {
        if (line.kind === 'entry' && line.entry.event === 'frame') frames += 1;
      },
      error: reject,
      complete: () => resolve(frames),
    });
  });
}

/** `livecall check`, all but the start of its process. */
async function check(path) {
  const exitCode = await runCheck([path], {});
  if (exitCode !== 0) throw new Error('The recording should be sound.');
}

export const READERS = {
  'chunks + JSON.parse': splitting,
  'readline + JSON.parse': readline,
  readRecording: livecall,
  'livecall check': check,
};
