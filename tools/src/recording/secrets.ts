import { CONCEALED } from './mask-credentials.js';

import { tokenForms } from '@livecall/core';

/** The credentials of a live call, in every form that could give one away. */
export interface Secrets {
  /** Adds a token that is in use. One of less than 8 characters is passed over: it would be a word. */
  add(token: string): void;
  /** Replaces whatever of them stands in `text`; the same string when nothing does. */
  conceal(text: string): string;
}

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
  let anyForm: RegExp | undefined;

  const add = (token: string) => {
    for (const form of tokenForms(token)) forms.add(form);
    longestFirst = [...forms].sort((a, b) => b.length - a.length);
    // How the forms begin is enough: whole, they are a regular expression that takes long to make.
    const beginnings = new Set(longestFirst.map((form) => form.slice(0, BEGINNING)));
    if (forms.size > 0) anyForm = new RegExp([...beginnings].map(toPattern).join('|'));
  };
  tokens.forEach(add);

  return {
    add,
    conceal: (text) =>
      // Nearly no text has one that begins, which one look tells.
      anyForm?.test(text) === true
        ? longestFirst.reduce((concealed, form) => concealed.replaceAll(form, CONCEALED), text)
        : text,
  };
}

/** No form is shorter than a token that is searched for. */
const BEGINNING = 8;

/** As a regular expression that finds `text` itself. */
function toPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
