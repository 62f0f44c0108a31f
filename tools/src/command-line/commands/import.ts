import { readFileSync } from 'node:fs';
import { text as readText } from 'node:stream/consumers';

import { systemCode, tokenForms } from '@livecall/core/internal';
import { createSecrets, importHar, importTshark, importWebsocat } from '@livecall/recording';
import type { Imported, ImportOptions, RedactOptions } from '@livecall/recording';

import { assertCountries } from '../assert-countries.js';
import { exitCodes, ExitError } from '../exit-error.js';
import { nameInput } from '../read-input.js';
import { say } from '../say.js';
import { sayWaiting } from '../say-waiting.js';
import { writeRecording } from '../write-recording.js';

/** Whose files are read. */
export type ImportFormat = 'har' | 'websocat' | 'tshark';

/** What `livecall import` was called with. */
export interface ImportFlags extends RedactOptions, ImportOptions {
  readonly from?: ImportFormat;
  readonly out?: string;
  readonly title?: string;
}

const readers: Readonly<Record<ImportFormat, (text: string, options: ImportOptions) => Imported>> =
  { har: importHar, websocat: importWebsocat, tshark: importTshark };

/** `livecall import FILE --out FILE`: what another tool has kept of a call, as a recording. */
export async function runImport(path: string, flags: ImportFlags): Promise<number> {
  const { from, out = '-', title, connection, ...redactOptions } = flags;
  assertCountries(redactOptions.defaultCountry);
  const text = await read(path);
  if (/^\uFEFF?\{"livecall":/.test(text)) {
    const problem = 'is a livecall recording already; `livecall redact` makes a copy of one';
    throw new ExitError(exitCodes.badRecording, `${nameInput(path)}: ${problem}.`);
  }
  const format = from ?? guess(text);
  let imported: Imported;
  try {
    imported = readers[format](text, connection === undefined ? {} : { connection });
  } catch (error) {
    // By its tag, as every error of livecall's.
    if (!(error instanceof Error && '_tag' in error && error._tag === 'ImportError')) throw error;
    throw new ExitError(exitCodes.badRecording, `${nameInput(path)}: ${error.message}`);
  }
  const { recording, lacks, tokens } = imported;
  const secrets = createSecrets();
  for (const token of tokens) secrets.add(token);
  const header = {
    ...recording.header,
    ...(title !== undefined && { title }),
    // As a recorder says it that knew them; one that could be a word is not looked for.
    redacted: tokens.some((token) => tokenForms(token).length > 0) ? ['credentials'] : [],
  };
  await writeRecording({ ...recording, header }, out, { ...redactOptions, secrets });
  for (const lack of lacks) say(`${format} has no ${lack}`);
  if (out !== '-') say(`imported ${path} to ${out}`);
  return exitCodes.ok;
}

/** What the file says of itself; who wrote it can be named as well. */
function guess(text: string): ImportFormat {
  if (/^\uFEFF?\s*\[\s*\{\s*"_index"/.test(text)) return 'tshark';
  return /^\uFEFF?\s*\{/.test(text) ? 'har' : 'websocat';
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder, not a file',
};

async function read(path: string): Promise<string> {
  if (path === '-') {
    sayWaiting('a file');
    return readText(process.stdin);
  }
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const code = systemCode(cause);
    const problem = PROBLEMS[code] ?? `cannot be read (${code})`;
    throw new ExitError(exitCodes.noInput, `${path}: ${problem}`, { cause });
  }
}
