import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { frames } from './frames.js';

/** What stands in one utterance of so many; in none of the words that callers use most. */
export const WORD = 'parcel';
const EVERY = 250;

/**
 * Writes a folder of recordings of so many bytes each, and gives how many utterances they hold and in
 * how many of them the word is said.
 */
export function writeRecordedFolder(folder, files, bytesEach) {
  const texts = frames(2_000).filter((text) => text.includes('"transcript"'));
  let [utterances, hits, next] = [0, 0, 0];
  for (let file = 0; file < files; file += 1) {
    const lines = [
      `{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z","title":"call ${file}"}`,
      '{"at":0,"event":"open","status":101}',
    ];
    let at = 0;
    for (let bytes = 0; bytes < bytesEach; next += 1) {
      at += 1_000;
      const text = texts[next % texts.length];
      const isHit = next % EVERY === 0;
      const json = isHit ? text.replace('"msg":"', `"msg":"A Parcel `) : text;
      const line = `{"at":${at},"event":"frame","from":"server","json":${json}}`;
      lines.push(line);
      bytes += line.length + 1;
      utterances += 1;
      if (isHit) hits += 1;
    }
    lines.push(
      `{"at":${at},"event":"close","from":"server","code":1000,"reason":""}`,
      `{"at":${at},"event":"end"}`,
    );
    writeFileSync(join(folder, `${file}.ndjson`), `${lines.join('\n')}\n`);
  }
  return { utterances, hits };
}
