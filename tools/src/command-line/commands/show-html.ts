import { basename } from 'node:path';

import type { RedactOptions } from '@livecall/recording';

import { readConsolePage } from '../console-page.js';
import { nameInput } from '../read-input.js';
import { redactFile } from '../redact-file.js';
import { say } from '../say.js';
import { writeText } from '../write-recording.js';

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
  const page = readConsolePage();
  const lines = await redactFile(path, redactOptions);
  const pieces = async function* () {
    const before = page.before.replace("connect-src 'self'", "connect-src 'none'");
    yield `${before}${toElement(nameInput(path))}\n`;
    // In JSON it can only stand in a text; so the recording cannot end the element that holds it.
    for await (const line of lines) yield line.replaceAll('<', String.raw`\u003c`);
    yield `</script>\n    ${page.after}`;
  };
  await writeText(pieces(), out);
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
