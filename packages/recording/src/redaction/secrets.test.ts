import { tokenForms } from '@livecall/core/internal';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';

import { createSecrets } from './secrets.js';

/* {"alg":"none"} . {"sub":"canary-subscriber"} . canary-signature, as in a JWT. */
const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnktc3Vic2NyaWJlciJ9.Y2FuYXJ5LXNpZ25hdHVyZQ';

it.each([
  ['as it is', 's3cret/t0ken+42=', 'say s3cret/t0ken+42= again', 'say [redacted] again'],
  ['twice', 's3cr3t-t', 's3cr3t-t,s3cr3t-t', '[redacted],[redacted]'],
  ['within a word', 's3cr3t-t', 'mys3cr3t-ts', 'my[redacted]s'],
  ['in a query', 's3cret/t0ken+42=', '?token=s3cret%2Ft0ken%2B42%3D&x=1', '?token=[redacted]&x=1'],
  ['in base64', 's3cret/t0ken+42=', 'czNjcmV0L3Qwa2VuKzQyPQ==.', '[redacted].'],
  ['in base64url', 's3cret/t0ken+42=', 'czNjcmV0L3Qwa2VuKzQyPQ.', '[redacted].'],
  ['in base64 of other letters', '~~~???~~~', 'fn5-Pz8_fn5- fn5+Pz8/fn5+', '[redacted] [redacted]'],
  ['in a string of JSON', 't0ken"b\\c', '{"msg":"t0ken\\"b\\\\c"}', '{"msg":"[redacted]"}'],
  ['as a JWT', jwt, `Bearer ${jwt}`, 'Bearer [redacted]'],
  ['as the claims of a JWT', jwt, jwt.split('.')[1] ?? '', '[redacted]'],
  ['as the head and signature of a JWT', jwt, jwt.replace(/\..*\./, ' '), '[redacted] [redacted]'],
  [
    'as the claims of a JWT, encoded again',
    jwt,
    Buffer.from(jwt.split('.')[1] ?? '').toString('base64'),
    '[redacted]',
  ],
])('conceals a token %s', (_where, token, text, concealed) => {
  expect(createSecrets([token]).conceal(text)).toBe(concealed);
});

it('conceals a token that was added later', () => {
  const secrets = createSecrets(['first-token']);
  const text = 'first-token second-token';

  expect(secrets.conceal(text)).toBe('[redacted] second-token');
  secrets.add('second-token');
  expect(secrets.conceal(text)).toBe('[redacted] [redacted]');
});

it('conceals the longer of two tokens whole', () => {
  const secrets = createSecrets(['s3cret-t', 's3cret-token']);

  expect(secrets.conceal('s3cret-token s3cret-t')).toBe('[redacted] [redacted]');
});

it.each(['', 'a', 'abc', 'abc abc'])('ignores %j, which is too short for a token', (token) => {
  expect(createSecrets([token]).conceal('abc abc')).toBe('abc abc');
});

it('ignores parts of a token that are short enough for a word', () => {
  expect(createSecrets(['calls.example.0123456789']).conceal('calls example')).toBe(
    'calls example',
  );
});

it('knows no secrets unless it is told', () => {
  expect(createSecrets().conceal(jwt)).toBe(jwt);
});

it('leaves nothing of a token in a text, however it is written there', () => {
  const token = fc.stringMatching(/^[\x21-\x7e]{16,40}$/);
  const text = fc.string();
  fc.assert(
    fc.property(token, text, text, (secret, before, after) => {
      const forms = [
        secret,
        encodeURIComponent(secret),
        Buffer.from(secret).toString('base64'),
        Buffer.from(secret).toString('base64url'),
      ];
      for (const form of forms) {
        expect(createSecrets([secret]).conceal(before + form + after)).not.toContain(form);
      }
    }),
  );
});

it('finds each form of a token, whatever is in it and around it', () => {
  const token = fc.oneof(
    fc.string({ minLength: 8 }),
    fc.stringMatching(/^[\w.^$*+?()[\]{}|\\/-]{8,40}$/),
  );
  fc.assert(
    fc.property(fc.array(token, { minLength: 1 }), fc.string(), (tokens, around) => {
      const secrets = createSecrets(tokens);
      for (const form of tokens.flatMap(tokenForms)) {
        expect(secrets.conceal(around + form + around)).toContain('[redacted]');
      }
    }),
  );
});

it('gives a text without a token as it is', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(createSecrets([jwt]).conceal(text)).toBe(text);
    }),
  );
});

it('finds tokens of any length', () => {
  const token = Array.from({ length: 40_000 }, (_, n) => n.toString(36)).join('');
  const secrets = createSecrets([token]);
  secrets.add('a-further-token');

  expect(secrets.conceal(`sent with ${token} and a-further-token`)).toBe(
    'sent with [redacted] and [redacted]',
  );
});

it('looks closer at hardly a place of a frame in which none of the tokens stands', () => {
  const frame =
    '{"type":"transcript","msg":"I am calling about your parcel.","role":"other","offset":12}';
  const tokenOf = (number: number) => btoa(`${Math.sin(number)}${Math.cos(number)}`);
  const calls = Array.from({ length: 100 }, (_, number) =>
    createSecrets([tokenOf(number), tokenOf(-1 - number)]),
  );
  const looks = vi.spyOn(String.prototype, 'slice');
  for (const secrets of calls) secrets.conceal(frame);
  const count = looks.mock.calls.length;
  looks.mockRestore();

  expect(count).toBeLessThan(200);
});

it('looks hardly more often for two thousand tokens of one issuer than for one', () => {
  const tokens = Array.from({ length: 2_000 }, (_, number) =>
    ['eyJhbGciOiJSUzI1NiJ9', `claims-of-${number}`, `signature-of-${number}`].join('.'),
  );
  const methods = ['slice', 'startsWith', 'includes', 'indexOf', 'replaceAll'] as const;
  const countLooks = (count: number) => {
    const secrets = createSecrets(tokens.slice(0, count));
    const text = 'said eyJhbGciOiJSUzI1NiJ9.claims-of-nobody and nothing else';
    // What was added is sorted once, when it is first needed.
    secrets.conceal(text);
    const spies = methods.map((method) => vi.spyOn(String.prototype, method));
    secrets.conceal(text);
    const looks = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
    vi.restoreAllMocks();
    return looks;
  };

  expect(countLooks(2_000)).toBeLessThan(4 * countLooks(1) + 20);
});

it('conceals what two tokens have in common whole, and all of both', () => {
  const secrets = createSecrets(['first-half-then', 'half-then-second']);

  expect(secrets.conceal('<first-half-then-second>')).toBe('<[redacted]>');
});

it('makes the forms of a token once for all that have it in common, one after the other', () => {
  const made = vi.spyOn(globalThis, 'btoa');
  const own = (call: number) => [`the-one-that-all-have`, `of-the-call-${call}`];
  const calls = Array.from({ length: 3 }, (_, call) => createSecrets(own(call)));
  const each = made.mock.calls.length;
  for (let call = 3; call < 30; call += 1) calls.push(createSecrets(own(call)));
  const many = made.mock.calls.length;
  vi.restoreAllMocks();

  // Those of a call's own token.
  expect((many - each) / 27).toBeLessThan(each / 3);
  for (const [call, secrets] of calls.entries())
    expect(secrets.conceal(`${own(call).join(' ')} ${btoa('the-one-that-all-have')}`)).toBe(
      '[redacted] [redacted] [redacted]',
    );
});
