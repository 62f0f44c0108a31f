import { Option } from 'commander';
import type { Command } from 'commander';

import type { ProxyFlags } from './commands/proxy.js';
import type { RecordFlags } from './commands/record.js';
import type { ReplayFlags } from './commands/replay.js';
import { defaultCountry } from './default-country.js';
import { findPage } from './find-page.js';
import type { GivenTokens } from './take-tokens.js';
import { toCount, toFactor, toPort } from './to-number.js';
import { toPatience, toTime } from './to-time.js';

/**
 * Adds the commands that a call goes through: one that follows it, one that plays it, one in between.
 *
 * @param onExit takes the exit code of the command that ran
 * @param given the tokens that stood in the environment
 */
export function addCallCommands(
  program: Command,
  onExit: (exitCode: number) => void,
  given: GivenTokens,
): void {
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
    .addOption(
      new Option(
        '--relay',
        "the URL is that of an app's relay: follow the call as a page of it does",
      ).conflicts(['accessTokenFile', 'conversationTokenFile']),
    )
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
${findPage('testing')}.

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
    .option('--console', 'show the calls in a page of this machine, too, with Join and End')
    .option('--no-open', 'open no browser with --console')
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
}

/** Of a variable that is empty, the person has said nothing. */
function url(description: string): Option {
  const option = new Option('--url <url>', `${description}; else LIVECALL_URL`);
  return process.env['LIVECALL_URL'] ? option.env('LIVECALL_URL') : option;
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
