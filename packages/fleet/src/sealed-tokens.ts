import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** The tokens of a call. */
export interface CallTokens {
  readonly conversationToken: string;
  /** Where the workers have none of their own. */
  readonly accessToken?: string;
}

/** The keys of a fleet: who enqueues has the public one, the workers have the private one. */
export interface FleetKeys {
  /** PEM (PKCS #8); a file that only the workers can read. */
  readonly privateKey: string;
  /** PEM (SPKI). */
  readonly publicKey: string;
}

/**
 * Makes the keys that tokens are sealed by (X25519).
 *
 * @example
 * import { createFleetKeys, openTokens, sealTokens } from '@livecall/fleet';
 *
 * const { publicKey, privateKey } = createFleetKeys();
 * const sealed = sealTokens({ conversationToken: 'of-the-call-log' }, 'call-17', publicKey);
 * console.log(openTokens(sealed, 'call-17', privateKey).conversationToken); // => of-the-call-log
 */
export function createFleetKeys(): FleetKeys {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** The sealed tokens cannot be opened: of another call, with another key, or not whole. */
export class SealedTokensError extends Error {
  readonly _tag = 'SealedTokensError';
  override readonly name = 'SealedTokensError';
}

const VERSION = 1;
const PUBLIC_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals the tokens of one call for the workers of a fleet: whoever enqueues cannot open them again,
 * nor can they be used for another call.
 *
 * X25519 with a key made for this once, HKDF-SHA256, AES-256-GCM with the call's id as what goes
 * along.
 *
 * @throws TypeError for a public key that is none
 */
export function sealTokens(tokens: CallTokens, callId: string, publicKey: string): string {
  const theirs = toKey(() => createPublicKey(publicKey), 'public');
  const ours = generateKeyPairSync('x25519');
  const spki = ours.publicKey.export({ type: 'spki', format: 'der' });
  const ephemeral = spki.subarray(spki.length - PUBLIC_BYTES);
  const iv = randomBytes(IV_BYTES);
  const key = toAesKey(ours.privateKey, theirs, ephemeral);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(callId));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(tokens)), cipher.final()]);
  return Buffer.concat([
    Buffer.from([VERSION]),
    ephemeral,
    iv,
    cipher.getAuthTag(),
    sealed,
  ]).toString('base64url');
}

/**
 * Opens what `sealTokens` has sealed for this call.
 *
 * @throws SealedTokensError for what was sealed for another call, for other keys, or is damaged
 * @throws TypeError for a private key that is none
 */
export function openTokens(sealed: string, callId: string, privateKey: string): CallTokens {
  const ours = toPrivateKey(privateKey);
  const bytes = Buffer.from(sealed, 'base64url');
  let at = 1;
  const take = (length: number) => bytes.subarray(at, (at += length));
  const [ephemeral, iv, tag] = [take(PUBLIC_BYTES), take(IV_BYTES), take(TAG_BYTES)];
  if (bytes[0] !== VERSION || tag.length < TAG_BYTES) {
    throw new SealedTokensError('The sealed tokens are not whole, or of a newer version.');
  }
  try {
    // As DER, it would take eight times as long to read.
    const x = ephemeral.toString('base64url');
    const theirs = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
    const decipher = createDecipheriv('aes-256-gcm', toAesKey(ours, theirs, ephemeral), iv)
      .setAAD(Buffer.from(callId))
      .setAuthTag(tag);
    const opened = Buffer.concat([decipher.update(bytes.subarray(at)), decipher.final()]);
    return JSON.parse(opened.toString()) as CallTokens;
  } catch {
    // Its cause would tell nothing, and might hold a part of what was opened.
    throw new SealedTokensError(
      'The sealed tokens cannot be opened: they were sealed for another call, or with another fleet’s key.',
    );
  }
}

/**
 * Says that a private key can open tokens.
 *
 * @throws TypeError for one that is none
 */
export function assertPrivateKey(privateKey: string): void {
  toPrivateKey(privateKey);
}

function toAesKey(privateKey: KeyObject, publicKey: KeyObject, salt: Uint8Array): Buffer {
  const secret = diffieHellman({ privateKey, publicKey });
  return Buffer.from(hkdfSync('sha256', secret, salt, 'livecall fleet tokens', 32));
}

let lastPem: string | undefined;
let lastKey: KeyObject | undefined;

/** A worker has one for all of its calls, and to read it takes longer than all else of opening tokens. */
function toPrivateKey(pem: string): KeyObject {
  if (pem !== lastPem || lastKey === undefined) {
    lastKey = toKey(() => createPrivateKey(pem), 'private');
    lastPem = pem;
  }
  return lastKey;
}

function toKey(read: () => KeyObject, kind: 'public' | 'private'): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = read();
  } catch {
    // What Node says of it may repeat a part of it.
  }
  if (key?.asymmetricKeyType === 'x25519') return key;
  throw new TypeError(`The ${kind} key is not an X25519 key in PEM; createFleetKeys makes them.`);
}
