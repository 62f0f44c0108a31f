import { readFileSync } from 'node:fs';

import { isUsableToken } from '@livecall/core/internal';

import { exitCodes, ExitError } from './exit-error.js';

/** What stood in the environment that is secret. */
export type GivenSecrets = Readonly<Partial<Record<string, string>>>;

const variables = [
  'LIVECALL_ACCESS_TOKEN',
  'LIVECALL_CONVERSATION_TOKEN',
  'NATS_PASSWORD',
  'NATS_TOKEN',
] as const;

/** Takes the secrets out of the environment: what is left there stands in a crash report of Node's. */
export function takeSecrets(environment: NodeJS.ProcessEnv): GivenSecrets {
  const given = Object.fromEntries(
    variables.flatMap((variable) => {
      const secret = environment[variable];
      return secret === undefined || secret === '' ? [] : [[variable, secret]];
    }),
  );
  for (const variable of variables) Reflect.deleteProperty(environment, variable);
  return given;
}

/** Where a token comes from: its file, or the environment; never a flag, which every process can read. */
export interface TokenSource {
  /** How it is called, `access token` for one. */
  readonly name: string;
  readonly variable: (typeof variables)[number];
  readonly path: string | undefined;
  readonly given: GivenSecrets;
}

/**
 * Finds a token; nothing where none is given. A file is read each time, so that a token that was
 * renewed there is found.
 *
 * @throws ExitError for one that cannot be used, or a file that cannot be read
 */
export function findToken({ name, variable, path, given }: TokenSource): string | undefined {
  const token = path === undefined ? given[variable]?.trim() : readSecretFile(path, name).trim();
  if (token === undefined || isUsableToken(token)) return token;
  throw new ExitError(
    exitCodes.usage,
    `${path ?? variable}: the ${name} is empty, or holds a character that no token has.`,
  );
}

/** Reads a file that holds a secret; `-` is standard input. */
export function readSecretFile(path: string, name: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (cause) {
    const code = (cause as { readonly code?: string }).code ?? 'unknown';
    const what = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new ExitError(exitCodes.noInput, `${path}: the file for the ${name} ${what}.`, { cause });
  }
}
