import fc from 'fast-check';
import { expect, it } from 'vitest';

import { escapeJson, toVisibleJson } from './to-visible-json.js';

it.each([
  ['C1', '\u009b31m', '"\\u009b31m"'],
  ['DEL', 'a\u007f', '"a\\u007f"'],
  ['C0, which JSON escapes', '\u001b]0;x\u0007', '"\\u001b]0;x\\u0007"'],
  ['what turns text around', '\u202eevil\u2066\u200f\u061c', '"\\u202eevil\\u2066\\u200f\\u061c"'],
  ['line separators', '\u2028\u2029', '"\\u2028\\u2029"'],
])('escapes %s', (_what, text, json) => {
  expect(toVisibleJson(text)).toBe(json);
});

it('leaves other letters as they are', () => {
  expect(toVisibleJson({ Größe: '日本 👋 e\u0301' })).toBe('{"Größe":"日本 👋 e\u0301"}');
});

it('is the same JSON, with nothing in it that a terminal obeys', () => {
  fc.assert(
    fc.property(fc.json(), fc.string({ unit: 'binary' }), (json, text) => {
      const line = JSON.stringify([text, JSON.parse(json)]);

      expect(JSON.parse(escapeJson(line))).toEqual(JSON.parse(line));
      expect(escapeJson(line)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});
