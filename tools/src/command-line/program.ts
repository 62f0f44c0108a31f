import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Argument, Command, Help, InvalidArgumentError, Option } from 'commander';

import { addRecordingCommands } from './add-recording-commands.js';
import { checkOptions } from './check-options.js';
import { defaultCountry } from './default-country.js';
import { exitCodeMeanings, exitCodes } from './exit-error.js';
import type { CheckFlags } from './commands/check.js';
import type { ConsoleFlags } from './commands/console.js';
import type { ProxyFlags } from './commands/proxy.js';
import type { RecordFlags } from './commands/record.js';
import type { RedactFlags } from './commands/redact.js';
import type { RepairFlags } from './commands/repair.js';
import type { ReplayFlags } from './commands/replay.js';
import type { ShowHtmlFlags } from './commands/show-html.js';
import type { ShowFlags as TextFlags } from './commands/show.js';
import type { GivenTokens } from './take-tokens.js';
import type { Shell } from './to-completion.js';
import { toPatience, toTime } from './to-time.js';

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

  program
    .command('record')
    .description('follow a call, show it, and write it to a new file')
    .addOption(url('the endpoint, wss://HOST/ws/v1/liveCalls'))
    .option(
      '--out <file>',
      'the recording to create, else it is named by the date; one that exists is never overwritten; - for standard output',
    )
    .option('--join-after <time>', 'join the call so long after it was connected', toTime)
    .option('--end-after <time>', 'end the call so long after it was connected', toTime)
    .option('--title <title>', 'what happens in the recording, in a sentence')
    .option('--json', 'show the call as the recording has it, not in words')
    .option('--no-keys', 'take no keys from the terminal')
    .option('--access-token-file <path>', 'a file with the access token, - for standard input')
    .option(
      '--conversation-token-file <path>',
      'a file with the conversation token, - for standard input',
    )
    .option('--relay', "the URL is that of an app's relay: follow the call as a page of it does")
    .option(
      '--cookie-file <path>',
      "a file with the cookie of the app's login, for --relay; else LIVECALL_COOKIE",
    )
    .option('--mask-transcripts', 'mask the words of the call in the recording')
    .addOption(defaultCountry())
    .option('--proxy <url>', 'the HTTP proxy on the way; else HTTPS_PROXY, unless NO_PROXY')
    .option('--no-proxy', 'dial without one')
    .option('--retries <n>', 'dial again so often in a row at most, and for 90 s', toCount)
    .addOption(
      new Option('--timeout <time>', 'how long the server has to answer a dial')
        .argParser(toPatience)
        .default(10_000, '10s'),
    )
    .option('--console', 'show the call in a page of this machine, too, with Join and End')
    .option('--no-open', 'open no browser with --console')
    .addHelpText(
      'after',
      `
Tokens come from LIVECALL_ACCESS_TOKEN and LIVECALL_CONVERSATION_TOKEN, or from
the files. On a terminal, j joins the call, e pressed twice ends it, and q or
Ctrl-C stops the recording; the call goes on. A job in the background takes no
keys.

  $ livecall record --url wss://HOST/ws/v1/liveCalls --out call.ndjson
  $ livecall record --relay --url https://APP/livecall/ID --out call.ndjson`,
    )
    .action(async (flags: RecordFlags) => {
      const { runRecord } = await import('./commands/record.js');
      onExit(await runRecord(flags, given));
    });

  program
    .command('replay')
    .description('serve recordings as a fake server')
    .argument('<file|folder...>', 'recordings, or folders of them')
    .option('--port <n>', 'the port to listen on, 0 for a free one', toPort, 0)
    .option('--host <host>', 'the address to listen on', '127.0.0.1')
    .addOption(
      new Option('--pace <pace>', 'how time is spent')
        .choices(['recorded', 'instant'])
        .default('recorded'),
    )
    .option('--speed <n>', 'how many times faster than recorded', toFactor)
    .option('--max-idle <time>', 'the longest silence that is kept', toTime)
    .addOption(
      new Option('--match <level>', 'how closely the client must follow')
        .choices(['strict', 'typed', 'loose'])
        .default('typed'),
    )
    .option(
      '--wait <time>',
      'how long to wait for what the client is to do (default: forever; with --once 5s)',
      toTime,
    )
    .option(
      '--fault <fault>',
      'what goes wrong, close:frames=3,code=1011 for one; can be given several times',
      collect,
    )
    .option(
      '--allow-origin <origin>',
      "let clients in that send this Origin, besides the server's own; can be given several times",
      collect,
    )
    .option('--verbose', 'tell what each client does, and what it is sent, by type')
    .option('--once', 'end after one call, with 1 where the client departed from the recording')
    .addHelpText(
      'after',
      `
The first line on standard output is the URL to dial. With several recordings,
the conversation token says which: a file's name without .ndjson. Any access
token will do.

Faults: close, stall, insert, delay, postpone, drop, duplicate, reorder, garble,
replace, refuse, fail. Each is followed by its options, which are listed in
${page('testing')}.

  $ livecall replay call.ndjson --port 4000
  $ livecall replay call.ndjson --fault refuse:status=503,times=2`,
    )
    .action(async (paths: string[], flags: ReplayFlags) => {
      const { runReplay } = await import('./commands/replay.js');
      onExit(await runReplay(paths, flags));
    });

  program
    .command('proxy')
    .description("record an app's calls on their way to the platform")
    .addOption(url('the platform, wss://HOST/ws/v1/liveCalls'))
    .option('--out-dir <folder>', 'where the recordings go, one file a call')
    .option('--port <n>', 'the port to listen on, 0 for a free one', toPort, 0)
    .option('--host <host>', 'the address to listen on', '127.0.0.1')
    .option('--proxy <url>', 'the HTTP proxy on the way; else HTTPS_PROXY, unless NO_PROXY')
    .option('--no-proxy', 'dial without one')
    .addOption(
      new Option('--rejoin-within <time>', 'how long a dropped call may take to dial again')
        .argParser(toTime)
        .default(30_000, '30s'),
    )
    .option(
      '--allow-origin <origin>',
      "let clients in that send this Origin, besides the server's own; can be given several times",
      collect,
    )
    .option('--mask-transcripts', 'mask the words of the calls in the recordings')
    .addOption(defaultCountry())
    .addHelpText(
      'after',
      `
The first line on standard output is the URL that the app is to dial, with its
own tokens.

  $ livecall proxy --url wss://HOST/ws/v1/liveCalls --out-dir recordings`,
    )
    .action(async (flags: ProxyFlags) => {
      const { runProxy } = await import('./commands/proxy.js');
      onExit(await runProxy(flags));
    });

  program
    .command('show')
    .description('tell a recording as a person reads it')
    .argument('<file>', 'the recording, - for standard input')
    .addOption(new Option('--json', 'as one JSON object').conflicts('html'))
    .option('--wall', 'the time of day, not since the first dial')
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
${page('privacy')}.

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

  const required: Readonly<Record<string, readonly string[]>> = {
    record: ['url'],
    proxy: ['url', 'out-dir'],
    cut: ['out'],
    import: ['out'],
  };
  for (const command of program.commands) {
    command.showHelpAfterError(`(livecall ${command.name()} --help tells more)`);
    checkOptions(command, required[command.name()] ?? []);
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

/** A page of the documentation, where it is: in the package, or in the repository that builds it. */
function page(name: string): string {
  const path = `docs/${name}.md`;
  const places = [`../../${path}`, `../../../${path}`].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  const found = places.find((place) => existsSync(place));
  return found === undefined ? path : relative(process.cwd(), found);
}

function readVersion(): string {
  const manifest = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  return manifest.version;
}

const toCount = toNumber(
  (count) => Number.isInteger(count) && count >= 0,
  'a whole number, 0 or more',
);
const toPort = toNumber(
  (port) => Number.isInteger(port) && port >= 0 && port <= 65_535,
  'a whole number, 0 to 65535',
);
const toFactor = toNumber((factor) => factor > 0 && factor < Infinity, 'a number above 0');

/** Of a variable that is empty, the person has said nothing. */
function url(description: string): Option {
  const option = new Option('--url <url>', `${description}; else LIVECALL_URL`);
  return process.env['LIVECALL_URL'] ? option.env('LIVECALL_URL') : option;
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function toNumber(fits: (value: number) => boolean, expected: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (fits(value)) return value;
    throw new InvalidArgumentError(`It should be ${expected}.`);
  };
}
