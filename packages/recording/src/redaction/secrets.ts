import { tokenForms } from '@livecall/core/internal';

import { createFormIndex } from './form-index.js';
import type { FormIndex } from './form-index.js';
import { CONCEALED } from './mask-credentials.js';

/** The credentials of a live call, in every form that could give one away. */
export interface Secrets {
  /** Adds a token that is in use. One of less than 8 characters is passed over: it would be a word. */
  add(token: string): void;
  /**
   * Replaces whatever of them stands in `text`; the same string when nothing does. It takes as long
   * for a thousand tokens as for one.
   */
  conceal(text: string): string;
}

/**
 * Keeps the tokens in memory and nowhere else.
 *
 * @example
 * import { createSecrets } from '@livecall/recording';
 *
 * const secrets = createSecrets(['an-access-token']);
 * secrets.add('a-conversation-token');
 * console.log(secrets.conceal('sent with an-access-token')); // => sent with [redacted]
 */
export function createSecrets(tokens: readonly string[] = []): Secrets {
  // Made for the first: a recording of a transport that has none keeps nothing for them.
  let index: FormIndex | undefined;
  const add = (token: string) => {
    for (const form of tokenForms(token)) (index ??= createFormIndex()).add(form);
  };
  tokens.forEach(add);

  return {
    add,
    conceal(text) {
      const found = index?.find(text) ?? NONE;
      if (found.length === 0) return text;
      const kept = found.map(({ start }, number) => text.slice(found[number - 1]?.end ?? 0, start));
      return [...kept, text.slice(found.at(-1)?.end)].join(CONCEALED);
    },
  };
}

const NONE: readonly never[] = [];
