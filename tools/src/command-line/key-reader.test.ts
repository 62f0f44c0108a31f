import fc from 'fast-check';
import { expect, it } from 'vitest';

import { createKeyReader } from './key-reader.js';

const toBytes = (text: string) => Buffer.from(text, 'latin1');

/** Reads each text as one read, and tells what there was. */
function readAll(...reads: readonly string[]): readonly string[] {
  const read = createKeyReader();
  return reads.map((text) => {
    const found = read(toBytes(text));
    return found === undefined ? '' : found.what === 'key' ? found.key : 'several';
  });
}

it.each(['j', 'e', 'q', ' ', '~', '\r', '\t'])('gives the key %j that is alone', (key) => {
  expect(readAll(key)).toEqual([key]);
});

it('gives one key after another', () => {
  expect(readAll('j', 'e', 'q')).toEqual(['j', 'e', 'q']);
});

it.each(['je', 'jj', 'hello', 'e\r', '1e1e/1e1e/1e1e'])('gives no key of %j at once', (text) => {
  expect(readAll(text)).toEqual(['several']);
});

it('gives no key that comes along with a sequence', () => {
  expect(readAll('\x1b[Ae', 'e\x1b[A', 'e')).toEqual(['', '', 'e']);
});

/** What a terminal or another program's leftovers put into the input: no key is in any of it. */
const sequences = {
  'the background colour, with ST': '\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\',
  'the background colour, with BEL': '\x1b]11;rgb:1e1e/1e1e/1e1e\x07',
  'the background colour, in C1': '\x9d11;rgb:1e1e/1e1e/1e1e\x9c',
  'the background colour, in C1 as UTF-8': '\xc2\x9d11;rgb:eeee/eeee/eeee\xc2\x9c',
  'a title with UTF-8 that has the byte of ST': '\x1b]lq\xe2\x9c\x9ce\xc3\x9cj\x1b\\',
  'a setting (DECRQSS)': '\x1bP1$r0;1je\x1b\\',
  'a capability (XTGETTCAP)': '\x1bP1+r544e=787465726d\x1b\\',
  'the name (XTVERSION)': '\x1bP>|WezTerm e j q\x1b\\',
  'an answer of kitty graphics': '\x1b_Gi=31;ENOENT:j e q\x1b\\',
  'a privacy message': '\x1b^e j q\x1b\\',
  'a start of string': '\x1bXe j q\x1b\\',
  'the device (DA1)': '\x1b[?62;1;2;4;6;9;15;18;21;22c',
  'the device (DA2)': '\x1b[>41;354;0c',
  'the cursor (CPR)': '\x1b[24;80R',
  'a mode (DECRPM)': '\x1b[?2026;2$y',
  'a size (XTWINOPS)': '\x1b[8;24;80t',
  'the colour scheme': '\x1b[?997;1n',
  'focus in': '\x1b[I',
  'focus out': '\x1b[O',
  'a mouse report (SGR)': '\x1b[<35;106;10M',
  'a release of the mouse (SGR)': '\x1b[<0;106;10m',
  'a mouse report (urxvt)': '\x1b[35;106;10M',
  'a mouse report (X10)': '\x1b[M ej',
  'a mouse report (X10) far to the right': '\x1b[M \xc5\x65',
  'an arrow': '\x1b[A',
  'an arrow with Shift': '\x1b[1;2C',
  'an arrow of an application': '\x1bOA',
  'a function key': '\x1b[15~',
  "a function key of Linux' console": '\x1b[[A',
  'a function key with Ctrl (SS3)': '\x1bO5P',
  'a key with Alt': '\x1be',
  'an arrow with Alt': '\x1b\x1b[A',
  'a character set': '\x1b(B',
  'a key of kitty, pressed': '\x1b[101;1:1u',
  'a key of kitty, released': '\x1b[101;1:3u',
  'a key of kitty with its text': '\x1b[106;;106u',
  'Ctrl-C of kitty, released': '\x1b[99;5:3u',
  'a key of modifyOtherKeys': '\x1b[27;5;101~',
  'a paste': '\x1b[200~e\x1b[201~',
  'a paste with lines and controls': '\x1b[200~je\r\ne q\x1b[A\x1a\x1b[201~',
  'a string that CAN ends': '\x1b]11;e\x18',
  'a string that another sequence ends': '\x1b]11;ej\x1b[A',
};
const named = Object.entries(sequences);

it.each(named)('takes no key out of %s, however it is read', (_what, sequence) => {
  for (let at = 1; at < sequence.length; at += 1) {
    expect(readAll(sequence.slice(0, at), sequence.slice(at), 'e')).toEqual(['', '', 'e']);
  }
  expect(readAll(...sequence.split(/(?=[^])/), 'e')).toEqual([
    ...Array<string>(sequence.length).fill(''),
    'e',
  ]);
});

it('takes no key out of sequences, wherever reads divide them', () => {
  const input = fc
    .array(fc.constantFrom(...Object.values(sequences)), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(''))
    .chain((text) =>
      fc.tuple(fc.constant(text), fc.uniqueArray(fc.nat(text.length), { maxLength: 20 })),
    );
  fc.assert(
    fc.property(input, ([text, cuts]) => {
      const ends = [...cuts, text.length].sort((a, b) => a - b);
      const reads = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));

      expect(new Set(readAll(...reads))).toEqual(new Set(['']));
      expect(readAll(...reads, 'j').at(-1)).toBe('j');
    }),
  );
});

it('takes no key out of a string with anything in it, however it is read', () => {
  const content = fc
    .array(fc.integer({ min: 0x20, max: 0x7f }))
    .map((codes) => String.fromCharCode(...codes));
  const introducer = fc.constantFrom(']', 'P', 'X', '^', '_');
  const terminator = fc.constantFrom('\x1b\\', '\x07', '\x9c');
  fc.assert(
    fc.property(introducer, content, terminator, (opening, text, end) => {
      const reads = `\x1b${opening}${text}${end}`.split(/(?=[^])/);

      expect(readAll(...reads, 'e')).toEqual([...reads.map(() => ''), 'e']);
    }),
  );
});

it('gives a key for no read of more than one byte, but for Ctrl-C', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 2, maxLength: 40 })), (reads) => {
      const read = createKeyReader();
      const keys = reads.flatMap((bytes) => {
        const found = read(bytes);
        return found?.what === 'key' && found.key !== 'C-c' ? [found.key] : [];
      });

      expect(keys).toEqual([]);
    }),
  );
});

it.each([
  ['alone', '\x03'],
  ['among others', 'xx\x03'],
  ['of kitty', '\x1b[99;5u'],
  ['of kitty, pressed, with Num Lock', '\x1b[99;133:1u'],
  ['of modifyOtherKeys', '\x1b[27;5;99~'],
])('hears Ctrl-C %s', (_what, read) => {
  expect(readAll(read)).toEqual(['C-c']);
});

it.each(['\x1b]11;rgb', '\x1bP', '\x1b[200~', '\x1b[', '\x1b[M', '\x1b', '\xe2'])(
  'hears Ctrl-C that is alone in what begins with %j and never ends',
  (beginning) => {
    expect(readAll(beginning, '\x03', 'e')).toEqual(['', 'C-c', 'e']);
  },
);

it('hears no Ctrl-C with Shift or Alt where sequences tell it', () => {
  expect(readAll('\x1b[99;6u', '\x1b[99;7u', '\x1b[99;1u', '\x1b[27;6;99~')).toEqual(
    Array<string>(4).fill(''),
  );
});

it('hears no Ctrl-C in a paste', () => {
  expect(readAll('\x1b[200~git log\x03\x1b[99;5u\x1b[201~', 'e')).toEqual(['', 'e']);
});

it('hears Ctrl-Z', () => {
  expect(readAll('\x1a')).toEqual(['C-z']);
});

it('takes a letter of UTF-8 for one key at most', () => {
  expect(readAll(Buffer.from('é').toString('latin1'), 'e')).toEqual(['', 'e']);
});
