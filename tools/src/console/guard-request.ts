import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why a request is refused: a status, and what to do about it. */
export interface Refusal {
  readonly status: 400 | 403;
  readonly reason: string;
}

/** The header by which the page shows its key; a page of another origin cannot send it unasked. */
export const KEY_HEADER = 'x-livecall-key';

/**
 * Says whether a request is to be refused: whatever is not the page that this console has opened, in
 * a browser on this machine.
 *
 * The host is checked, since a name that is pointed at this machine (DNS rebinding) would make its
 * pages of this origin; the origin, since any page can send a request here; and the key, since
 * another user of this machine can.
 *
 * @param key what the URL has, which was printed for the person alone
 */
export function guardRequest(
  { headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>,
  { port, key }: { readonly port: number; readonly key: string },
): Refusal | undefined {
  const { host = '', origin } = headers;
  if (![`127.0.0.1:${port}`, `localhost:${port}`].includes(host)) {
    return { status: 403, reason: 'This console answers to 127.0.0.1 alone.' };
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return { status: 403, reason: 'This console answers to its own page alone.' };
  }
  if (!URL.canParse(url, 'http://127.0.0.1')) return { status: 400, reason: 'No such address.' };
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  const given = pathname === '/' ? searchParams.get('key') : headers[KEY_HEADER];
  return typeof given === 'string' && isSame(given, key)
    ? undefined
    : {
        status: 403,
        reason: 'The key is missing or wrong: open the URL that livecall console printed.',
      };
}

/** Takes as long whatever is wrong. */
function isSame(given: string, key: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(key)];
  return one.length === other.length && timingSafeEqual(one, other);
}
