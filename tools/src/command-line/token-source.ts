import { closeSync, openSync, readSync, statSync } from 'node:fs';

import type { Token } from '@livecall/core';
import { isUsableToken, systemCode } from '@livecall/core/internal';

import { exitCodes, ExitError } from './exit-error.js';
import { say } from './say.js';
import { sayWaiting } from './say-waiting.js';
import type { GivenTokens } from './take-tokens.js';

/** Where the command line finds one token. */
export interface TokenSource {
  /** How it is called, `access token` for one. */
  readonly name: string;
  /** The environment variable that may hold it. */
  readonly variable: string;
  /** The flag that names its file. */
  readonly flag: string;
  /** The file, `-` for standard input; the environment where it is not given. */
  readonly path: string | undefined;
  /** The tokens that stood in the environment. */
  readonly given: GivenTokens;
  /** Whether it may be used as it is. @default isUsableToken */
  readonly isUsable?: (token: string) => boolean;
}

/** What usual proxies and servers have room for in a line: a header of Apache, a buffer of nginx. */
const USUAL_LINE_BYTES = 8_000;

/** No token is longer; a device that never ends is. */
const MOST_BYTES = 1024 * 1024;

/**
 * Finds a token: in its file, or in the environment, never in a flag or a URL, which every process
 * of the machine can read.
 *
 * A file is read anew for every dial, so that a token that was renewed there is found. What is no
 * regular file (a pipe, `<(command)`, standard input) gives its token once; it is kept.
 *
 * @param onToken hears every token before it is used
 * @param warn tells what may become a problem
 * @returns the token, or a function for `webSocketTransport`
 */
export function findToken(
  source: TokenSource,
  onToken: (token: string) => void,
  warn: (message: string) => void = say,
): Token {
  const { name, variable, flag, path, given, isUsable = isUsableToken } = source;
  const place = path === '-' ? 'standard input' : (path ?? variable);
  let isWarned = false;
  const use = (token: string): string => {
    const problem = toProblem(token, name, isUsable);
    if (problem !== undefined) {
      throw new ExitError(exitCodes.usage, `${place}: the ${name} ${problem}.`);
    }
    if (token.length > USUAL_LINE_BYTES && !isWarned) {
      isWarned = true;
      warn(
        `${place}: the ${name} is ${token.length} bytes long; many proxies and servers take no more ` +
          'than 8 kB, and answer 400, 414 or 431',
      );
    }
    onToken(token);
    return token;
  };

  if (path === undefined) {
    const token = given[variable]?.trim() ?? '';
    if (token !== '') return use(token);
    throw new ExitError(
      exitCodes.usage,
      `There is no ${name}: set ${variable}, or name a file with ${flag}.`,
    );
  }
  const first = use(readToken(source, path));
  if (!isRegularFile(path)) return first;
  return () => use(isRegularFile(path) === false ? first : readToken(source, path));
}

/** The descriptor that a path names, which can be read but not opened again where it is a socket. */
export function toDescriptor(path: string): number | undefined {
  if (path === '-' || path === '/dev/stdin') return 0;
  const [, number] = /^(?:\/dev|\/proc\/self)\/fd\/(\d+)$/.exec(path) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** Whether a path is a regular file; `undefined` where there is nothing. */
function isRegularFile(path: string): boolean | undefined {
  if (toDescriptor(path) !== undefined) return false;
  try {
    return statSync(path).isFile();
  } catch {
    return undefined;
  }
}

function toProblem(
  token: string,
  name: string,
  isUsable: (token: string) => boolean,
): string | undefined {
  if (token === '') return 'is empty';
  if (token.length > MOST_BYTES / 2) return 'is longer than any token';
  if (/^(["']).*\1$/s.test(token)) {
    return 'has quotes around it, which an env-file keeps; take them away';
  }
  return isUsable(token)
    ? undefined
    : `holds a space, a line end or a character that no ${name.includes('token') ? 'token' : name} has`;
}

function readToken({ name }: TokenSource, path: string): string {
  try {
    const descriptor = toDescriptor(path);
    if (descriptor === 0) sayWaiting(`the ${name}`);
    if (descriptor !== undefined) return readWhole(descriptor);
    if (statSync(path).isFIFO()) say(`waiting for the ${name} from ${path}`);
    const opened = openSync(path, 'r');
    try {
      return readWhole(opened);
    } finally {
      closeSync(opened);
    }
  } catch (cause) {
    const code = systemCode(cause);
    const what =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'EISDIR'
          ? 'is a folder'
          : `cannot be read (${code})`;
    throw new ExitError(exitCodes.noInput, `${path}: the file for the ${name} ${what}.`, { cause });
  }
}

/** How long to wait for a pipe that is not to block. Signals are heard meanwhile, as they are not listened to yet. */
const LOOK_EVERY_MS = 10;

function readWhole(descriptor: number): string {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.alloc(64 * 1024);
    try {
      const length = readSync(descriptor, chunk);
      total += length;
      if (length === 0 || total > MOST_BYTES) return Buffer.concat(chunks).toString('utf8').trim();
      chunks.push(chunk.subarray(0, length));
    } catch (error) {
      // Who gave the pipe has set it so: ssh, for one.
      if (systemCode(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
    }
  }
}
