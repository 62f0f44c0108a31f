import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { run } from './fixtures/livecall.js';

/* What the command line says of itself, and of commands that it does not understand. */

const { version } = JSON.parse(readFileSync('tools/package.json', 'utf8')) as { version: string };

it.concurrent.each(['--version', '-V'])('prints its version with %s', async (flag) => {
  expect(await run([flag])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
});

const commands = [
  ...(['record', 'replay', 'proxy', 'show', 'check', 'redact', 'repair'] as const),
  ...(['list', 'search', 'stats', 'diff', 'cut', 'export', 'import', 'completion', 'man'] as const),
];

it.concurrent.each([['--help'], ['-h'], ['help']])(
  'prints its commands and exit codes with %s',
  async (flag) => {
    const { exitCode, stdout, stderr } = await run([flag]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const command of [...commands, 'help']) {
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
    for (const code of [0, 1, 2, 65, 66, 69, 73, 74, 76, 77, 129, 130, 143]) {
      expect(stdout).toMatch(new RegExp(`^  ${code} +\\w`, 'm'));
    }
    expect(toWidth(stdout)).toBeLessThanOrEqual(80);
  },
);

it.concurrent.each([...commands, 'help'])('prints how %s is called', async (command) => {
  const { exitCode, stdout, stderr } = await run([command, '--help']);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`^Usage: livecall ${command} `));
  expect(toWidth(stdout)).toBeLessThanOrEqual(80);
  expect(await run(['help', command])).toEqual({ exitCode, stdout, stderr });
});

function toWidth(text: string): number {
  return Math.max(...text.split('\n').map(({ length }) => length));
}

it.concurrent('takes LIVECALL_URL for the URL that is not given', async () => {
  const args = ['record', '--out', 'call.ndjson'];
  const { stderr } = await run(args, { env: { LIVECALL_URL: 'wss://calls.invalid/' } });

  expect(stderr).toContain('There is no access token');
  expect(await run(args, { env: { LIVECALL_URL: '' } })).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("required option '--url <url>' not specified") as unknown,
  });
});

it.concurrent('prints its help as an error when it is given no command', async () => {
  const { exitCode, stdout, stderr } = await run([]);

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/^Usage: livecall /);
});

/** Whose help tells more: that of a command that there is. */
function toHelp(args: string): string {
  const [command = ''] = args.split(' ');
  return /^(show|check|replay|record|proxy|cut|list|search|repair)$/.test(command)
    ? `${command} `
    : '';
}

it.concurrent.each<[args: string, said: string]>([
  ['transmogrify', "unknown command 'transmogrify'"],
  ['recrod', "unknown command 'recrod'\n(Did you mean record?)"],
  ['--verbose', "unknown option '--verbose'"],
  ['show --jsno FILE', "unknown option '--jsno'\n(Did you mean --json?)"],
  ['show', "missing required argument 'file'"],
  ['show ', 'an argument is empty; was a variable?'],
  ['list -', "'-' is no file for list: name one"],
  ['search parcel -', "'-' is no file for search: name one"],
  ['repair FILE --out -', "'-' is no file for repair: name one"],
  // Words were shown that were to be masked.
  [
    'show FILE --mask-transcripts',
    "option '--mask-transcripts' says something of --html, which was not given",
  ],
  [
    'show FILE --default-country GB',
    "option '--default-country' says something of --html, which was not given",
  ],
  [
    'check FILE --default-country GB',
    "option '--default-country' says something of --secrets, which was not given",
  ],
  [
    'record --url wss://calls.invalid/ --no-open',
    "option '--no-open' says something of --console, which was not given",
  ],
  ['show FILE --wall --json', "option '--wall' cannot be used with option '--json'"],
  [
    'record --url wss://calls.invalid/ --cookie-file FILE',
    "option '--cookie-file' says something of --relay, which was not given",
  ],
  [
    'record --relay --url https://app.invalid/ --access-token-file FILE',
    "option '--relay' cannot be used with option '--access-token-file <path>'",
  ],
  ['show ONE TWO', "too many arguments for 'show'. Expected 1 argument but got 2."],
  ['check', "missing required argument 'file|folder'"],
  ['replay', "missing required argument 'file|folder'"],
  ['record --out FILE', "required option '--url <url>' not specified"],
  ['cut FILE', "required option '--out <file>' not specified"],
  ['record --url', "option '--url <url>' argument missing"],
  [
    'record --url --out FILE',
    "option '--url <url>' argument '--out' is invalid. It is an option itself; was a variable empty?",
  ],
  [
    'proxy --url= --out-dir .',
    "option '--url <url>' argument '' is invalid. It is empty; was a variable?",
  ],
  ['record --ulr wss://calls.invalid/ --out FILE', "unknown option '--ulr'\n(Did you mean --url?)"],
  ['record --url wss://calls.invalid/ --uot FILE', "unknown option '--uot'\n(Did you mean --out?)"],
  ['help recrod', "unknown command 'recrod'\n(Did you mean record?)"],
  ['proxy --url wss://calls.invalid/', "required option '--out-dir <folder>' not specified"],
  [
    'record --join-after soon',
    "option '--join-after <time>' argument 'soon' is invalid. It should be a time such as 90s, 1m30s or 250ms.",
  ],
  [
    'record --end-after -1',
    "option '--end-after <time>' argument '-1' is invalid. It should be a time such as 90s, 1m30s or 250ms.",
  ],
  [
    'record --retries 1.5',
    "option '--retries <n>' argument '1.5' is invalid. It should be a whole number, 0 or more.",
  ],
  [
    'record --timeout 2147483648',
    "option '--timeout <time>' argument '2147483648' is invalid. It should be a time such as 90s, 1m30s or 250ms.",
  ],
  [
    'replay FILE --port 65536',
    "option '--port <n>' argument '65536' is invalid. It should be a whole number, 0 to 65535.",
  ],
  [
    'replay FILE --pace slow',
    "option '--pace <pace>' argument 'slow' is invalid. Allowed choices are recorded, instant.",
  ],
  [
    'replay FILE --match exact',
    "option '--match <level>' argument 'exact' is invalid. Allowed choices are strict, typed, loose.",
  ],
  [
    'replay FILE --speed 0',
    "option '--speed <n>' argument '0' is invalid. It should be a number above 0.",
  ],
])('does not understand: livecall %s', async (args, said) => {
  expect(await run(args.split(' '))).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `livecall: ${said}\n(livecall ${toHelp(args)}--help tells more)\n`,
  });
});
