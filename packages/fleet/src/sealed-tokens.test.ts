import { expect, it } from 'vitest';

import { createFleetKeys, openTokens, SealedTokensError, sealTokens } from './sealed-tokens.js';

const tokens = { conversationToken: 'conversation', accessToken: 'access' };
const { publicKey, privateKey } = createFleetKeys();

it('opens what was sealed for this call', () => {
  const sealed = sealTokens(tokens, 'call-1', publicKey);
  expect(sealed).toMatch(/^[\w-]+$/);
  expect(openTokens(sealed, 'call-1', privateKey)).toEqual(tokens);
});

it('never seals the same twice', () => {
  expect(sealTokens(tokens, 'call-1', publicKey)).not.toBe(sealTokens(tokens, 'call-1', publicKey));
});

it('does not open it for another call, with another key, cut short or changed', () => {
  const sealed = sealTokens(tokens, 'call-1', publicKey);
  const changed = Buffer.from(sealed, 'base64url');
  changed.writeUInt8(changed.readUInt8(70) ^ 1, 70);
  for (const open of [
    () => openTokens(sealed, 'call-2', privateKey),
    () => openTokens(sealed, 'call-1', createFleetKeys().privateKey),
    () => openTokens(sealed.slice(0, 40), 'call-1', privateKey),
    () => openTokens(changed.toString('base64url'), 'call-1', privateKey),
    () => openTokens('', 'call-1', privateKey),
  ]) {
    expect(open).toThrow(SealedTokensError);
  }
});

it('says that a key is none, and repeats nothing of it', () => {
  expect(() => sealTokens(tokens, 'call-1', 'MY-SECRET-KEY')).toThrow(
    'The public key is not an X25519 key in PEM; createFleetKeys makes them.',
  );
  expect(() => openTokens('AQ', 'call-1', 'MY-SECRET-KEY')).toThrow(TypeError);
});
