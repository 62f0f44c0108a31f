/** Texts of about so many characters that have made parsers take more than their share of time. */
export const shapes: readonly (readonly [what: string, make: (size: number) => string])[] = [
  ['an array in an array …', (size) => '['.repeat(size)],
  ['an array in an array, closed', (size) => '['.repeat(size / 2) + ']'.repeat(size / 2)],
  ['an object in an object …', (size) => '{"a":'.repeat(size / 5)],
  ['a string without an end', (size) => `{"type":"${'x'.repeat(size)}`],
  ['a string of escapes', (size) => `{"type":"${'\\u0041'.repeat(size / 6)}"}`],
  ['a string of backslashes', (size) => `{"type":"${'\\\\'.repeat(size / 2)}"}`],
  ['a number of digits', (size) => `{"type":${'9'.repeat(size)}}`],
  ['a number with an exponent of digits', (size) => `{"type":1e${'9'.repeat(size)}}`],
  ['white space', (size) => `${' '.repeat(size)}{"type":"ack","ackId":"1"}`],
  [
    'fields with names of their own',
    (size) =>
      `{"type":"ack"${Array.from({ length: size / 12 }, (_, n) => `,"${n.toString(36)}":1`).join('')}}`,
  ],
  ['the same field', (size) => `{"type":"ack"${',"a":1'.repeat(size / 6)}}`],
  ['fields called __proto__', (size) => `{"type":"ack"${',"__proto__":{}'.repeat(size / 15)}}`],
  [
    'a transcript of words',
    (size) => `{"type":"transcript","role":"other","msg":"${'word '.repeat(size / 5)}"}`,
  ],
  [
    'a transcript of digits',
    (size) => `{"type":"transcript","role":"other","msg":"${'5'.repeat(size)}"}`,
  ],
  [
    'a transcript of phone numbers',
    (size) => `{"type":"transcript","role":"other","msg":"${'415-555-2671 '.repeat(size / 13)}"}`,
  ],
  [
    'a transcript of digits far apart',
    (size) => `{"type":"transcript","role":"other","msg":"${'4 - 1, '.repeat(size / 7)}"}`,
  ],
];
