import { expect, it } from 'vitest';

import { showDivergence } from './divergence.js';

it('says where, what, and what instead', () => {
  expect(
    showDivergence({
      kind: 'missing',
      at: 'recordings/joined-call.ndjson:9',
      expected: 'client:joinCall',
      actual: 'nothing within 5000 ms',
    }),
  ).toBe(
    'recordings/joined-call.ndjson:9: missing: expected client:joinCall, got nothing within 5000 ms',
  );
});

it('says which fields of two frames differ', () => {
  expect(
    showDivergence({
      kind: 'mismatch',
      at: 'call.ndjson:9',
      expected: 'client:joinCall',
      actual: 'client:joinCall',
      difference: ['/reason', '/party/0'],
    }),
  ).toBe(
    'call.ndjson:9: mismatch: expected client:joinCall, got client:joinCall (differs at /reason, /party/0)',
  );
});

it('says nothing of fields where none differ', () => {
  expect(
    showDivergence({
      kind: 'handshake',
      at: 'handshake',
      expected: 'a conversationToken',
      actual: 'none',
      difference: [],
    }),
  ).toBe('handshake: expected a conversationToken, got none');
});
