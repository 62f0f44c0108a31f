import { Agent } from 'node:https';

import { expect, it } from 'vitest';

import { shareSecureContext } from './share-secure-context.js';

const contextOf = (...[url, options]: Parameters<typeof shareSecureContext>): unknown =>
  (shareSecureContext(url, options) as { readonly secureContext?: unknown }).secureContext;

const url = 'wss://calls.example/';

it('trusts by one context for all dials in a row that trust the same', () => {
  const context = contextOf(url, { maxPayload: 1 });

  expect(context).toBeDefined();
  expect(contextOf('wss://other.example/', {})).toBe(context);
  expect(contextOf(url, { ca: 'PEM' })).not.toBe(context);
  expect(contextOf(url, { ca: 'PEM' })).toBe(contextOf(url, { ca: 'PEM' }));
});

it('keeps the other options', () => {
  expect(shareSecureContext(url, { ca: 'PEM', maxPayload: 1 })).toMatchObject({
    ca: 'PEM',
    maxPayload: 1,
  });
});

it.each([
  ['without TLS', 'ws://127.0.0.1/', {}],
  ['of an agent', url, { agent: new Agent() }],
])('leaves a dial %s as it is', (_what, dialled, options) => {
  expect(shareSecureContext(dialled, options)).toBe(options);
});
