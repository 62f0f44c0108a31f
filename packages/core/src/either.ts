import type { Either } from 'fp-ts/lib/Either.js';

/*
 * An `Either` as fp-ts makes it: its own functions take one for theirs. `fp-ts/lib/Either.js`, which
 * is what plain Node finds, is CommonJS and cannot be shaken: `left` alone is 27 kB of a page.
 */

/** What failed. */
export const left = <E>(left: E): Either<E, never> => ({ _tag: 'Left', left });

/** What came of it. */
export const right = <A>(right: A): Either<never, A> => ({ _tag: 'Right', right });
