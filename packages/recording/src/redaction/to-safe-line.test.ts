import fc from 'fast-check';
import { expect, it } from 'vitest';

import { findCredentials } from './mask-credentials.js';
import { createSecrets } from './secrets.js';
import { toSafeLine } from './to-safe-line.js';

const secrets = createSecrets(['s3cret-t0ken', '90210902']);

/** The line without its line end. */
function toLine(value: object, live = secrets): string {
  const line = toSafeLine(() => value, live);
  expect(line.at(-1)).toBe('\n');
  return line.slice(0, -1);
}

it('writes a value without secrets as JSON.stringify does', () => {
  const entry = {
    at: 12.4,
    event: 'frame',
    from: 'server',
    json: { type: 'transcript', msg: 'señal "🙂"', role: 'other', offset: null, list: [1, true] },
  };

  expect(toLine(entry)).toBe(JSON.stringify(entry));
});

it.each([
  [
    'in a string',
    '{"at":0,"event":"frame","from":"server","json":{"type":"transcript","msg":"it is s3cret-t0ken!","role":"user"}}',
    '{"at":0,"event":"frame","from":"server","json":{"type":"transcript","msg":"it is [redacted]!","role":"user"}}',
  ],
  [
    'in a key',
    '{"at":0,"event":"frame","from":"server","json":{"s3cret-t0ken":1,"list":[{"for s3cret-t0ken":[]}]}}',
    '{"at":0,"event":"frame","from":"server","json":{"[redacted]":1,"list":[{"for [redacted]":[]}]}}',
  ],
  [
    'in a list',
    '{"at":0,"event":"frame","from":"server","json":["s3cret-t0ken",["s3cret-t0ken",null]]}',
    '{"at":0,"event":"frame","from":"server","json":["[redacted]",["[redacted]",null]]}',
  ],
  [
    'in a number',
    '{"at":0,"event":"frame","from":"server","json":{"pin":90210902,"sum":1902109021,"other":4}}',
    '{"at":0,"event":"frame","from":"server","json":{"pin":null,"sum":null,"other":4}}',
  ],
  [
    'in text that is no JSON',
    '{"at":0,"event":"frame","from":"server","text":"{ \\"token\\": \\"s3cret-t0ken\\" "}',
    '{"at":0,"event":"frame","from":"server","text":"{ \\"token\\": \\"[redacted]\\" "}',
  ],
  [
    'in a reason',
    '{"at":0,"event":"close","from":"server","code":4401,"reason":"expired: s3cret-t0ken"}',
    '{"at":0,"event":"close","from":"server","code":4401,"reason":"expired: [redacted]"}',
  ],
  [
    'under __proto__',
    '{"at":0,"event":"frame","from":"server","json":{"__proto__":{"token":"s3cret-t0ken"}}}',
    '{"at":0,"event":"frame","from":"server","json":{"__proto__":{"token":"[redacted]"}}}',
  ],
])('conceals a secret %s', (_where, line, safe) => {
  expect(toLine(JSON.parse(line) as object)).toBe(safe);
});

it('conceals what looks like a credential, though it is none of the secrets', () => {
  const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnktc3Vic2NyaWJlciJ9.Y2FuYXJ5LXNpZ25hdHVyZQ';
  const entry = { at: 0, event: 'frame', from: 'server', json: { [jwt]: `Bearer ${jwt}` } };

  expect(toLine(entry)).toBe(
    '{"at":0,"event":"frame","from":"server","json":{"[redacted]":"Bearer [redacted]"}}',
  );
});

it.each([
  ['{"access_token":"abcdefgh1"}', '{"access_token":"[redacted]"}'],
  ['{"accessToken":"abcdefghijklmnopqrstuvwxyz"}', '{"accessToken":"[redacted]"}'],
  ['{"Authorization":"Basic dXNlcjpw"}', '{"Authorization":"Basic [redacted]"}'],
  ['{"api_key":12345678}', '{"api_key":null}'],
  ['{"headers":[{"bearer":"abcdefgh1"}]}', '{"headers":[{"bearer":"[redacted]"}]}'],
  ['{"msg":"\\nBEARER\\tabcdefgh1"}', '{"msg":"\\nBEARER\\t[redacted]"}'],
  ['{"msg":"{\\"id_token\\":\\"abcdefgh1\\"}"}', '{"msg":"{\\"id_token\\":\\"[redacted]\\"}"}'],
  [
    '{"url":"https://host?access_token=abcdefgh&a=b"}',
    '{"url":"https://host?access_token=[redacted]&a=b"}',
  ],
])('conceals what its field, its scheme or its parameter says is one: %s', (json, safe) => {
  const line = `{"at":0,"event":"frame","from":"server","json":${json}}`;
  const safeLine = `{"at":0,"event":"frame","from":"server","json":${safe}}`;

  expect(toLine(JSON.parse(line) as object)).toBe(safeLine);
  const written = { line: `${line}\n`, content: json };
  expect(toSafeLine(() => JSON.parse(line) as object, secrets, written)).toBe(`${safeLine}\n`);
  expect(findCredentials(safeLine)).toEqual([]);
});

it('leaves nothing in a line that looks like a credential', () => {
  const part = fc.constantFrom(
    ...['token', 'Bearer', 'authorization', 'Basic', 'cookie', 'key', 'a=', '?', '&', '://me', '@'],
    ...[' ', '\t', '\n', '"', '\\', ':', '=', '+', '%20', '%3D', 'aB3dE6gH9jKl=', '12345678', '.'],
  );
  const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
  const value = fc.letrec((tie) => ({
    json: fc.oneof(
      text,
      text.map((inner) => JSON.stringify({ msg: inner, token: inner })),
      fc.constant(1234567890),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(text, tie('json'), { maxKeys: 3 }),
    ),
  })).json;
  fc.assert(
    fc.property(value, (json) => {
      const line = toLine({ at: 0, event: 'frame', from: 'server', json });

      expect(findCredentials(line)).toEqual([]);
      expect(toLine(JSON.parse(line) as object)).toBe(line);
    }),
    { numRuns: 1000 },
  );
});

it.each([0, 1, 2])('conceals a secret in bytes, %d bytes on', (shift) => {
  const before = Buffer.alloc(shift, 0xff);
  const base64 = Buffer.concat([before, Buffer.from('<s3cret-t0ken>\x00')]).toString('base64');
  const line = toLine({ at: 0, event: 'frame', from: 'server', base64 });

  expect(Buffer.from((JSON.parse(line) as { base64: string }).base64, 'base64')).toEqual(
    Buffer.concat([before, Buffer.from('<[redacted]>\x00')]),
  );
});

it('leaves bytes without a secret as they are', () => {
  const entry = { at: 0, event: 'frame', from: 'server', base64: 'AP/+gA==' };

  expect(toLine(entry)).toBe(JSON.stringify(entry));
});

it.each<[token: string, value: object]>([
  ['server', { at: 0, event: 'close', from: 'server', code: 4401, reason: '' }],
  ['4401', { at: 0, event: 'close', from: 'server', code: 4401, reason: '' }],
  ['frame', { at: 0, event: 'frame', from: 'client', json: {} }],
  [
    'credentials',
    { livecall: 1, recordedAt: '2026-01-01T00:00:00.000Z', redacted: ['credentials'] },
  ],
])('keeps what the recorder says itself, though it looks like the token %s', (token, value) => {
  expect(toLine(value, createSecrets([token]))).toBe(JSON.stringify(value));
});

it('writes JSON that holds no secret, whatever the value', () => {
  const token = fc.stringMatching(/^[\w.~+/=%"\\-]{16,40}$/);
  const value = fc.oneof(
    fc.tuple(token, fc.jsonValue()).map(([secret, around]) => ({
      secret,
      value: { at: 0, event: 'frame', from: 'server', json: { [`<${secret}>`]: [secret, around] } },
    })),
    fc.tuple(token, fc.uint8Array(), fc.uint8Array()).map(([secret, before, after]) => ({
      secret,
      value: {
        at: 0,
        event: 'frame',
        from: 'server',
        base64: Buffer.concat([before, Buffer.from(secret), after]).toString('base64'),
      },
    })),
  );
  fc.assert(
    fc.property(value, ({ secret, value }) => {
      const line = toLine(value, createSecrets([secret]));

      expect(line).not.toContain('\n');
      const read = JSON.parse(line) as { base64?: string };
      expect(Object.keys(read)).toEqual(Object.keys(value));
      expect(line).not.toContain(JSON.stringify(secret).slice(1, -1));
      expect(Buffer.from(read.base64 ?? '', 'base64').toString('latin1')).not.toContain(secret);
    }),
  );
});
