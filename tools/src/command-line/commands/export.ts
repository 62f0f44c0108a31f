import { parseRecording, toCsv, toHar, toSrt, toVtt } from '@livecall/recording';
import type { Recording, RedactOptions } from '@livecall/recording';
import { createNarrator } from '@livecall/recording/format';
import { createRecordingLines } from '@livecall/recording/internal';
import pc from 'picocolors';

import { assertCountries } from '../assert-countries.js';
import { exitCodes, ExitError } from '../exit-error.js';
import { loadInput, nameInput } from '../read-input.js';
import { say } from '../say.js';
import { showMoment } from '../show-moment.js';
import { writeText } from '../write-recording.js';

/** What other tools read. */
export type ExportFormat = 'text' | 'csv' | 'vtt' | 'srt' | 'har' | 'asciicast';

/** What `livecall export` was called with. */
export interface ExportFlags extends RedactOptions {
  readonly to?: ExportFormat;
  readonly out?: string;
}

/** `livecall export FILE --to FORMAT`: a recording as other tools read it. */
export async function runExport(
  path: string,
  { to = 'text', out = '-', ...redactOptions }: ExportFlags,
): Promise<number> {
  assertCountries(redactOptions.defaultCountry);
  const loaded = await loadInput(path);
  for (const warning of loaded.warnings ?? []) say(warning);
  const recording = await toRedacted(loaded, redactOptions);
  let text: string;
  try {
    text = writers[to](recording);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ExitError(exitCodes.badRecording, `${nameInput(path)}: ${error.message}`);
  }
  await writeText([text], out);
  for (const lack of lacks[to] ?? []) say(`${to} ${lack}`);
  if (out !== '-') say(`exported ${path} to ${out}`);
  return exitCodes.ok;
}

const writers: Readonly<Record<ExportFormat, (recording: Recording) => string>> = {
  text: (recording) =>
    tell(recording)
      .map(({ line }) => `${line}\n`)
      .join(''),
  csv: toCsv,
  vtt: toVtt,
  srt: toSrt,
  har: toHar,
  asciicast: toAsciicast,
};

/** What the recording has, and the format has no place for. */
const lacks: Partial<Record<ExportFormat, readonly string[]>> = {
  vtt: ['has estimated times: a transcript tells when it came, not how long it took to say'],
  srt: ['has estimated times: a transcript tells when it came, not how long it took to say'],
  har: [
    'has no place for how a connection ended, which stands in a field of its own; marks are left out, and headers were never recorded',
  ],
};

/** Nothing of a recording goes to another file but by its lines, which are redacted. */
async function toRedacted(recording: Recording, options: RedactOptions): Promise<Recording> {
  const lines = createRecordingLines(options);
  const text = [
    lines.header(recording.header),
    ...recording.entries.map((entry) => lines.entry(entry)),
  ].join('');
  return parseRecording(recording.name, text);
}

interface Told {
  readonly at: number;
  readonly line: string;
}

function tell({ entries }: Recording, paint = pc.createColors(false)): readonly Told[] {
  const narrate = createNarrator();
  return entries.flatMap((entry) => {
    const moment = narrate(entry);
    return moment === undefined ? [] : [{ at: entry.at, line: showMoment(moment, paint) }];
  });
}

/**
 * Writes what `show --play` shows as asciicast, version 2, which all players have.
 *
 * @see https://docs.asciinema.org/manual/asciicast/v2/
 */
function toAsciicast(recording: Recording): string {
  const { recordedAt, title } = recording.header;
  const startedAt = Date.parse(recordedAt);
  const header = {
    version: 2,
    width: 100,
    height: 30,
    ...(!Number.isNaN(startedAt) && { timestamp: Math.floor(startedAt / 1_000) }),
    ...(title !== undefined && { title }),
  };
  const events = tell(recording, pc.createColors(true)).map(({ at, line }) => [
    // To a microsecond, as it is recorded: a float has noise behind that.
    Math.round(at * 1_000) / 1_000_000,
    'o',
    `${line}\r\n`,
  ]);
  return [header, ...events].map((line) => `${JSON.stringify(line)}\n`).join('');
}
