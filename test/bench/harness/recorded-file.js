import { closeSync, openSync, writeSync } from 'node:fs';

import { frames } from './frames.js';

/**
 * Writes a recording of at least so many bytes, and gives how many frames it holds and how many
 * bytes they have.
 */
export function writeRecordedFile(path, leastBytes) {
  const descriptor = openSync(path, 'w');
  const texts = frames(2_000).filter((text) => !text.includes('"ack"'));
  let bytes = 0;
  let count = 0;
  let at = 0;
  const write = (text) => {
    bytes += writeSync(descriptor, text);
  };
  write('{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}\n');
  write('{"at":0,"event":"open","status":101}\n');
  while (bytes < leastBytes) {
    const lines = texts.map((text) => {
      at += 1;
      return `{"at":${at}.125,"event":"frame","from":"server","json":${text}}\n`;
    });
    write(lines.join(''));
    count += lines.length;
  }
  write(`{"at":${at + 1},"event":"close","from":"server","code":1000,"reason":""}\n`);
  write(`{"at":${at + 1},"event":"end"}\n`);
  closeSync(descriptor);
  return { count, bytes };
}
