import { readFileSync } from 'node:fs';

import { Command, InvalidArgumentError, Option } from 'commander';

import { toFleetNames } from '../fleet-names.js';
import { exitCodeMeanings, exitCodes } from './exit-error.js';
import type { EnqueueFlags } from './commands/enqueue.js';
import type { FollowFlags } from './commands/follow.js';
import type { RecordFlags } from './commands/record.js';
import type { SetUpFlags } from './commands/set-up.js';
import type { StatusFlags } from './commands/status.js';
import type { WorkerFlags } from './commands/worker.js';
import type { GivenSecrets } from './find-secret.js';

/**
 * Builds the command line. A command's own code is loaded when it is called.
 *
 * @param onExit takes the exit code of the command that ran
 * @param given the secrets that stood in the environment
 */
export function createProgram(onExit: (exitCode: number) => void, given: GivenSecrets): Command {
  const program = new Command('livecall-fleet')
    .description('Follow live calls with many workers, over NATS JetStream.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', `\nExit codes:\n${describeExitCodes()}`)
    .showHelpAfterError('(livecall-fleet COMMAND --help tells more)')
    .configureOutput({
      outputError: (text, write) => {
        write(text.replace(/^error: /, 'livecall-fleet: '));
      },
    })
    .exitOverride();

  program
    .command('keys')
    .description('make the keys that tokens are sealed by')
    .argument('<file>', "the workers' key to create; the other one is FILE.pub")
    .action(async (path: string) => {
      const { runKeys } = await import('./commands/keys.js');
      onExit(runKeys(path));
    });

  withBroker(
    program
      .command('set-up')
      .description('make what a fleet needs of the NATS server, with other limits than the usual')
      .option('--max-calls-bytes <n>', 'for all calls together (default: 1 GiB)', toCount)
      .option('--max-age <ms>', 'how long what was said is kept (default: a day)', toCount)
      .option('--max-jobs-bytes <n>', 'for the queue (default: 64 MiB)', toCount)
      .option(
        '--ack-wait <ms>',
        "when a silent worker's calls go to others (default: 5000)",
        toCount,
      )
      .option('--replicas <n>', 'how many servers of a cluster keep it: 1, 3 or 5', toCount),
  ).action(async (flags: SetUpFlags) => {
    const { runSetUp } = await import('./commands/set-up.js');
    onExit(await runSetUp(flags, given));
  });

  withBroker(
    program
      .command('worker')
      .description('follow calls of the queue, until it is stopped')
      .option('--url <url>', 'the endpoint, for jobs that name none; else LIVECALL_URL')
      .option('--key <file>', "the workers' key, which opens the tokens of a job")
      .option('--access-token-file <path>', 'a file with the access token, read for every dial')
      .option('--slots <n>', 'how many calls at once', toCount, 100)
      .option('--name <name>', 'what it is called in status (default: host and process)')
      .option('--drain-timeout <ms>', 'how long others have to take its calls', toMs, 30_000)
      .option('--json', 'tell what it does as one JSON object a line'),
  )
    .addHelpText(
      'after',
      `
The access token comes from the job, the file or LIVECALL_ACCESS_TOKEN. Ctrl-C
or SIGTERM gives the calls to other workers, one after the other; a second one
stops at once.`,
    )
    .action(async (flags: WorkerFlags) => {
      const { runWorker } = await import('./commands/worker.js');
      onExit(await runWorker({ ...toUrl(), ...flags }, given));
    });

  withBroker(
    program
      .command('enqueue')
      .description('have a call followed')
      .argument('<call>', 'what the call goes by: letters, digits, - and _; never its token')
      .option('--key <file>', 'the public key that the tokens are sealed with')
      .option('--url <url>', 'the endpoint, where the workers are to use another than their own')
      .option('--access-token-file <path>', 'a file with the access token, - for standard input')
      .option('--conversation-token-file <path>', 'a file with the token, - for standard input')
      .option('--user-id <id>', 'the logged-in user'),
  )
    .addHelpText(
      'after',
      `
Tokens come from LIVECALL_CONVERSATION_TOKEN and LIVECALL_ACCESS_TOKEN, or from
the files; the second may be the workers' own. They leave this process sealed.`,
    )
    .action(async (callId: string, flags: EnqueueFlags) => {
      const { runEnqueue } = await import('./commands/enqueue.js');
      onExit(await runEnqueue(callId, flags, given));
    });

  withBroker(
    program
      .command('follow')
      .description('show a call that a worker follows, from its beginning')
      .argument('<call>', 'the id that it was enqueued under')
      .option('--json', 'every message as one JSON object a line'),
  ).action(async (callId: string, flags: FollowFlags) => {
    const { runFollow } = await import('./commands/follow.js');
    onExit(await runFollow(callId, flags, given));
  });

  withBroker(
    program
      .command('record')
      .description("write what is stored of a call to a new file, and go on until the call's end")
      .argument('<call>', 'the id that it was enqueued under')
      .requiredOption(
        '--out <file>',
        'the recording to create; one that exists is never overwritten',
      )
      .option('--now', 'stop with what is stored by now')
      .option('--mask-transcripts', 'mask the words of the call in the recording')
      .option('--default-country <codes>', 'whose national numbers are recognised', 'US'),
  ).action(async (callId: string, flags: RecordFlags) => {
    const { runRecord } = await import('./commands/record.js');
    onExit(await runRecord(callId, flags, given));
  });

  withBroker(
    program
      .command('status')
      .description('say who follows what, and what waits')
      .option('--json', 'as one JSON object'),
  ).action(async (flags: StatusFlags) => {
    const { runStatus } = await import('./commands/status.js');
    onExit(await runStatus(flags, given));
  });

  return program;
}

function withBroker(command: Command): Command {
  return command
    .addOption(
      new Option('--server <url>', 'the NATS server, or several with commas; else NATS_URL')
        .env('NATS_URL')
        .default('nats://127.0.0.1:4222')
        .argParser(toServers),
    )
    .option('--creds <file>', 'NATS credentials; else NATS_USER and NATS_PASSWORD, or NATS_TOKEN')
    .option('--tls-ca <file>', 'the authority of its certificate, where it is none of the system')
    .option('--tls-cert <file>', 'a certificate to show it, with --tls-key <file>')
    .addOption(new Option('--tls-key <file>').hideHelp())
    .option(
      '--domain <name>',
      'the JetStream domain of the fleet, as seen from a leaf node',
      toPrefix,
    )
    .option('--inbox-prefix <name>', 'what its answers come to begins with; one a user', toPrefix)
    .option(
      '--prefix <name>',
      'what the subjects and streams of the fleet begin with',
      toPrefix,
      'livecall',
    );
}

/** Where there is a NATS server: a host, with `nats://` or `tls://` and a port, or without. */
const SERVER = /^(?:(?:nats|tls):\/\/)?(?:[\w.-]+|\[[\da-fA-F:]+\])(?::\d{1,5})?\/?$/;

function toServers(text: string): string {
  const servers = text.split(',').map((server) => server.trim());
  // What has a user in it is told of in its own words, and not repeated.
  if (servers.some((server) => !server.includes('@') && !SERVER.test(server))) {
    throw new InvalidArgumentError('It should be nats://HOST:PORT, or several with commas.');
  }
  return text;
}

function toPrefix(prefix: string): string {
  try {
    toFleetNames({ prefix });
    return prefix;
  } catch {
    throw new InvalidArgumentError('It should be 1 to 128 letters, digits, - and _.');
  }
}

function toUrl(): { readonly url?: string } {
  const url = process.env['LIVECALL_URL'];
  return url === undefined || url === '' ? {} : { url };
}

function describeExitCodes(): string {
  return Object.entries(exitCodeMeanings)
    .map(([name, meaning]) => {
      const code = String(exitCodes[name as keyof typeof exitCodes]).padEnd(5);
      return `  ${code}${meaning}`;
    })
    .join('\n');
}

function readVersion(): string {
  const manifest = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  return manifest.version;
}

const toMs = toNumber((ms) => ms >= 0 && ms < Infinity, 'milliseconds, 0 or more');
const toCount = toNumber(
  (count) => Number.isSafeInteger(count) && count > 0,
  'a whole number, 1 or more',
);

function toNumber(fits: (value: number) => boolean, expected: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (fits(value)) return value;
    throw new InvalidArgumentError(`It should be ${expected}.`);
  };
}
