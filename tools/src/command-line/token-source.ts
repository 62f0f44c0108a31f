import { readFileSync } from 'node:fs';

import { isUsableToken } from '@livecall/core';
import type { Token } from '@livecall/core';

import { exitCodes, ExitError } from './exit-error.js';
import { systemCode } from '../system-code.js';
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
}

/**
 * Finds a token: in its file, or in the environment, never in a flag or a URL, which every process
 * of the machine can read.
 *
 * @param onToken hears every token before it is used
 * @returns a function for `webSocketTransport`: a file is read anew for every dial, so that a token
 *   that was renewed there is found
 */
export function findToken(source: TokenSource, onToken: (token: string) => void): Token {
  const { name, variable, flag, path, given } = source;
  const place = path === '-' ? 'standard input' : (path ?? variable);
  const use = (token: string): string => {
    if (!isUsableToken(token)) {
      const what =
        token === '' ? 'is empty' : 'holds a space, a line end or a character that no token has';
      throw new ExitError(exitCodes.usage, `${place}: the ${name} ${what}.`);
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
  const read = () => use(readToken(source, path));
  const first = read();
  return path === '-' ? first : read;
}

function readToken({ name }: TokenSource, path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8').trim();
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
