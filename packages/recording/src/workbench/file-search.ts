import type { Hit, SearchOptions } from './phrase.js';
import { createPhrase } from './phrase.js';
import { assertHeader, countLines, createBlockReader, toLineEnd } from './block-reader.js';
import type { Block } from './block-reader.js';
import { withoutRepeats } from './search-recording.js';
import { parseUtterance } from './utterance.js';
import type { Utterance } from './utterance.js';
import { createWordFinder } from './word-finder.js';

const NEWLINE = 0x0a;

/** So many lines before and after a line belong to what was said around it. */
const AROUND_LINES = 64;

/**
 * Makes a search through files, as `searchRecording` searches a recording, which reads as JSON the
 * lines alone in which the words may stand: a gigabyte takes one or two seconds of one core. What a
 * recording may not hold is passed over; who speaks on after more than 64 lines of others, or said
 * it 64 KiB before, is not heard together.
 *
 * @returns throws a `RecordingError` for a file that cannot be read
 */
export function createFileSearch(
  words: string,
  options: SearchOptions = {},
): (path: string) => readonly Hit[] {
  const phrase = createPhrase(words, options);
  const findWord = createWordFinder(phrase.anchor);
  const readBlocks = createBlockReader();

  function* findIn({ bytes, line }: Block): Generator<Hit> {
    let [counted, counting] = [0, line];
    let lineEnd = -1;
    for (const place of findWord(bytes)) {
      if (place <= lineEnd) continue;
      const start = bytes.lastIndexOf(NEWLINE, place) + 1;
      lineEnd = toLineEnd(bytes, start);
      counting += countLines(bytes.subarray(counted, start));
      counted = start;
      const here = counting;
      const utterance = parseUtterance(bytes.toString('utf8', start, lineEnd), here);
      if (utterance === undefined) continue;
      const hit = phrase.find(
        utterance,
        () => linesBefore(bytes, start, here),
        () => linesAfter(bytes, lineEnd, here),
      );
      if (hit !== undefined) yield hit;
    }
  }

  return (path) => {
    const hits: Hit[] = [];
    for (const block of readBlocks(path)) {
      if (block.line === 1) assertHeader(path, block.bytes);
      hits.push(...findIn(block));
    }
    // Those at the end of a block stand in the context of the next once more.
    return withoutRepeats(hits);
  };
}

function* linesBefore(bytes: Buffer, start: number, line: number): Generator<Utterance> {
  let end = start - 1;
  for (let number = line - 1; end > 0 && number >= line - AROUND_LINES; number -= 1) {
    const from = bytes.lastIndexOf(NEWLINE, end - 1) + 1;
    const utterance = parseUtterance(bytes.toString('utf8', from, end), number);
    if (utterance !== undefined) yield utterance;
    end = from - 1;
  }
}

function* linesAfter(bytes: Buffer, lineEnd: number, line: number): Generator<Utterance> {
  let start = lineEnd + 1;
  for (let number = line + 1; start < bytes.length && number <= line + AROUND_LINES; number += 1) {
    const end = toLineEnd(bytes, start);
    const utterance = parseUtterance(bytes.toString('utf8', start, end), number);
    if (utterance !== undefined) yield utterance;
    start = end + 1;
  }
}
