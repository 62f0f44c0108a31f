import fc from 'fast-check';
import { expect, it } from 'vitest';

import { findCredentials, maskCredentials } from './mask-credentials.js';

/* {"alg":"none"} . {"sub":"canary-subscriber"} . canary-signature, as in a JWT. */
const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnktc3Vic2NyaWJlciJ9.Y2FuYXJ5LXNpZ25hdHVyZQ';

it.each([
  [jwt, '[redacted]', ['a JWT']],
  [`token="${jwt}".`, 'token="[redacted]".', ['a JWT']],
  ['eyJhbGciOiJub25lIn0.e30.', '[redacted]', ['a JWT']],
  ['eyJhbGciOiJSU0EifQ.b2s.aXY.Y2lwaGVy.dGFn', '[redacted]', ['a JWT']],
  ['Authorization: Bearer s3cr3t-t', 'Authorization: Bearer [redacted]', ['a bearer token']],
  ['bearer  0123456789abcdef==', 'bearer  [redacted]', ['a bearer token']],
  [`Bearer ${jwt}`, 'Bearer [redacted]', ['a JWT', 'a bearer token']],
])('masks %s', (text, masked, names) => {
  expect(maskCredentials(text)).toBe(masked);
  expect(findCredentials(text)).toEqual(names);
  expect(findCredentials(masked)).toEqual([]);
});

it.each([
  '',
  'the bearer of bad news',
  'bearer certificates',
  'Bearer [redacted]',
  'eyJhbGciOiJub25lIn0',
  'abc.eyJ.def',
  'www.example.com',
  'keyJhbGciOiJub25lIn0.eyJzdWIiOiJj.Y2FuYXJ5',
])('keeps %j', (text) => {
  expect(maskCredentials(text)).toBe(text);
  expect(findCredentials(text)).toEqual([]);
});

const part = fc.oneof(
  fc.constantFrom(jwt, 'Bearer ', 'bearer  ', 'eyJ', '.', ' ', 'a1b2c3d4'),
  fc.string(),
);

it('looks at a text without the signs as closely as at one with them', () => {
  const signs = ' eyJ Bearer bearer ';
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const text = parts.join('');

      expect(maskCredentials(text + signs)).toBe(maskCredentials(text) + signs);
    }),
  );
});

it('changes nothing the second time', () => {
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const masked = maskCredentials(parts.join(''));

      expect(maskCredentials(masked)).toBe(masked);
    }),
  );
});

it.each(['eyJ', 'eyJhbGciOiJub25lIn0', 'Bearer ', 'bearer a', 'a.'])(
  'takes no longer than the text is long: %j',
  (piece) => {
    const before = process.cpuUsage();
    maskCredentials(`eyJ earer ${piece.repeat(1_000_000 / piece.length)}`);

    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  },
);
