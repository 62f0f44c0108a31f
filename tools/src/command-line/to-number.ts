import { InvalidArgumentError } from 'commander';

/** A reader of numbers that are given to an option. */
export function toNumber(
  fits: (value: number) => boolean,
  expected: string,
): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (fits(value)) return value;
    throw new InvalidArgumentError(`It should be ${expected}.`);
  };
}

export const toCount = toNumber(
  (count) => Number.isInteger(count) && count >= 0,
  'a whole number, 0 or more',
);
export const toPort = toNumber(
  (port) => Number.isInteger(port) && port >= 0 && port <= 65_535,
  'a whole number, 0 to 65535',
);
export const toFactor = toNumber((factor) => factor > 0 && factor < Infinity, 'a number above 0');
