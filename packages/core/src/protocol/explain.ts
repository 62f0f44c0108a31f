import type { Context, Errors } from 'io-ts';

import type { Explanation } from '../message.js';

/**
 * Puts the failure of an io-ts codec in words that can be logged. io-ts's own reporters print the
 * offending value.
 *
 * It speaks of the deepest place that failed: in a union, the member that came closest.
 *
 * @example
 * import { explain, Transcript } from '@livecall/core/codecs';
 *
 * const decoded = Transcript.decode({ type: 'transcript', msg: 'Hello?', role: 'caller' });
 * if (decoded._tag === 'Left') console.log(explain(decoded.left).path); // => role
 */
export function explain(errors: Errors): Explanation {
  const context = errors.reduce<Context>(
    (deepest, { context }) => (context.length > deepest.length ? context : deepest),
    [],
  );
  // Unions and intersections number their members; what was expected stands in the field they are of.
  const fields = context.filter(({ key }) => !/^\d+$/.test(key));
  return {
    path: fields
      .map(({ key }) => key)
      .filter((key) => key !== '')
      .join('.'),
    expected: fields.at(-1)?.type.name ?? 'known',
  };
}
