import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import type { ListFlags } from './commands/list.js';
import type { SearchFlags } from './commands/search.js';
import { parseDuration } from './duration.js';

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
    .option('--until <date>', 'only what was recorded then or before', toDate)
    .option('--json', 'as one JSON object a line')
    .addHelpText(
      'after',
      `
Without a path, it is this folder, and those in it. Outcomes: ended (the call),
left (by the client), closed (by the server), cut, refused, failed (to connect),
incomplete (the recorder died), nothing.

  $ livecall list recordings --sort length --reverse
  $ livecall list --outcome cut --since 2026-11-01`,
    )
    .action(async (paths: string[], flags: ListFlags) => {
      const { list } = await import('./commands/list.js');
      onExit(await list(paths, flags));
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
      const { search } = await import('./commands/search.js');
      onExit(await search(words, paths, flags));
    });
}

/** Reads an option's time, which is in milliseconds then. */
export function toTime(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms <= LONGEST_MS) return ms;
  throw new InvalidArgumentError('It should be a time such as 90s, 1m30s or 250ms.');
}

const LONGEST_MS = 2 ** 31 - 1;

function toDate(text: string): number {
  const date = Date.parse(text);
  if (!Number.isNaN(date)) return date;
  throw new InvalidArgumentError('It should be a date such as 2026-01-31 or 2026-01-31T12:00Z.');
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
