import { tokenForms } from './internal/token-forms.js';
import { isError } from './is-error.js';

/**
 * Keeps an error's name, message and code. What else hangs on it (the raw answer of the server,
 * the request with its headers) does not belong in a log; nor do the queries and credentials of the
 * URLs in its message, nor a message that quotes a token all the same, as an agent's may.
 */
export function toHarmless(error: unknown, tokens: readonly string[]): Error {
  if (!isError(error)) return new Error('unknown');
  const message = error.message
    .replaceAll(/\b([a-z]+:\/\/)[^\s/?#'"@]*@/gi, '$1')
    .replaceAll(/\b([a-z]+:\/\/[^\s?#'"]*)[?#][^\s'"]*/gi, '$1')
    // OpenSSL tells its memory addresses and source lines, too; BoringSSL, as Bun has it, does not.
    .replace(/^.*:SSL routines:[^:]*:([^:]+)(?::.*)?$/s, (_all, reason: string) => {
      return `TLS: ${reason.toLowerCase().replaceAll('_', ' ')}`;
    })
    // A certificate can name as many hosts as it likes.
    .replace(/( is not (?:in the )?cert's \w+):.*$/s, '$1');
  const forms = tokens.flatMap(tokenForms);
  const isHarmless = (text: string) => !forms.some((form) => text.includes(form));
  const cause = new Error(
    isHarmless(message) ? message : 'what failed was told with a token in it',
  );
  cause.name = isHarmless(error.name) ? error.name : 'Error';
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && isHarmless(code) ? Object.assign(cause, { code }) : cause;
}
