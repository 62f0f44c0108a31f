/** What must not stand in a URL, which is logged on its way. */
const SECRET = /(token|secret|password|jwt|authorization|api[-_]?key)$/i;

/** @throws TypeError without repeating the URL, which may hold a secret */
export function assertRelayUrl(url: unknown): void {
  // A page's own scheme is not known before there is a page.
  if (typeof url !== 'function') void toSocketUrl(url, 'https://localhost/');
}

/**
 * What to dial: not every browser makes a `wss:` of a path or of `https:` by itself.
 *
 * @throws TypeError as `assertRelayUrl`
 */
export function toSocketUrl(url: unknown, base: string | undefined): string {
  const isUrl = typeof url === 'string' && url !== '' && URL.canParse(url, base);
  const dialled = new URL(isUrl ? url : 'none:', base);
  dialled.protocol = dialled.protocol.replace(/^http/, 'ws');
  const { protocol, username, password, hash, searchParams, href } = dialled;
  const wrong = !/^wss?:$/.test(protocol)
    ? "should look like wss://HOST/PATH, or be a path of the page's own host"
    : username + password + hash !== ''
      ? 'must have no user name, password or fragment'
      : [...searchParams.keys()].some((name) => SECRET.test(name))
        ? 'must not carry a token: a relay goes by the cookies of the page'
        : undefined;
  if (wrong !== undefined) throw new TypeError(`The url ${wrong}.`);
  return href;
}
