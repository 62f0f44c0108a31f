import { expect, it } from 'vitest';

import { DivergedError } from './diverged-error.js';

const missing = {
  kind: 'missing',
  at: 'call.ndjson:6',
  expected: 'client:joinCall',
  actual: 'nothing',
} as const;

it('tells every divergence in a line, and what is open last', () => {
  const error = new DivergedError(
    'call.ndjson',
    [missing, { ...missing, kind: 'mismatch', at: 'call.ndjson:8', difference: ['/reason'] }],
    'the call is still open',
  );

  expect(error).toMatchObject({ _tag: 'DivergedError', name: 'DivergedError' });
  expect(error.divergences).toHaveLength(2);
  expect(error.message).toMatchInlineSnapshot(`
    "The client departed from call.ndjson:
      call.ndjson:6: missing: expected client:joinCall, got nothing
      call.ndjson:8: mismatch: expected client:joinCall, got nothing (differs at /reason)
      the call is still open"
  `);
});

it('tells what is open alone', () => {
  const error = new DivergedError('call.ndjson', [], 'the call is still open');

  expect(error.divergences).toEqual([]);
  expect(error.message).toBe('The client departed from call.ndjson:\n  the call is still open');
});

it('does not say of a client that it departed where a fault never struck', () => {
  const unstruck = { kind: 'unstruck', at: 'fail', expected: 'dial 1', actual: 'no dial' } as const;

  expect(new DivergedError('call.ndjson', [unstruck]).message).toBe(
    'The client followed call.ndjson, but what was to go wrong did not:\n' +
      '  fail: unstruck: expected dial 1, got no dial',
  );
});
