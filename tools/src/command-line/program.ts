import { readFileSync } from 'node:fs';

import { Argument, Command, Help, Option } from 'commander';

import { addCallCommands } from './add-call-commands.js';
import { addRecordingCommands } from './add-recording-commands.js';
import { checkOptions } from './check-options.js';
import type { OptionRules } from './check-options.js';
import { defaultCountry } from './default-country.js';
import { exitCodeMeanings, exitCodes } from './exit-error.js';
import type { CheckFlags } from './commands/check.js';
import type { ConsoleFlags } from './commands/console.js';
import type { RedactFlags } from './commands/redact.js';
import type { RepairFlags } from './commands/repair.js';
import type { ShowHtmlFlags } from './commands/show-html.js';
import type { ShowFlags as TextFlags } from './commands/show.js';
import { findPage } from './find-page.js';
import type { GivenTokens } from './take-tokens.js';
import type { Shell } from './to-completion.js';
import { toFactor, toPort } from './to-number.js';
import { toTime } from './to-time.js';

/** What `livecall show` was called with. */
type ShowFlags = Partial<ShowHtmlFlags> & TextFlags;

/**
 * Builds the command line. A command's own code is loaded when it is called, so that each starts
 * with what it needs.
 *
 * @param onExit takes the exit code of the command that ran
 * @param print writes help to standard output
 * @param given the tokens that stood in the environment
 */
export function createProgram(
  onExit: (exitCode: number) => void,
  print: (text: string) => void,
  given: GivenTokens,
): Command {
  const program = new Command('livecall')
    .description('Record live calls to a file, and replay them as a fake server.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({
      // That there are options is so of every command, and leaves what it does no room.
      subcommandTerm: (command) => new Help().subcommandTerm(command).replace(' [options]', ''),
    })
    .addHelpText('after', ({ command }) => `\nExit codes:\n${describeExitCodes(command)}`)
    .showHelpAfterError('(livecall --help tells more)')
    .configureOutput({
      writeOut: print,
      outputError: (text, write) => {
        // Of an argument that is none of the choices, commander says `command-argument value`.
        write(text.replace(/^error: (command-argument )?/, 'livecall: '));
      },
    })
    .exitOverride();

  addCallCommands(program, onExit, given);

  program
    .command('show')
    .description('tell a recording as a person reads it')
    .argument('<file>', 'the recording, - for standard input')
    .addOption(new Option('--json', 'as one JSON object').conflicts('html'))
    .addOption(
      new Option('--wall', 'the time of day, not since the first dial').conflicts(['json', 'html']),
    )
    .addOption(new Option('--follow', 'what comes, too, while it is recorded').conflicts('html'))
    .addOption(
      new Option('--play', 'each when its time has come').conflicts(['json', 'follow', 'html']),
    )
    .option('--speed <n>', 'with --play: how many times faster', toFactor)
    .option('--max-idle <time>', 'with --play: the longest silence that is kept', toTime)
    .option(
      '--html <page>',
      'as a page to look at in a browser, redacted; one that exists is never overwritten',
    )
    .option('--mask-transcripts', 'mask the words of the call in the page')
    .addOption(defaultCountry())
    .addHelpText(
      'after',
      `
The page is one file with all that it needs: no network, no livecall where it is
opened. Phone numbers are taken out of it as \`livecall redact\` does.

  $ livecall show call.ndjson --html call.html`,
    )
    .action(async (path: string, flags: ShowFlags) => {
      const { html, maskTranscripts, keepPhones, defaultCountry: countries, ...textFlags } = flags;
      if (html === undefined) {
        const { runShow } = await import('./commands/show.js');
        onExit(await runShow(path, textFlags));
        return;
      }
      const { assertPlayed } = await import('./commands/show.js');
      assertPlayed(textFlags);
      const { showHtml } = await import('./commands/show-html.js');
      await showHtml(path, {
        html,
        ...(maskTranscripts !== undefined && { maskTranscripts }),
        ...(keepPhones !== undefined && { keepPhones }),
        ...(countries !== undefined && { defaultCountry: countries }),
      });
      onExit(exitCodes.ok);
    });

  program
    .command('check')
    .description('say what is wrong with recordings, one line a problem')
    .argument('<file|folder...>', 'recordings, or folders of them; - for standard input')
    .option('--json', 'as one JSON object a line')
    .option('--secrets', 'say, too, what should not stand in them: tokens, phone numbers, words')
    .addOption(defaultCountry())
    .action(async (paths: string[], flags: CheckFlags) => {
      const { runCheck } = await import('./commands/check.js');
      onExit(await runCheck(paths, flags));
    });

  program
    .command('redact')
    .description('write a recording anew, without phone numbers, tokens or words')
    .argument('<in>', 'the recording, - for standard input')
    .argument(
      '<out>',
      'the recording to create; one that exists is never overwritten; - for standard output',
    )
    .option('--mask-transcripts', 'mask the words of the call; length and punctuation stay')
    .option('--keep-phones', 'keep the phone numbers')
    .addOption(defaultCountry())
    .addHelpText(
      'after',
      `
Phone numbers are replaced with fictional ones, the same by the same, in words
too. Names, addresses and what else is said stay, unless the words are masked:
${findPage('privacy')}.

  $ livecall redact call.ndjson recordings/refund-scam.ndjson`,
    )
    .action(async (path: string, out: string, flags: RedactFlags) => {
      const { runRedact } = await import('./commands/redact.js');
      onExit(await runRedact(path, out, flags));
    });

  program
    .command('repair')
    .description('complete a recording whose recorder died')
    .argument('<file>', 'the recording, which is replaced by the whole one')
    .option('--out <file>', 'where to write it instead; one that exists is never overwritten')
    .addHelpText(
      'after',
      `
A torn last line is dropped, a connection that was open is closed as cut (1006),
the end is added, and nothing else is changed. A recording that is whole is left
alone.`,
    )
    .action(async (path: string, flags: RepairFlags) => {
      const { runRepair } = await import('./commands/repair.js');
      onExit(await runRepair(path, flags));
    });

  addRecordingCommands(program, onExit);

  program
    .command('console')
    .description('look at calls in a page, in the browser')
    .argument('[file|folder...]', 'recordings, or folders of them')
    .option('--port <n>', 'the port to listen on, 0 for a free one', toPort, 0)
    .option('--no-open', 'open no browser')
    .addHelpText(
      'after',
      `
Without a path, it is this folder, and those in it. The first line on standard
output is the URL, with a key: it answers to this machine alone, and to who has
the key. A recording that is being written is followed as it grows.

  $ livecall console recordings
  $ livecall record … --console      # a call, live`,
    )
    .action(async (paths: string[], flags: ConsoleFlags) => {
      const { runConsole } = await import('./commands/console.js');
      onExit(await runConsole(paths, flags));
    });

  program
    .command('help')
    .description('print the help of a command')
    .argument('[command]')
    .action(async (command?: string) => {
      const isKnown = program.commands.some((known) => known.name() === command);
      // What is unknown is answered as where it is called.
      const asked = [...(command === undefined ? [] : [command]), ...(isKnown ? ['--help'] : [])];
      await program.parseAsync(asked.length === 0 ? ['--help'] : asked, { from: 'user' });
    });

  program
    .command('completion')
    .description('print what completes the command line in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `
  $ source <(livecall completion bash)         # in ~/.bashrc; zsh likewise
  $ livecall completion fish | source          # in ~/.config/fish/config.fish`,
    )
    .action(async (shell: Shell) => {
      const { toCompletion } = await import('./to-completion.js');
      const { describeProgram } = await import('./describe-program.js');
      onExit(await printPage(toCompletion(describeProgram(program), shell)));
    });

  program
    .command('man')
    .description('print the manual, for man')
    .addHelpText('after', '\n  $ livecall man | man -l -')
    .action(async () => {
      const { toManPage } = await import('./to-man-page.js');
      const { describeProgram } = await import('./describe-program.js');
      onExit(await printPage(toManPage(describeProgram(program))));
    });

  const rules: Readonly<Record<string, OptionRules>> = {
    record: { required: ['url'], only: { 'cookie-file': 'relay', 'no-open': 'console' } },
    proxy: { required: ['url', 'out-dir'], only: { 'no-open': 'console' } },
    check: { only: { 'default-country': 'secrets' } },
    show: { only: { 'mask-transcripts': 'html', 'default-country': 'html' } },
    list: { takesStreams: false },
    search: { takesStreams: false },
    repair: { takesStreams: false },
    console: { takesStreams: false },
    cut: { required: ['out'] },
    import: { required: ['out'] },
  };
  for (const command of program.commands) {
    command.showHelpAfterError(`(livecall ${command.name()} --help tells more)`);
    checkOptions(command, rules[command.name()]);
  }
  return program;
}

async function printPage(text: string): Promise<number> {
  const { writeText } = await import('./write-recording.js');
  await writeText([text], '-');
  return exitCodes.ok;
}

function describeExitCodes(command: Command): string {
  const help = command.createHelp();
  return Object.entries(exitCodeMeanings)
    .map(([name, meaning]) => {
      const code = String(exitCodes[name as keyof typeof exitCodes]).padEnd(5);
      return `  ${code}${help.boxWrap(meaning, 72).replaceAll('\n', `\n${' '.repeat(7)}`)}`;
    })
    .join('\n');
}

function readVersion(): string {
  const manifest = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  return manifest.version;
}
