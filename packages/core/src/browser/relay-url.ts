/** What must not stand in a URL, which is logged on its way. */
const SECRET = /(token|secret|password|jwt|authorization|api[-_]?key)$/i;

const ADVICE = "it should look like wss://HOST/PATH, or be a path of the page's own host";

/** @throws TypeError without repeating the URL, which may hold a secret */
export function assertRelayUrl(url: unknown): void {
  if (typeof url === 'function') return;
  // A page's own scheme is not known before there is a page.
  if (typeof url === 'string' && url !== '') void toSocketUrl(url, 'https://localhost/');
  else throw new TypeError(`The url is none; ${ADVICE}.`);
}

/**
 * What to dial: not every browser makes a `wss:` of a path or of `https:` by itself.
 *
 * @throws TypeError as `assertRelayUrl`
 */
export function toSocketUrl(url: string, base: string | undefined): string {
  if (!URL.canParse(url, base)) throw new TypeError(`The url is not a URL; ${ADVICE}.`);
  const dialled = new URL(url, base);
  dialled.protocol = dialled.protocol.replace(/^http(s?):$/, 'ws$1:');
  if (!/^wss?:$/.test(dialled.protocol)) {
    throw new TypeError(`The url must start with wss: or https:; ${ADVICE}.`);
  }
  if (dialled.username !== '' || dialled.password !== '' || dialled.hash !== '') {
    throw new TypeError('The url must have no user name, password or fragment.');
  }
  if ([...dialled.searchParams.keys()].some((name) => SECRET.test(name))) {
    throw new TypeError('The url must not carry a token: a relay goes by the cookies of the page.');
  }
  return dialled.href;
}
