import { rmSync } from 'node:fs';
import { basename } from 'node:path';

import type { RedactOptions } from '@livecall/recording';
import { createRecordingLines } from '@livecall/recording/internal';
import * as E from 'fp-ts/lib/Either.js';
import { noop } from 'rxjs';

import { assertCountries } from '../assert-countries.js';
import { readConsolePage } from '../console-page.js';
import { nameInput, readInput } from '../read-input.js';
import { say } from '../say.js';
import { openStandardOutput } from '../standard-output.js';
import { createOutput } from '../write-recording.js';

/** What `livecall show --html` was called with. */
export interface ShowHtmlFlags extends RedactOptions {
  /** The page to create, - for standard output. */
  readonly html: string;
}

/**
 * `livecall show FILE --html PAGE`: a recording as a page that needs nothing else, without the phone
 * numbers that are still in it.
 */
export async function showHtml(path: string, flags: ShowHtmlFlags): Promise<void> {
  const { html: out, ...redactOptions } = flags;
  assertCountries(redactOptions.defaultCountry);
  const lines = createRecordingLines(redactOptions);
  const page = readConsolePage();
  // A file that cannot be read leaves no other one behind.
  const input = readInput(path);
  const first = await input.next();
  const output = out === '-' ? openStandardOutput() : undefined;
  const target =
    output === undefined ? createOutput(out) : { writeLine: output.write, close: noop };
  const write = (line: string) => {
    // In JSON it can only stand in a text; so the recording cannot end the element that holds it.
    target.writeLine(line.replaceAll('<', String.raw`\u003c`));
  };
  try {
    const before = page.before.replace("connect-src 'self'", "connect-src 'none'");
    target.writeLine(`${before}${toElement(nameInput(path))}\n`);
    for (let batch = first; batch.done !== true; batch = await input.next()) {
      for (const read of batch.value) {
        if (E.isLeft(read)) throw read.left;
        const { kind, line } = read.right;
        if (kind === 'header') write(lines.header(read.right.header));
        else if (kind === 'entry') write(lines.entry(read.right.entry));
        else if (kind === 'torn') say(`${path}:${line}: the last line is torn and was dropped`);
      }
      if (output !== undefined && !(await output.ready())) return;
    }
    target.writeLine(`</script>\n    ${page.after}`);
    await output?.flushed();
    target.close();
  } catch (error) {
    if (out !== '-') rmSync(out, { force: true });
    throw error;
  }
  if (out !== '-') say(`wrote ${out}, which any browser opens`);
}

/** The element that holds the recording; a browser runs nothing of its type. */
function toElement(name: string): string {
  const safe = basename(name).replace(
    /[&<>"]/g,
    (character) => `&#${character.codePointAt(0) ?? 0};`,
  );
  return `<script type="application/x-ndjson" id="recording" data-name="${safe}">`;
}
