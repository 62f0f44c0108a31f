import * as E from 'fp-ts/lib/Either.js';

import { createLineDecoder, EMPTY } from '../format/decode-lines.js';
import { RecordingError } from '../format/recording-error.js';
import { assertHeader, createBlockReader, toLineEnd } from './block-reader.js';
import { createSummary } from './summarize-recording.js';
import type { RecordingSummary, SummaryMaker } from './summarize-recording.js';

/**
 * An utterance as recorders write it, its bytes read as latin1. Nearly every line is one, and to see
 * that takes a tenth of what it takes to read it as JSON.
 */
const UTTERANCE =
  /\{"at":(\d+(?:\.\d{1,3})?),"event":"frame","from":"server","json":\{"type":"transcript","msg":"[ !#-[\]-\xff]*","role":"(?:assistant|other|user)"(?:,"offset":\d{1,9})?\}\}\n/y;

/**
 * Makes what summarizes files, as `summarizeRecording` does a recording, one after the other.
 *
 * What is no line of a recording is passed over; `check` tells of it.
 *
 * @returns throws a `RecordingError` for a file that cannot be read, or is no recording
 */
export function createFileSummary(): (path: string) => RecordingSummary {
  const readBlocks = createBlockReader();
  return (path) => {
    const decodeLine = createLineDecoder(path);
    let maker: SummaryMaker | undefined;
    for (const { bytes, line, freshFrom } of readBlocks(path)) {
      maker ??= createSummary(assertHeader(path, bytes));
      const first = line === 1 ? toLineEnd(bytes, 0) + 1 : freshFrom;
      takeLines(bytes, first, maker, decodeLine);
    }
    if (maker === undefined) {
      throw new RecordingError(path, undefined, EMPTY);
    }
    return maker.summary();
  };
}

type DecodeLine = ReturnType<typeof createLineDecoder>;

function takeLines(bytes: Buffer, from: number, maker: SummaryMaker, decodeLine: DecodeLine): void {
  const text = bytes.toString('latin1');
  let [start, utterances, at] = [from, 0, ''];
  while (start < bytes.length) {
    UTTERANCE.lastIndex = start;
    const utterance = UTTERANCE.exec(text);
    if (utterance !== null) {
      utterances += 1;
      at = utterance[1] ?? '';
      start = UTTERANCE.lastIndex;
      continue;
    }
    const end = toLineEnd(bytes, start);
    const line = bytes.toString('utf8', start, end);
    start = end + 1;
    if (line.trim() === '') continue;
    const decoded = decodeLine(line, 2);
    if (E.isRight(decoded) && decoded.right.kind === 'entry') maker.take(decoded.right.entry);
  }
  maker.takeUtterances(utterances, Number(at));
}
