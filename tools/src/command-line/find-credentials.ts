import type { ServeRequest } from '@livecall/server';

/** Names of headers and parameters whose values let somebody in. */
const CREDENTIAL =
  /(token|secret|passw(or)?d|jwt|auth|authorization|api[-_]?key|key|session|sid|signature|sig|credentials?)$/i;

/**
 * Finds what an app dialled with that no error and no recording may hold: the two tokens, its
 * cookies, and what a header or a parameter holds that is named for it.
 */
export function findCredentials({
  accessToken,
  conversationToken,
  target,
  rawHeaders,
}: Pick<
  ServeRequest,
  'accessToken' | 'conversationToken' | 'target' | 'rawHeaders'
>): readonly string[] {
  const { searchParams } = new URL(target, 'ws://localhost');
  const named = [...searchParams, ...toPairs(rawHeaders)]
    .filter(([name]) => CREDENTIAL.test(name) && !/^sec-websocket-/i.test(name))
    // Behind a scheme, as `Basic`.
    .flatMap(([, value]) => [value, value.replace(/^\S+ +/, '')]);
  const cookies = toPairs(rawHeaders)
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .flatMap(([, value]) => value.split(/; */))
    .map((cookie) => cookie.replace(/^[^=]*=/, ''));
  return [...new Set([accessToken, conversationToken, ...named, ...cookies])];
}

function toPairs(rawHeaders: readonly string[]): (readonly [name: string, value: string])[] {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
  );
}
