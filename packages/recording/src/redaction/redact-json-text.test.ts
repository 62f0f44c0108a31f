import fc from 'fast-check';
import { expect, it } from 'vitest';

import { countNames, redactJsonText } from './redact-json-text.js';

const upper = (value: unknown, key: string) =>
  typeof value === 'string' ? `${key}:${value}`.toUpperCase() : value;
const redact = (text: string) => redactJsonText(text, upper, (name) => name);

it('redacts both values of a name that stands twice, and nothing else', () => {
  expect(redact('{ "a" : "x",\n"a":"y", "b":[1.50, "z", {"c":"w"}], "d":"\\u0061\\"" }')).toBe(
    '{ "a" : "A:X",\n"a":"A:Y", "b":[1.50, "B:Z", {"c":"C:W"}], "d":"D:A\\"" }',
  );
});

it('gives a number and a name as they are to be', () => {
  const text = '{"phone":14155552671,"415":[-1.5e+3,0,null,true]}';

  expect(
    redactJsonText(
      text,
      (value, key) => (key === 'phone' ? 12025550100 : value),
      (name) => (name === '415' ? 'x' : name),
    ),
  ).toBe('{"phone":12025550100,"x":[-1.5e+3,0,null,true]}');
});

it('keeps what holds nothing to the byte, and visits what JSON.parse does', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(0, 2, '\t'), (json, space) => {
      const value: unknown = JSON.parse(json);
      const text = JSON.stringify(value, undefined, space);
      const visited: unknown[] = [];
      const same = redactJsonText(
        text,
        (each) => (visited.push(each), each),
        (name) => name,
      );

      expect(same).toBe(text);
      const held: unknown[] = [];
      let names = 0;
      JSON.parse(text, (_key, each: unknown) => {
        if (typeof each === 'string' || typeof each === 'number') held.push(each);
        else if (typeof each === 'object' && each !== null && !Array.isArray(each))
          names += Object.keys(each).length;
        return each;
      });
      expect(visited.map(String).sort()).toEqual(held.map(String).sort());
      expect(countNames(text)).toBe(names);
    }),
  );
});

it('reads a string of many MiB', () => {
  const text = `{"a":"${'y\\"'.repeat(4 * 1024 * 1024)}","a":""}`;

  expect(redactJsonText(text, () => '', String)).toBe('{"a":"","a":""}');
  expect(countNames(text)).toBe(2);
});
