/** The credentials of a live call, in every form that could give one away. */
export interface Secrets {
  /** Adds a token that is in use. One of less than 8 characters is passed over: it would be a word. */
  add(token: string): void;
  /** Replaces whatever of them stands in `text`; the same string when nothing does. */
  conceal(text: string): string;
}

/** What stands in a secret's place. */
const CONCEALED = '[redacted]';

/** Shorter strings are no credentials, and stand in many a word. */
const SHORTEST = 8;

/**
 * Keeps the tokens in memory and nowhere else.
 *
 * @example
 * import { createSecrets } from '@livecall/tools';
 *
 * const secrets = createSecrets(['an-access-token']);
 * secrets.add('a-conversation-token');
 * console.log(secrets.conceal('sent with an-access-token')); // => sent with [redacted]
 */
export function createSecrets(tokens: readonly string[] = []): Secrets {
  const forms = new Set<string>();
  let longestFirst: readonly string[] = [];

  const add = (token: string) => {
    if (token.length < SHORTEST) return;
    // A JWT's three parts give it away one by one: the middle one is the claims.
    const parts = token.split('.').filter((part) => part.length >= SHORTEST);
    for (const secret of [token, ...parts]) {
      const bytes = Buffer.from(secret);
      const encoded = [
        encodeURIComponent(secret),
        bytes.toString('base64url'),
        bytes.toString('base64'),
      ];
      for (const form of [secret, ...encoded, JSON.stringify(secret).slice(1, -1)]) forms.add(form);
    }
    longestFirst = [...forms].sort((a, b) => b.length - a.length);
  };
  tokens.forEach(add);

  return {
    add,
    conceal: (text) =>
      longestFirst.reduce((concealed, form) => concealed.replaceAll(form, CONCEALED), text),
  };
}
