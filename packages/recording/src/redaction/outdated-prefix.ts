/*
 * What was dialled before a number, or is by mistake. The library has forgotten it, but people have
 * not, nor their address books: Mexico's 1 behind the country's code, and its 01, 044 and 045, until
 * 2019; China's 086.
 */

/** What such a number begins with, by the country's code. */
const OUTDATED: Readonly<Record<string, RegExp>> = {
  '52': /^(?:0?52)?(?:0(?:1|44|45)|1)(?=\d{10}$)|^052(?=\d{10}$)/,
  '86': /^086(?=\d{10,11}$)/,
};

/** So much longer is a number with it. */
export const OUTDATED_LENGTHS: Readonly<Record<string, readonly number[]>> = {
  '52': [1, 2, 3, 4, 5, 6],
  '86': [3],
};

/** Takes it off digits that are dialled within the country; the same digits where nothing is. */
export function withoutOutdated(digits: string, callingCode: string): string {
  const pattern = OUTDATED[callingCode];
  return pattern === undefined ? digits : digits.replace(pattern, '');
}

/** Digits behind a plus, without what no number has there any more: `+52 1 55 …` is `+52 55 …`. */
export function toCurrent(digits: string): string {
  return digits.startsWith('52') ? `52${withoutOutdated(digits.slice(2), '52')}` : digits;
}
