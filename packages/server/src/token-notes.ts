import type { Frame, Token } from '@livecall/core';
import { tokenForms } from '@livecall/core/internal';
import { from, isObservable, tap } from 'rxjs';

/** So many values of one function are remembered: a platform may still say the one before. */
const MOST_VALUES = 4;

/** A token that is used in the place of the app's, and what it has given so far. */
export interface NotedToken {
  readonly token: Token;
  /** Every form in which a text gives one of its values away. */
  readonly forms: () => readonly string[];
}

type TokenFunction = Exclude<Token, string>;

/**
 * Takes note of what tokens give, so that none of it gets any further. The same function gives the
 * same noted one: whether it runs already is told by the function.
 */
export function createTokenNotes(): (token: Token) => NotedToken {
  const known = new WeakMap<TokenFunction, NotedToken>();

  const noteFunction = (given: TokenFunction): NotedToken => {
    let values: readonly string[] = [];
    let forms: readonly string[] = [];
    const note = (value: unknown) => {
      if (typeof value !== 'string' || values.includes(value)) return;
      values = [value, ...values].slice(0, MOST_VALUES);
      forms = values.flatMap(tokenForms);
    };
    return {
      forms: () => forms,
      token: (request) => {
        const token = given(request);
        if (typeof token === 'string') {
          note(token);
          return token;
        }
        return from(isObservable(token) ? token : Promise.resolve(token)).pipe(
          tap((value) => {
            note(value);
          }),
        );
      },
    };
  };

  return (given) => {
    if (typeof given !== 'function') {
      const forms = tokenForms(given);
      return { token: given, forms: () => forms };
    }
    const noted = known.get(given) ?? noteFunction(given);
    known.set(given, noted);
    return noted;
  };
}

/** The same text or bytes with a `*` for everything that gives a token away. */
export function hideTokens<A extends Frame>(frame: A, forms: readonly string[]): A {
  if (typeof frame === 'string') {
    let text: string = frame;
    for (const form of forms) {
      if (text.includes(form)) text = text.replaceAll(form, '*'.repeat(form.length));
    }
    return text as A;
  }
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  // Of the bytes that came, a copy is made where it must be.
  return forms.some((form) => bytes.includes(form))
    ? (Uint8Array.from(
        Buffer.from(hideTokens(bytes.toString('latin1'), forms), 'latin1'),
      ) as Frame as A)
    : frame;
}
