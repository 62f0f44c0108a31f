import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { expect, it, onTestFinished, vi } from 'vitest';

import { ExitError } from './exit-error.js';
import { findToken, toDescriptor } from './token-source.js';
import type { TokenSource } from './token-source.js';

const source: TokenSource = {
  name: 'access token',
  variable: 'LIVECALL_ACCESS_TOKEN',
  flag: '--access-token-file',
  path: undefined,
  given: {},
};

const inEnvironment = (token: string | undefined): TokenSource => ({
  ...source,
  given: token === undefined ? {} : { LIVECALL_ACCESS_TOKEN: token },
});

function toFile(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'livecall-token-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, 'token');
  writeFileSync(path, content);
  return path;
}

/** Asks for the token as a dial does. */
function ask(token: ReturnType<typeof findToken>): unknown {
  return typeof token === 'function' ? token({ reason: 'connect' }) : token;
}

function refusalOf(work: () => unknown): ExitError {
  try {
    work();
  } catch (error) {
    if (error instanceof ExitError) return error;
  }
  throw new Error('There was no ExitError.');
}

it('takes the token from the environment, without white space around it', () => {
  const onToken = vi.fn();

  expect(findToken(inEnvironment(' s3cret\n'), onToken)).toBe('s3cret');
  expect(onToken.mock.calls).toEqual([['s3cret']]);
});

it.each([undefined, '', '  \n'])('finds no token in the environment that has %j', (value) => {
  const onToken = vi.fn();
  const { exitCode, message } = refusalOf(() => findToken(inEnvironment(value), onToken));

  expect(exitCode).toBe(2);
  expect(message).toBe(
    'There is no access token: set LIVECALL_ACCESS_TOKEN, or name a file with --access-token-file.',
  );
  expect(onToken).not.toHaveBeenCalled();
});

it('takes the token from its file rather than from the environment', () => {
  const onToken = vi.fn();
  const token = findToken(
    { ...inEnvironment('from-the-environment'), path: toFile('from-a-file\r\n') },
    onToken,
  );

  expect(onToken.mock.calls).toEqual([['from-a-file']]);
  expect(ask(token)).toBe('from-a-file');
});

it('reads the file anew for every dial, and tells of every token before it is used', () => {
  const path = toFile('first');
  const onToken = vi.fn();
  const token = findToken({ ...source, path }, onToken);

  expect(ask(token)).toBe('first');
  writeFileSync(path, 'second');
  expect(ask(token)).toBe('second');
  expect(onToken.mock.calls).toEqual([['first'], ['first'], ['second']]);
});

it('does not take an empty file for a token, neither at first nor later', () => {
  const path = toFile('\n');
  const isEmpty = `${path}: the access token is empty.`;
  const refusal = refusalOf(() => findToken({ ...source, path }, vi.fn()));
  expect(refusal.exitCode).toBe(2);
  expect(refusal.message).toBe(isEmpty);

  writeFileSync(path, 'first');
  const token = findToken({ ...source, path }, vi.fn());
  writeFileSync(path, '');
  expect(refusalOf(() => ask(token)).message).toBe(isEmpty);
});

it.each(['two words', 'two\nlines', 'caf\u00e9'])(
  'does not take %j for a token, wherever it stands, nor repeat it',
  (content) => {
    const path = toFile(content);
    const onToken = vi.fn();
    const isNone = 'the access token holds a space, a line end or a character that no token has.';

    expect(refusalOf(() => findToken(inEnvironment(content), onToken)).message).toBe(
      `LIVECALL_ACCESS_TOKEN: ${isNone}`,
    );
    expect(refusalOf(() => findToken({ ...source, path }, onToken)).message).toBe(
      `${path}: ${isNone}`,
    );
    expect(onToken).not.toHaveBeenCalled();
  },
);

it.each([
  ['does not exist', 'ENOENT', () => join(tmpdir(), 'livecall-no-such-folder', 'token')],
  ['is a folder', 'EISDIR', () => dirname(toFile(''))],
  ['cannot be read (ENOTDIR)', 'ENOTDIR', () => join(toFile(''), 'token')],
])('says that the file %s', (what, code, toPath) => {
  const path = toPath();
  const error = refusalOf(() => findToken({ ...source, path }, vi.fn()));

  expect(error.exitCode).toBe(66);
  expect(error.message).toBe(`${path}: the file for the access token ${what}.`);
  expect(error.cause).toMatchObject({ code });
});

it.each(['"s3cret"', "'s3cret'", '""'])(
  'says that %s has quotes that an env-file kept',
  (content) => {
    const problem =
      'the access token has quotes around it, which an env-file keeps; take them away.';

    expect(refusalOf(() => findToken(inEnvironment(content), vi.fn())).message).toBe(
      `LIVECALL_ACCESS_TOKEN: ${problem}`,
    );
    const path = toFile(`${content}\n`);
    expect(refusalOf(() => findToken({ ...source, path }, vi.fn())).message).toBe(
      `${path}: ${problem}`,
    );
  },
);

it('takes a quote that is not around it for a part of the token', () => {
  expect(findToken(inEnvironment('s3"cret'), vi.fn())).toBe('s3"cret');
});

it('tells once of a token that is too long for many proxies', () => {
  const path = toFile('x'.repeat(8_001));
  const warn = vi.fn();
  const token = findToken({ ...source, path }, vi.fn(), warn);
  ask(token);
  ask(token);

  expect(warn.mock.calls).toEqual([
    [
      `${path}: the access token is 8001 bytes long; many proxies and servers take no more than 8 kB, and answer 400, 414 or 431`,
    ],
  ]);
});

it.runIf(process.platform === 'linux')('reads no device to an end that it does not have', () => {
  const { exitCode, message } = refusalOf(() =>
    findToken({ ...source, path: '/dev/zero' }, vi.fn()),
  );

  expect(exitCode).toBe(2);
  expect(message).toBe('/dev/zero: the access token is longer than any token.');
});

it('says nothing of a token of 8 kB', () => {
  const warn = vi.fn();
  findToken(inEnvironment('x'.repeat(8_000)), vi.fn(), warn);

  expect(warn).not.toHaveBeenCalled();
});

it.each([
  ['-', 0],
  ['/dev/stdin', 0],
  ['/dev/fd/63', 63],
  ['/proc/self/fd/0', 0],
  ['/dev/fd/', undefined],
  ['/dev/fd/x', undefined],
  ['token', undefined],
])('finds in the path %s the descriptor %s', (path, descriptor) => {
  expect(toDescriptor(path)).toBe(descriptor);
});
