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
  // Made with the first: a recording of a transport that has none keeps nothing for them.
  let index: FormIndex | undefined;
  let used: Map<string, TokenForms> | undefined;
  const add = (token: string) => {
    used ??= new Map();
    if (used.has(token)) return;
    const known = recall(token);
    used.set(token, known);
    for (const form of known.forms) (index ??= createFormIndex()).add(form);
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

interface TokenForms {
  readonly token: string;
  readonly forms: readonly string[];
}

/**
 * What was made last: calls have their access token in common, and the forms of one of a kilobyte are
 * 12, which took half a millisecond to make. Whoever searches for them keeps them, and nobody else.
 */
const recent: WeakRef<TokenForms>[] = [];

/** As many as are dialled with at once, about. */
const MOST_RECENT = 8;

function recall(token: string): TokenForms {
  const at = recent.findIndex((each) => each.deref()?.token === token);
  const known = at === -1 ? undefined : recent.splice(at, 1)[0]?.deref();
  const made = known ?? { token, forms: tokenForms(token) };
  recent.unshift(new WeakRef(made));
  recent.length = Math.min(recent.length, MOST_RECENT);
  return made;
}
