import { expect, it, onTestFinished, vi } from 'vitest';

import { createUuid } from './create-uuid.js';

const UUID_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** What a page on plain http: has of `crypto`. */
function stubInsecureContext(getRandomValues = crypto.getRandomValues.bind(crypto)): void {
  vi.stubGlobal('crypto', { getRandomValues });
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
}

it('gives a UUID of version 4, another each time', () => {
  const ids = Array.from({ length: 100 }, createUuid);

  for (const id of ids) expect(id).toMatch(UUID_4);
  expect(new Set(ids).size).toBe(100);
});

it('gives one where crypto.randomUUID is missing, too', () => {
  stubInsecureContext();
  const ids = Array.from({ length: 100 }, createUuid);

  for (const id of ids) expect(id).toMatch(UUID_4);
  expect(new Set(ids).size).toBe(100);
});

it.each([
  [0x00, '00000000-0000-4000-8000-000000000000'],
  [0xff, 'ffffffff-ffff-4fff-bfff-ffffffffffff'],
])('keeps every random bit but those of the version: %i', (byte, id) => {
  stubInsecureContext((bytes) => (bytes as Uint8Array).fill(byte) as never);

  expect(createUuid()).toBe(id);
});
