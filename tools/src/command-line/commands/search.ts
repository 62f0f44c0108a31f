import { foldText } from '@livecall/recording';
import type { Hit } from '@livecall/recording';

import { exitCodes, ExitError } from '../exit-error.js';
import { createFailureTeller } from '../failure-teller.js';
import { hang } from '../hang.js';
import { paintFor, toColumns } from '../paint.js';
import type { Paint } from '../paint.js';
import { createProgress } from '../progress.js';
import { scanFiles } from '../scan-files.js';
import { showTime, speakers, visible } from '../show-moment.js';
import { openStandardOutput } from '../standard-output.js';
import { toFiles } from '../to-files.js';
import { toVisibleJson } from '../to-visible-json.js';

/** What `livecall search` was called with. */
export interface SearchFlags {
  readonly json?: boolean;
  readonly count?: boolean;
  readonly words?: boolean;
  readonly role?: keyof typeof speakers;
}

/** `livecall search WORDS [FOLDER...]`: where words were said, as they are found. */
export async function runSearch(
  words: string,
  paths: readonly string[],
  { json = false, count = false, words: wholeWords = false, role }: SearchFlags,
): Promise<number> {
  if (foldText(words) === '') {
    throw new ExitError(exitCodes.usage, 'There is no word in what is to be searched for.');
  }
  const files = toFiles(paths.length === 0 ? ['.'] : paths, { deep: true });
  const output = openStandardOutput();
  const progress = createProgress();
  const failures = createFailureTeller();
  const paint = paintFor(process.stdout);
  const columns = toColumns(process.stdout);
  const emphasize = createEmphasis(words, paint);
  const options = { wholeWords, ...(role !== undefined && { role }) };
  let [looked, hits] = [0, 0];

  for await (const batch of scanFiles(files, { kind: 'search', words, options })) {
    for (const scanned of batch) {
      if ('failure' in scanned) {
        progress.clear();
        failures.tell(scanned);
        continue;
      }
      const { path, found } = scanned;
      hits += found.length;
      if (found.length === 0) continue;
      progress.clear();
      const told = count
        ? [json ? toVisibleJson({ file: path, hits: found.length }) : `${path}:${found.length}`]
        : found.map((hit) =>
            json
              ? toVisibleJson({ file: path, ...hit })
              : showHit(path, hit, { paint, columns, emphasize }),
          );
      output.write(`${told.join('\n')}\n`);
    }
    if (!(await output.ready())) return exitCodes.ok;
    looked += batch.length;
    progress.show(`${looked} of ${files.length} recordings, found ${hits}`);
  }
  progress.clear();
  await output.flushed();
  if (failures.exitCode() !== exitCodes.ok) return failures.exitCode();
  return hits > 0 ? exitCodes.ok : exitCodes.failed;
}

interface Look {
  readonly paint: Paint;
  readonly columns: number;
  readonly emphasize: (text: string) => string;
}

function showHit(path: string, hit: Hit, { paint, columns, emphasize }: Look): string {
  const { line, throughLine, at, role, text } = hit;
  const place = `${visible(path)}:${line}${throughLine === undefined ? '' : `-${throughLine}`}`;
  const before = `${place}  ${showTime(at)}  ${speakers[role].padEnd(10)}  `;
  const shown = `${paint.magenta(place)}  ${paint.dim(showTime(at))}  ${paint.cyan(speakers[role].padEnd(10))}  `;
  // Behind a long path there is no room: what is said begins a line of its own then.
  return before.length > columns / 2
    ? `${shown.trimEnd()}\n  ${emphasize(hang(visible(text), 2, columns))}`
    : `${shown}${emphasize(hang(visible(text), before.length, columns))}`;
}

/** Sets off the words that were searched for, wherever they stand. */
function createEmphasis(words: string, paint: Paint): (text: string) => string {
  const wanted = foldText(words).split(' ');
  const [first = '', last = ''] = [wanted.at(0), wanted.at(-1)];
  const isWanted = (word: string): boolean => {
    const folded = foldText(word);
    if (wanted.length === 1) return folded.includes(first);
    return wanted.includes(folded) || folded.endsWith(first) || folded.startsWith(last);
  };
  return (text) =>
    text.replace(/[\p{L}\p{N}\p{M}]+/gu, (word) =>
      isWanted(word) ? paint.bold(paint.yellow(word)) : word,
    );
}
