const OTHER_DIGITS = /[^\P{Nd}0-9]/gu;
const DIGIT = /\p{Nd}/u;

/**
 * Writes the decimal digits of every script as 0 to 9, as long as before, so that what is found
 * stands where it stood.
 */
export function toAsciiDigits(text: string): string {
  return text.replace(OTHER_DIGITS, (digit) =>
    // A digit of two code units keeps its length by what is invisible, and divides no number.
    String(toValue(digit.codePointAt(0) ?? 0)).padStart(digit.length, '\u2060'),
  );
}

/** Unicode has the digits of a script in a row, from zero on; rows of ten may follow each other. */
function toValue(codePoint: number): number {
  let value = 0;
  while (DIGIT.test(String.fromCodePoint(codePoint - value - 1))) value += 1;
  return value % 10;
}
