import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import type { CutFlags } from './commands/cut.js';
import type { DiffFlags } from './commands/diff.js';
import type { ExportFlags } from './commands/export.js';
import type { ImportFlags } from './commands/import.js';
import type { ListFlags } from './commands/list.js';
import type { SearchFlags } from './commands/search.js';
import type { StatsFlags } from './commands/stats.js';
import { defaultCountry } from './default-country.js';
import { toDate, toLastDate } from './to-date.js';
import { toTime } from './to-time.js';

/**
 * Adds the commands that work on recordings, a call or thousands.
 *
 * @param onExit takes the exit code of the command that ran
 */
export function addRecordingCommands(program: Command, onExit: (exitCode: number) => void): void {
  program
    .command('list')
    .description('list recordings, one line each')
    .argument('[file|folder...]', 'recordings, or folders of them')
    .addOption(
      new Option('--sort <key>', 'what to sort by')
        .choices(['name', 'date', 'length', 'outcome', 'connections', 'said'])
        .default('name'),
    )
    .option('--reverse', 'the last first')
    .option(
      '--outcome <outcomes>',
      'only what ended so; several divided by commas, or given several times',
      toOutcomes,
    )
    .option('--title <words>', 'only what has these words in its title')
    .option('--longer <time>', 'only what is at least so long, 1m30s for one', toTime)
    .option('--shorter <time>', 'only what is at most so long', toTime)
    .option('--since <date>', 'only what was recorded then or later, 2026-01-31 for one', toDate)
    .option('--until <date>', 'only what was recorded then or before, a day to its end', toLastDate)
    .option('--json', 'as one JSON object a line')
    .addHelpText(
      'after',
      `
Without a path, it is this folder, and those in it. Outcomes: ended (the call),
left (by the client), closed (by the server), cut, refused, failed (to connect),
incomplete (the recorder died), nothing. It ends with 1 where none is so.

  $ livecall list recordings --sort length --reverse
  $ livecall list --outcome cut --since 2026-11-01`,
    )
    .action(async (paths: string[], flags: ListFlags) => {
      const { runList } = await import('./commands/list.js');
      onExit(await runList(paths, flags));
    });

  program
    .command('search')
    .description('say where words were said')
    .argument('<words>', 'the words, in quotes where there are several')
    .argument('[file|folder...]', 'recordings, or folders of them')
    .option('--words', 'whole words alone: parcel is not in parcels')
    .addOption(
      new Option('--role <role>', 'whose words alone').choices(['assistant', 'other', 'user']),
    )
    .option('--count', 'only how often, for each recording in which they are')
    .option('--json', 'as one JSON object a line')
    .addHelpText(
      'after',
      `
Case, accents and punctuation make no difference, and one who speaks may say the
words in several utterances. It ends with 1 where nothing was found.

  $ livecall search parcel recordings
  $ livecall search "needs a signature" --role other`,
    )
    .action(async (words: string, paths: string[], flags: SearchFlags) => {
      const { runSearch } = await import('./commands/search.js');
      onExit(await runSearch(words, paths, flags));
    });

  program
    .command('stats')
    .description('say who talked, where nobody did, and what took how long')
    .argument('<file|folder...>', 'recordings, or folders of them; - for standard input')
    .addOption(
      new Option('--silence <time>', 'the shortest silence that counts')
        .argParser(toTime)
        .default(3_000, '3s'),
    )
    .option('--json', 'as one JSON object')
    .addHelpText(
      'after',
      `
Several recordings are counted together. How long somebody talked is estimated
by the words, since a transcript tells when it came and not how long it is.`,
    )
    .action(async (paths: string[], flags: StatsFlags) => {
      const { runStats } = await import('./commands/stats.js');
      onExit(await runStats(paths, flags));
    });

  program
    .command('diff')
    .description('say where two recordings part, and end with 1 where they do')
    .argument('<file>', 'a recording, - for standard input')
    .argument('<other>', 'another one')
    .option('--ids', 'ids of commands are to be the same, too')
    .option(
      '--times <tolerance>',
      'times are to be the same but for so much, counted from what is above',
      toTime,
    )
    .option('--all', 'more than the terminal shows at once')
    .option('--json', 'as one JSON object')
    .addHelpText(
      'after',
      `
Recordings are aligned by what happened. When, the ids of commands and marks are
no differences, unless they are asked for.

  $ livecall diff before.ndjson after.ndjson --times 50ms`,
    )
    .action(async (left: string, right: string, flags: DiffFlags) => {
      const { runDiff } = await import('./commands/diff.js');
      onExit(await runDiff(left, right, flags));
    });

  const cut = program
    .command('cut')
    .description('write a piece of a recording, which replays')
    .argument('<file>', 'the recording, - for standard input')
    .option('--from <time>', 'where it begins, 1m30s or 01:30 for one', toTime)
    .option('--to <time>', 'where it ends', toTime)
    .option(
      '--out <file>',
      'the recording to create; one that exists is never overwritten; - for standard output',
    );
  addRedactOptions(cut)
    .addHelpText(
      'after',
      `
Times are those of livecall show. A connection that is open at the beginning is
opened there, with the event:start that was heard on it, and left by the client
at the end; a command is in the piece with its acknowledgement, or not at all.
Phone numbers are replaced, as in every recording that is written.

  $ livecall cut call.ndjson --from 12s --to 40s --out piece.ndjson`,
    )
    .action(async (path: string, flags: CutFlags) => {
      const { runCut } = await import('./commands/cut.js');
      onExit(await runCut(path, flags));
    });

  addExchangeCommands(program, onExit);
}

/** Adds those between recordings and the files of other tools. */
function addExchangeCommands(program: Command, onExit: (exitCode: number) => void): void {
  const toFile = 'the file to create; one that exists is never overwritten; - for standard output';
  const exporting = program
    .command('export')
    .description('write a recording for other tools')
    .argument('<file>', 'the recording, - for standard input')
    .addOption(
      new Option('--to <format>', 'what for')
        .choices(['text', 'csv', 'vtt', 'srt', 'har', 'asciicast'])
        .default('text'),
    )
    .option('--out <file>', toFile, '-');
  addRedactOptions(exporting)
    .addHelpText(
      'after',
      `
What a format has no place for is said. Phone numbers are replaced, as in every
recording that is written.

  $ livecall export call.ndjson --to vtt --out call.vtt
  $ livecall export call.ndjson --to har --out call.har  # for Chrome's panel`,
    )
    .action(async (path: string, flags: ExportFlags) => {
      const { runExport } = await import('./commands/export.js');
      onExit(await runExport(path, flags));
    });

  const importing = program
    .command('import')
    .description('make a recording of what another tool has kept of a call')
    .argument('<file>', 'its file, - for standard input')
    .addOption(
      new Option('--from <format>', 'whose file it is; else it is seen').choices([
        ...['har', 'websocat', 'tshark'],
      ]),
    )
    .option('--connection <n>', 'the n-th connection in it alone, counted from 1', toOrdinal)
    .option('--title <title>', 'what happens in the recording, in a sentence')
    .option(
      '--out <file>',
      'the recording to create; one that exists is never overwritten; - for standard output',
    );
  addRedactOptions(importing)
    .addHelpText(
      'after',
      `
HAR is that of Chrome, Playwright (content: 'embed'), mitmproxy or livecall; for
websocat it is what websocat -v URL 2>&1 wrote, for tshark tshark -T json. What
they do not keep is said, and is not made up. Tokens in them are not written.

  $ livecall import call.har --out call.ndjson`,
    )
    .action(async (path: string, flags: ImportFlags) => {
      const { runImport } = await import('./commands/import.js');
      onExit(await runImport(path, flags));
    });
}

/** The options of what is written anew. */
function addRedactOptions(command: Command): Command {
  return command
    .option('--mask-transcripts', 'mask the words of the call; length and punctuation stay')
    .option('--keep-phones', 'keep the phone numbers')
    .addOption(defaultCountry());
}

const OUTCOMES: readonly string[] = [
  ...['ended', 'left', 'closed', 'cut', 'refused', 'failed', 'incomplete', 'nothing'],
];

function toOutcomes(text: string, before: readonly string[] = []): readonly string[] {
  const outcomes = text.split(',').map((outcome) => outcome.trim());
  const unknown = outcomes.find((outcome) => !OUTCOMES.includes(outcome));
  if (unknown === undefined) return [...before, ...outcomes];
  throw new InvalidArgumentError(`Outcomes are ${OUTCOMES.join(', ')}.`);
}

function toOrdinal(text: string): number {
  const ordinal = Number(text);
  if (Number.isInteger(ordinal) && ordinal >= 1) return ordinal;
  throw new InvalidArgumentError('It should be a whole number, 1 or more.');
}
